"""CIBHash: its losses against known answers, the gradient through its signs, and views that differ in every mode."""

import numpy as np
import pytest
import torch

from mgah import registry
from mgah.baselines import cibhash
from mgah.baselines.cibhash import CIBHash, bit_divergence, contrastive_loss, signs_of_probabilities
from mgah.baselines.dhn import DHN
from mgah.errors import InputError
from mgah.methods.deep.encoder import bit_mask
from mgah.registry.limits import expected

SMALL = {"n_bits": 4, "trunk": 8, "epochs": 1, "batch_size": 12, "device": "cpu"}
NETWORK = SMALL | {"network": "tiny"}


@pytest.fixture
def z():
    return torch.from_numpy(np.random.default_rng(1).standard_normal((2, 10, 6)))


@pytest.fixture(scope="module")
def rows():
    """Training rows of each mode."""
    random = np.random.default_rng(0)
    features = random.standard_normal((24, 8)).astype(np.float32)
    maps = random.random((24, 4 * 3 * 3)).astype(np.float16)
    images = random.integers(0, 256, (24, 3 * 20 * 20), dtype=np.uint8)
    return {"none": features, "head": features, "tail": maps, "all": images}


def test_cibhash_on_two_images():
    one = torch.tensor([[1.0, 1, -1], [1, -1, 1]], dtype=torch.float64)
    other = torch.tensor([[1.0, 1, 1], [-1, -1, 1]], dtype=torch.float64)
    assert float(contrastive_loss(torch.cat([one, other]).unsqueeze(0), 0.3)) == pytest.approx(
        0.429671, abs=1e-6
    )
    p = torch.tensor([[[0.7, 0.6, 0.2], [0.9, 0.5, 0.6]]], dtype=torch.float64)
    logits = torch.logit(p)
    assert float(bit_divergence(logits, bit_mask([3]).double())) == pytest.approx(0.513618, abs=1e-6)


def test_views_of_frozen_features_lack_the_asked_share_and_keep_their_mean():
    objective = CIBHash(n_bits=4, feature_dropout=0.25)._objective(
        [CIBHash(n_bits=4, feature_dropout=0.25)], *[None] * 3
    )
    views = [objective.view(torch.ones(400, 50)) for _ in range(2)]
    assert not torch.equal(*views)
    for view in views:
        assert float((view == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
        assert float(view.mean()) == pytest.approx(1, abs=0.02)


def test_the_gradient_through_the_signs_is_that_of_the_probability(z):
    """By hand: the gradient of the loss in the codes, times p (1 - p), which is 1 / 4 at most."""
    objective = CIBHash(n_bits=6, divergence=0.0)._objective(
        [CIBHash(n_bits=6, divergence=0.0)] * 2, *[None] * 3
    )
    leaf = z.clone().requires_grad_()
    objective.double()(torch.empty(0), leaf, torch.empty(0), 0.0).sum().backward()
    codes = torch.where(z >= 0, 1.0, -1.0).double().requires_grad_()
    contrastive_loss(codes, 0.3).sum().backward()
    p = 1 / (1 + torch.exp(-z))
    torch.testing.assert_close(leaf.grad / codes.grad, p * (1 - p))
    assert (leaf.grad / codes.grad).max() <= 0.25


def test_signs_are_those_that_encoding_has_also_where_the_probability_is_rounded_to_one_half():
    tiny = torch.tensor([-1e-30, 1e-30, 0.0, -0.0, -50.0, 200.0])
    assert torch.sigmoid(tiny[0]) == 0.5
    assert signs_of_probabilities(tiny).tolist() == [-1, 1, 1, 1, -1, 1]


@pytest.mark.parametrize("trainable", ["none", "head", "all"])
def test_two_views_differ_in_every_mode(trainable, rows, tiny_network, monkeypatch):
    seen = []

    def spying(self, features, z, labels, progress):
        seen.append((features.detach().chunk(2, dim=-2), z.detach().chunk(2, dim=-2)))
        return forward(self, features, z, labels, progress)

    forward = cibhash._CIBHashObjective.forward
    monkeypatch.setattr(cibhash._CIBHashObjective, "forward", spying)
    CIBHash(trainable=trainable, **NETWORK if trainable == "all" else SMALL).fit(rows[trainable])
    assert len(seen) == 2
    for views in (pair for batch in seen for pair in batch):
        # of nearly each image: two crops in fifty are the same one
        assert (views[0] != views[1]).any(dim=-1).float().mean() > 0.8


def test_feature_maps_whose_views_would_be_equal_are_refused(rows, tiny_network):
    words = (
        "CIBHash: trainable is 'tail', expected one of none, head, all .the two views of stored feature maps would be "
        "equal: train the whole network"
    )
    with pytest.raises(InputError, match=words):
        CIBHash(trainable="tail", **NETWORK).fit(rows["tail"])
    assert expected(registry.find("methods", "cibhash"), {"trainable": "tail"}) == {
        "trainable": "one of none, head, all"
    }, "a dry run refuses it as well"


def test_any_loss_with_two_views_is_refused_on_feature_maps(rows, tiny_network, monkeypatch):
    monkeypatch.setattr("mgah.baselines.dhn._DHNObjective.views", 2)
    with pytest.raises(InputError, match="DHN: trainable is 'tail', where all views of an image are equal"):
        DHN(trainable="tail", **NETWORK).fit(rows["tail"], np.arange(24) % 2)


def test_features_without_dropout_are_refused_unless_the_trunk_tells_the_views_apart(rows):
    words = (
        "feature_dropout is 0.0, expected a number above 0 where dropout is 0: the two views would be equal"
    )
    for mode in ({"trainable": "head"}, {"trainable": "none", "dropout": 0.5}):
        with pytest.raises(InputError, match=words):
            CIBHash(feature_dropout=0.0, **SMALL | mode).fit(rows["head"])
    CIBHash(feature_dropout=0.0, dropout=0.5, **SMALL).fit(rows["head"])
