"""SitNet: its losses against loops and hand-made gradients, signs, centers, and mistakes to avoid."""

import numpy as np
import pytest
import torch
from scipy.linalg import hadamard
from torch.nn import functional

from mgah.baselines._class_loss import classification_loss
from mgah.baselines._straight_through import StraightThroughSign
from mgah.baselines.sitnet import (
    SitNet,
    _SitNetObjective,
    center_distances,
    center_loss,
    cosine_logits,
    moved_centers,
)
from mgah.errors import InputError
from mgah.semantics.store import ClassSemantics

LABELS = torch.tensor([0, 1, 2, 2, 1, 0, 2])
SMALL = {"trunk": 12, "epochs": 2, "device": "cpu"}
K = torch.full((1, 1, 1), 6.0, dtype=torch.float64)


@pytest.fixture
def codes():
    return torch.from_numpy(np.random.default_rng(0).choice([-1.0, 1.0], (1, 7, 6)))


@pytest.fixture
def centers():
    return torch.from_numpy(np.random.default_rng(1).uniform(-1, 1, (1, 3, 6)))


def objective(centers, seed=0, **parameters):
    """SitNet's losses of 3 classes with 4-d vectors in double, at given centers and with a head that is not small."""
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((3, 4))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    built = _SitNetObjective([SitNet(n_bits=6, **parameters)], vectors).double()
    built.vectors = torch.from_numpy(vectors)
    built.weight.data = torch.from_numpy(random.standard_normal((1, 4, 6)))
    built.bias.data = torch.from_numpy(random.standard_normal((1, 4)))
    built.centers = centers
    return built


def test_distances_equal_squared_distances_of_codes(codes, centers):
    expected = ((codes.unsqueeze(2) - centers.unsqueeze(1)) ** 2).sum(dim=-1) / 24
    torch.testing.assert_close(center_distances(codes, centers, K), expected, rtol=1e-12, atol=1e-15)
    to_codes = center_distances(codes, codes[:, :3], K)  # the share of bits that differ
    torch.testing.assert_close(
        to_codes, (codes.unsqueeze(2) != codes[:, :3].unsqueeze(1)).double().mean(dim=-1)
    )


@pytest.mark.parametrize("semantic_loss", ["ce", "mse"])
def test_the_loss_equals_loops(codes, centers, semantic_loss):
    settings = {"center_weight": 0.7, "push_weight": 1.3, "margin": 0.6, "temperature": 4.0}
    built = objective(centers, semantic_loss=semantic_loss, **settings)
    weight, bias, vectors = (
        built.weight[0].detach().numpy(),
        built.bias[0].detach().numpy(),
        built.vectors.numpy(),
    )
    semantic = pull = push = 0.0
    for code, label in zip(codes[0].numpy(), LABELS.tolist(), strict=True):
        embedded = weight @ code + bias
        if semantic_loss == "ce":
            logits = 4 * vectors @ embedded / np.linalg.norm(embedded)
            semantic += (np.log(np.exp(logits).sum()) - logits[label]) / 7
        else:
            semantic += ((embedded - vectors[label]) ** 2).sum() / 7
        for c in range(3):
            distance = ((code - centers[0, c].numpy()) ** 2).sum() / 24
            if c == label:
                pull += distance / 7
            else:
                push += max(0, 0.6 - distance) / (7 * 2)
    expected = semantic + 0.7 * (pull + 1.3 * push)
    assert built.losses(codes, LABELS).item() == pytest.approx(expected, rel=1e-12)


def test_gradients_are_those_of_finite_differences_for_any_real_codes(centers):
    free = torch.from_numpy(np.random.default_rng(2).standard_normal((1, 7, 6))).requires_grad_()
    for semantic_loss in ("ce", "mse"):
        built = objective(centers, semantic_loss=semantic_loss)
        assert torch.autograd.gradcheck(lambda h, built=built: built.losses(h, LABELS), free)


def test_gradients_of_the_center_loss_in_closed_form(codes, centers):
    """No part of them is along h: the derivative of ||h||^2, a constant, would pull every z to 0."""
    h = codes.clone().requires_grad_()
    distances = center_distances(h, centers, K)
    center_loss(distances, LABELS, 1.0, 0.5).sum().backward()
    expected = torch.zeros(7, 6, dtype=torch.float64)
    for i, label in enumerate(LABELS):
        for c in range(3):
            if c == label:
                expected[i] -= centers[0, c] / (2 * 6 * 7)
            elif distances[0, i, c] < 0.5:
                expected[i] += centers[0, c] / (2 * 6 * 7 * 2)
    torch.testing.assert_close(h.grad[0], expected, rtol=1e-12, atol=1e-15)


