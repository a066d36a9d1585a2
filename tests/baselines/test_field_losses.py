"""Deep methods beside the paper's: their losses against known answers, gradients and invariants."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from mgah.baselines._feature_similarity import similarity_loss
from mgah.baselines.adsh import ADSH, _ADSHObjective, improved_codes, pair_targets, similar_ratio
from mgah.baselines.attribute_regression import AttributeRegression, _RegressionObjective
from mgah.baselines.bihalf import BiHalf, HalfAndHalf, _BiHalfObjective
from mgah.baselines.csq import CenterObjective
from mgah.baselines.dhn import DHN, _DHNObjective
from mgah.baselines.dpsh import DPSH, _DPSHObjective
from mgah.baselines.greedyhash import GreedyHash, _GreedyHashObjective, cubic_penalty
from mgah.baselines.hashnet import HashNet, _HashNetObjective
from mgah.baselines.orthohash import OrthoHash, _OrthoHashObjective
from mgah.methods.deep.encoder import bit_mask

NOTHING = torch.empty(0)
TWO = torch.tensor([[[0.5, -2.0], [1.5, 0.2]]], dtype=torch.float64)
TARGETS = np.array([[1.0, -1.0], [-1.0, -1.0]])
THREE = torch.tensor([[[0.5, -1.0], [1.0, 0.5], [-0.5, 1.0]]], dtype=torch.float64)
OF_THREE = torch.tensor([0, 0, 1])
LABELS = torch.tensor([0, 1, 2, 0, 1, 0, 2, 2, 0, 1])


@pytest.fixture
def z():
    return torch.from_numpy(np.random.default_rng(1).standard_normal((2, 10, 6)))


def value_and_gradient(objective, z, labels):
    leaf = z.clone().requires_grad_()
    loss = objective(NOTHING, leaf, labels, 0.0)
    loss.sum().backward()
    return loss[0].item(), leaf.grad[0].numpy()


def test_orthohash_on_two_images():
    objective = _OrthoHashObjective([OrthoHash(n_bits=2)], [TARGETS]).double()
    objective.targets = torch.from_numpy(TARGETS / np.sqrt(2)).unsqueeze(0)
    loss, gradient = value_and_gradient(objective, TWO, torch.tensor([0, 1]))
    assert loss == pytest.approx(6.545499, abs=1e-6)
    np.testing.assert_allclose(gradient, [[-0.623925, -0.155981], [0.065295, -0.489713]], atol=1e-6)


def test_orthohash_depends_on_directions_alone_and_on_bits_as_its_codes_do(z):
    codes = np.random.default_rng(2).choice([-1.0, 1.0], (3, 6))
    methods = [OrthoHash(n_bits=6)] * 2

    def loss(values, targets):
        return _OrthoHashObjective(methods, [targets] * 2).double()(NOTHING, values, LABELS, 0.0)

    expected = loss(z, codes)
    torch.testing.assert_close(loss(3 * z, codes), expected)
    order, flips = [4, 2, 0, 5, 1, 3], np.array([1.0, -1, 1, -1, -1, 1])
    moved = (z * torch.from_numpy(flips))[..., order]
    torch.testing.assert_close(loss(moved, (codes * flips)[:, order]), expected)


def test_csq_on_two_images():
    labels = torch.tensor([0, 1])
    for quantization, expected in ((0.0, 1.073254), (1e-3, 1.073490), (1.0, 1.073254 + 0.235954)):
        objective = CenterObjective([TARGETS], quantization).double()
        assert float(objective(NOTHING, TWO, labels, 0.0)) == pytest.approx(expected, abs=2e-6)
    gradient = value_and_gradient(CenterObjective([TARGETS], 1e-3).double(), TWO, labels)[1]
    np.testing.assert_allclose(gradient, [[-0.134682, 0.008994], [0.476278, 0.298958]], atol=1e-6)


def test_csq_is_the_binary_cross_entropy_of_squashed_outputs(z):
    centers = np.random.default_rng(2).choice([-1.0, 1.0], (3, 6))
    own = torch.from_numpy(centers)[LABELS].expand_as(z)
    expected = functional.binary_cross_entropy((1 + torch.tanh(z)) / 2, (1 + own) / 2, reduction="none").mean(
        dim=(1, 2)
    )
    objective = CenterObjective([centers, centers], 0.0).double()
    torch.testing.assert_close(objective(NOTHING, z, LABELS, 0.0), expected)
    torch.testing.assert_close(objective(NOTHING, z, LABELS.expand(2, -1), 0.0), expected)
    assert torch.isfinite(objective(NOTHING, 1e4 * z, LABELS, 0.0)).all()


def test_hashnet_on_three_images():
    objective = _HashNetObjective([HashNet(n_bits=2)]).double()
    assert float(objective(NOTHING, THREE, OF_THREE, 0.0)) == pytest.approx(0.524545, abs=1e-6)
    assert float(objective(NOTHING, 0 * THREE, OF_THREE, 1.0)) == math.log(2)


def test_hashnet_begins_as_balanced_dhn_and_ends_with_steeper_codes(z):
    like = {"inner_product": "mean", "scale": 10.0, "pair_weights": "balanced", "quantization": 0.0}
    dhn = _DHNObjective([DHN(n_bits=6, **like)] * 2).double()
    hashnet = _HashNetObjective([HashNet(n_bits=6)] * 2).double()
    torch.testing.assert_close(hashnet(NOTHING, z, LABELS, 0.0), dhn(NOTHING, z, LABELS, 0.0))
    torch.testing.assert_close(hashnet(NOTHING, z, LABELS, 1.0), dhn(NOTHING, 2.9 * z, LABELS, 0.0))


def test_greedyhash_on_two_images():
    objective = _GreedyHashObjective([GreedyHash(n_bits=2)], classes=2).double()
    objective.classifier.data = torch.eye(2, dtype=torch.float64).unsqueeze(0)
    loss, gradient = value_and_gradient(objective, TWO, torch.tensor([0, 1]))
    assert loss == pytest.approx(0.454088, abs=1e-6)
    np.testing.assert_allclose(gradient, [[-0.078351, -0.015399], [0.268750, -0.298000]], atol=1e-6)
    assert float(cubic_penalty(TWO, bit_mask([2]))) == pytest.approx(0.4405, abs=1e-12)


OF_FOUR = torch.tensor([[[1, -1, 0.5], [-0.5, 2, 1], [0.2, 0.3, -0.1], [-1, 1, 1]]], dtype=torch.float64)


def test_cosines_of_codes_against_those_of_features():
    features = torch.tensor([[1.0, 0], [0, 1], [1, 1], [0, 2]], dtype=torch.float64)
    codes = torch.where(OF_FOUR >= 0, 1.0, -1.0).double()
    assert float(similarity_loss(codes, features)) == pytest.approx(0.541258, abs=1e-6)
    odd = torch.cat([codes, codes[:, :1]], dim=1)
    assert float(similarity_loss(odd, torch.cat([features, features[:1]]))) == float(
        similarity_loss(codes, features)
    )
    assert float(similarity_loss(codes[:, :1], features[:1])) == 0


def test_bihalf_balances_every_bit_of_a_batch():
    factors = torch.full((1, 1, 3), 6 / 12, dtype=torch.float64)
    leaf = OF_FOUR.clone().requires_grad_()
    codes = HalfAndHalf.apply(leaf, factors)
    np.testing.assert_array_equal(codes[0].detach(), [[1, -1, -1], [-1, 1, 1], [1, -1, -1], [-1, 1, 1]])
    codes.backward(torch.zeros_like(codes))
    expected = [[0, 0, 0.75], [0.25, 0.5, 0], [-0.4, 0.65, 0.45], [0, 0, 0]]
    np.testing.assert_allclose(leaf.grad[0], expected, atol=1e-12)


def test_padding_of_bihalf_gets_no_pull():
    objective = _BiHalfObjective([BiHalf(n_bits=3), BiHalf(n_bits=5)])
    values = torch.randn((2, 8, 5), generator=torch.Generator().manual_seed(0)) * bit_mask([3, 5])
    values.requires_grad_()
    objective(torch.eye(8), values, torch.zeros(8, dtype=int), 0.0).sum().backward()
    assert (values.grad[0, :, 3:] == 0).all() and (values.grad[0, :, :3] != 0).any()


def dpsh_of(z, labels, quantization):
    objective = _DPSHObjective([DPSH(n_bits=z.shape[-1], quantization=quantization)] * len(z), labels.numpy())
    objective = objective.double()
    objective.between_epochs(lambda: torch.zeros_like(z))
    objective.begin_batch(torch.arange(z.shape[1]))
    return objective


def test_dpsh_on_three_images():
    assert float(dpsh_of(THREE, OF_THREE, 0.0)(NOTHING, THREE, OF_THREE, 0.0)) == pytest.approx(
        0.546232, abs=1e-6
    )
    assert float(dpsh_of(THREE, OF_THREE, 0.1)(NOTHING, THREE, OF_THREE, 0.0)) == pytest.approx(
        0.558732, abs=1e-6
    )


def test_dpsh_remembers_images_of_other_batches_and_follows_its_own(z):
    objective = dpsh_of(z, LABELS, 0.0)
    memory = z.flip(1)
    objective.memory = memory
    index = torch.tensor([2, 7])
    objective.begin_batch(index)
    loss = objective(NOTHING, z[:, :2], LABELS[index], 0.0)
    remembered = memory.clone()
    remembered[:, index] = z[:, :2]
    theta = z[:, :2] @ remembered.transpose(1, 2) / 2
    same = LABELS[index].unsqueeze(1) == LABELS
    torch.testing.assert_close(loss, (torch.log1p(theta.exp()) - same * theta).mean(dim=(1, 2)))
    torch.testing.assert_close(objective.memory, remembered)


def test_free_codes_of_adsh_are_the_best_of_all():
    """The sample of the authors, images 0 and 2, is written as all images with zero outputs for the others."""
    labels, u = (
        torch.tensor([0, 0, 1]),
        torch.tensor([[0.6, -0.4], [0.0, 0.0], [-0.8, 0.9]], dtype=torch.float64),
    )
    sample, everything = [0, 2], torch.tensor([[1.0, 1], [1, -1], [-1, 1]], dtype=torch.float64)
    targets = pair_targets(labels[sample].unsqueeze(1) == labels, 1.0).double()

    def objective(codes):
        pairs = (u[sample] @ codes.T - 2 * targets) ** 2
        return float(pairs.sum() + ((u[sample] - codes[sample]) ** 2).sum())

    bits = torch.tensor([[[2.0]]], dtype=torch.float64)
    found = improved_codes(everything.unsqueeze(0), u.unsqueeze(0), labels, 1.0, 1.0, bits)[0]
    assert found.tolist() == [[1, -1], [1, -1], [-1, 1]]
    assert objective(everything) == pytest.approx(12) and objective(found) == pytest.approx(3.84)
    every = (torch.tensor(bits).view(3, 2).double() for bits in itertools.product([-1.0, 1.0], repeat=6))
    assert objective(found) == pytest.approx(min(map(objective, every)))


def test_updates_of_adsh_never_raise_its_objective(z):
    codes, u, bits = (
        torch.where(z.flip(1) >= 0, 1.0, -1.0).double(),
        torch.tanh(z),
        torch.full((2, 1, 1), 6.0),
    )
    ratio = similar_ratio(LABELS)
    assert ratio == pytest.approx((16 + 9 + 9) / 66)
    targets = pair_targets(LABELS.unsqueeze(1) == LABELS, ratio)

    def objective(codes):
        pairs = ((u @ codes.transpose(1, 2) - 6 * targets) ** 2).sum(dim=(1, 2))
        return pairs + 20 * ((u - codes) ** 2).sum(dim=(1, 2))

    for _ in range(3):
        before, codes = codes, improved_codes(codes, u, LABELS, ratio, 20.0, bits)
        assert (objective(codes) <= objective(before) + 1e-9).all()
    loss = _ADSHObjective([ADSH(n_bits=6, quantization=20.0)] * 2, LABELS.numpy()).double()
    loss.codes = codes
    loss.begin_batch(torch.arange(10))
    torch.testing.assert_close(loss(NOTHING, z, LABELS, 0.0), objective(codes) / (10 * 10 * 36))


def test_attribute_regression_of_perfect_codes_is_its_classifier_alone():
    """Two opposite classes whose vectors are opposite: inner products and map fit, and no bit is undecided."""
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0]])
    shared = {"n_bits": 4, "scale": 10.0, "margin": 0.0}
    objective = _RegressionObjective([AttributeRegression(**shared)], vectors).double()
    code = torch.tensor([1.0, -1, 1, -1], dtype=torch.float64)
    objective.map.data = torch.stack([code, 0 * code]).unsqueeze(0)
    objective.classifier.data = torch.stack([code, -code]).unsqueeze(0)
    labels = torch.tensor([0, 1, 0])
    z = (50 * code * torch.tensor([[1.0], [-1], [1]], dtype=torch.float64)).unsqueeze(0)
    assert objective(NOTHING, z, labels, 0.0).item() == pytest.approx(math.log1p(math.exp(-20)), abs=1e-9)
    worse = objective(NOTHING, -z, labels, 0.0).item()
    assert worse == pytest.approx(20 + 2, abs=1e-6), (
        "of the classes 20, of the map 2, and equal inner products"
    )


CODES = [np.sign(np.arange(18).reshape(3, 6) % 5 - 1.5)] * 2
SMOOTH = {
    "hashnet": lambda: _HashNetObjective([HashNet(n_bits=6)] * 2),
    "orthohash": lambda: _OrthoHashObjective(
        [OrthoHash(n_bits=6)] * 2, [np.sign(np.arange(18).reshape(3, 6) % 5 - 1.5)] * 2
    ),
    "csq": lambda: CenterObjective(CODES, 0.3),
    "attribute_regression": lambda: _RegressionObjective([AttributeRegression(n_bits=6)] * 2, np.eye(3)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_are_those_of_finite_differences(name, z):
    objective = SMOOTH[name]().double()
    assert torch.autograd.gradcheck(
        lambda values: objective(NOTHING, values, LABELS, 0.5), z.clone().requires_grad_()
    )