def test_signs_are_plus_one_at_zero_and_pass_the_gradient_inside_the_clip():
    z = torch.tensor([0.0, -0.0, 1.0, -1.0, 1.001, -2.0, 0.5, -1e-30], requires_grad=True)
    codes = StraightThroughSign.apply(z, True)
    assert codes.tolist() == [1, 1, 1, -1, 1, -1, 1, -1]
    gradient = torch.arange(1.0, 9.0)
    codes.backward(gradient)
    assert z.grad.tolist() == [1, 2, 3, 4, 0, 0, 7, 8]
    z.grad = None
    StraightThroughSign.apply(z, False).backward(gradient)
    assert torch.equal(z.grad, gradient)


def test_orthogonal_centers_that_codes_have_reached_cost_nothing():
    centers = torch.from_numpy(hadamard(8)[:3].astype(float)).unsqueeze(0)
    distances = center_distances(centers[:, LABELS], centers, torch.full((1, 1, 1), 8.0, dtype=torch.float64))
    assert center_loss(distances, LABELS, 1.0, 0.5).item() == 0
    assert center_loss(distances, LABELS, 1.0, 0.75).item() == 0.25


def test_at_the_start_centers_are_zero_and_only_semantics_drive(codes):
    built = _SitNetObjective([SitNet(n_bits=6)], np.eye(3))
    assert (built.centers == 0).all()
    h = codes.requires_grad_()
    distances = center_distances(h, built.centers.double(), K)
    assert (distances == 0.25).all()
    center_loss(distances, LABELS, 1.0, 0.5).sum().backward()
    assert (h.grad == 0).all()


def test_centers_move_by_the_rule_of_the_center_loss(codes, centers):
    moved = moved_centers(centers, codes, LABELS, 0.5)
    for c in range(3):
        own = codes[0][c == LABELS]
        step = sum(centers[0, c] - h for h in own) / (1 + len(own))
        torch.testing.assert_close(moved[0, c], centers[0, c] - 0.5 * step, rtol=1e-12, atol=1e-15)
    same = codes[:, :1].expand(1, 4, 6)  # four copies: by rate n / (1 + n) towards them
    moved = moved_centers(centers, same, torch.ones(4, dtype=torch.int64), 0.5)
    expected = centers[0, 1] + 0.5 * 4 / 5 * (codes[0, 0] - centers[0, 1])
    torch.testing.assert_close(moved[0, 1], expected, rtol=1e-12, atol=1e-15)
    assert torch.equal(moved[0, [0, 2]], centers[0, [0, 2]])  # absent classes, bit for bit


def test_centers_stay_within_the_codes_and_arrive(codes):
    """A learnable center would move by the learning rate, 1e-4 a step, and never arrive."""
    centers = torch.zeros((1, 3, 6), dtype=torch.float64)
    for _ in range(60):
        centers = moved_centers(centers, codes, LABELS, 0.5)
        assert (centers.abs() <= 1).all()
    means = torch.stack([codes[0][c == LABELS].mean(dim=0) for c in range(3)])
    torch.testing.assert_close(centers[0], means, atol=1e-8, rtol=0)


def test_a_step_uses_the_centers_before_it_and_the_next_one_those_after_it(centers):
    built, twin = objective(centers), objective(centers)
    z = torch.from_numpy(np.random.default_rng(3).uniform(-1.5, 1.5, (1, 7, 6))).requires_grad_()
    loss = built(torch.empty(0), z, LABELS, 0.0)
    loss.sum().backward()  # an update in place would make autograd raise here
    codes = torch.where(z.detach() >= 0, 1.0, -1.0).double().requires_grad_()
    expected = twin.losses(codes, LABELS)
    expected.sum().backward()
    assert loss.item() == expected.item()
    torch.testing.assert_close(z.grad, codes.grad * (z.detach().abs() <= 1), rtol=1e-12, atol=0)
    twin.centers = moved_centers(centers, codes.detach(), LABELS, 0.5)
    assert torch.equal(built.centers, twin.centers)
    assert built(torch.empty(0), z, LABELS, 0.0).item() == twin.losses(codes.detach(), LABELS).item()
    assert not built.centers.requires_grad
    assert {name for name, _ in built.named_parameters()} == {"weight", "bias"}


@pytest.mark.parametrize("semantic_loss", ["ce", "mse"])
def test_flipped_bits_and_rotated_vectors_change_nothing(codes, centers, semantic_loss):
    plain, changed = (objective(centers, semantic_loss=semantic_loss) for _ in range(2))
    flips = torch.tensor([1.0, -1, -1, 1, 1, -1], dtype=torch.float64)
    rotation = torch.linalg.qr(torch.from_numpy(np.random.default_rng(4).standard_normal((4, 4))))[0]
    changed.vectors = plain.vectors @ rotation.T
    changed.weight.data = rotation @ plain.weight.data * flips
    changed.bias.data = plain.bias.data @ rotation.T
    changed.centers = centers * flips
    torch.testing.assert_close(
        changed.losses(codes * flips, LABELS), plain.losses(codes, LABELS), rtol=1e-12, atol=0
    )


def test_without_centers_and_cosines_it_is_a_classifier_of_the_codes(codes):
    """Identity vectors, and the norm as temperature, which undoes the normalization."""
    weight, bias = (torch.from_numpy(np.random.default_rng(5).standard_normal(s)) for s in ((3, 6), (3,)))
    embedded = codes @ weight.T + bias
    norms = embedded.norm(dim=-1, keepdim=True)
    loss = classification_loss(cosine_logits(embedded, torch.eye(3, dtype=torch.float64), norms), LABELS)
    expected = functional.cross_entropy(embedded[0], LABELS)
    torch.testing.assert_close(loss[0], expected, rtol=1e-12, atol=0)


def test_the_semantic_head_starts_small_and_vectors_have_unit_length():
    random = np.random.default_rng(0)
    labels = np.arange(60) % 3
    features = random.standard_normal((60, 5)).astype(np.float32)
    semantics = ClassSemantics.from_vectors(("a", "b", "c"), 7 * random.standard_normal((3, 4)))
    built = SitNet._objective([SitNet(n_bits=64)], features, labels, semantics)
    assert built.weight.std().item() == pytest.approx(0.01, rel=0.15)
    assert (built.bias == 0).all()
    torch.testing.assert_close(built.vectors.norm(dim=1), torch.ones(3))
    only_similarity = ClassSemantics(semantics.names, semantics.similarity)
    embedded = SitNet._objective([SitNet(n_bits=4)], features, labels, only_similarity).vectors
    torch.testing.assert_close(
        embedded @ embedded.T, torch.from_numpy(semantics.similarity).float(), atol=1e-6, rtol=0
    )


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(120) % 3
    features = random.standard_normal((3, 10))[labels] + 0.5 * random.standard_normal((120, 10))
    semantics = ClassSemantics.from_vectors(("a", "b", "c"), random.standard_normal((3, 5)))
    return features.astype(np.float32), labels, semantics


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {"semantic_loss": "mse"},
        {"temperature": 20.0},
        {"center_weight": 0.0},
        {"push_weight": 0.0},
        {"margin": 0.2},
        {"center_rate": 0.1},
        {"straight_through": "identity"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_parameter_changes_the_encoder(data, change):
    settings = SMALL | {"epochs": 30, "lr": 3e-2, "lr_end": 3e-2}
    plain, changed = (SitNet(n_bits=6, **settings | other).fit(*data) for other in ({}, change))
    assert not np.allclose(plain.hash_weight_, changed.hash_weight_, atol=1e-6)


def test_semantics_of_the_seen_classes_reach_training_only_through_angles(data):
    features, labels, semantics = data
    scaled = ClassSemantics.from_vectors(semantics.names, semantics.vectors * [[1], [4], [0.5]])
    other = ClassSemantics.from_vectors(semantics.names, semantics.vectors[::-1])
    plain, same, different = (
        SitNet(n_bits=6, **SMALL).fit(features, labels, s).hash_weight_ for s in (semantics, scaled, other)
    )
    np.testing.assert_allclose(same, plain, atol=1e-6)
    assert not np.allclose(different, plain, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"semantic_loss": "l1"}, "semantic_loss is 'l1', expected one of ce, mse"),
        ({"straight_through": "tanh"}, "straight_through is 'tanh'"),
        ({"temperature": 0}, "temperature is 0"),
        ({"center_weight": -1}, "center_weight is -1"),
        ({"push_weight": -1}, "push_weight is -1"),
        ({"margin": 1.5}, "margin is 1.5"),
        ({"center_rate": 2}, "center_rate is 2"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, change, words):
    with pytest.raises(InputError, match=words):
        SitNet(**{"n_bits": 4} | SMALL | change).fit(*data)
