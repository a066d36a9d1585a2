"""DHN: its losses against loops and hand-made gradients, what they are invariant to, and mistakes of public copies."""

import math

import numpy as np
import pytest
import torch

from mgah.baselines._pairs import quantization_loss
from mgah.baselines.dhn import DHN, _DHNObjective, pair_loss
from mgah.errors import InputError
from mgah.methods.deep.encoder import bit_mask
from mgah.semantics.store import ClassSemantics

LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 2])
MASK = bit_mask([5])


@pytest.fixture
def codes():
    return torch.tanh(torch.from_numpy(np.random.default_rng(0).standard_normal((1, 7, 5))))


def loss(z, labels=LABELS, **parameters):
    """DHN's whole loss of z (1, n, K), in z's own precision."""
    objective = _DHNObjective([DHN(n_bits=z.shape[-1], **parameters)]).to(z.dtype)
    return objective(torch.empty(0), z, labels, 0.0)


def products(codes):
    return codes @ codes.transpose(1, 2)


@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("inner_product", ["sum", "mean"])
@pytest.mark.parametrize("quantization", [0.0, 0.3])
def test_the_loss_equals_loops(codes, scale, inner_product, quantization):
    z = torch.atanh(codes)
    rows, terms = codes[0].numpy(), []
    for i in range(7):
        for j in range(7):
            if i != j:
                t = scale * float(rows[i] @ rows[j]) / (5 if inner_product == "mean" else 1)
                terms.append(math.log1p(math.exp(t)) - (LABELS[i] == LABELS[j]).item() * t)
    misfit = sum(math.log(math.cosh(abs(value) - 1)) for value in rows.flat) / rows.size
    expected = sum(terms) / len(terms) + quantization * misfit
    got = loss(z, scale=scale, inner_product=inner_product, quantization=quantization)
    assert float(got) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("pair_weights", ["none", "balanced"])
def test_gradients_are_those_of_finite_differences(codes, pair_weights):
    z = torch.atanh(codes).requires_grad_()
    assert torch.autograd.gradcheck(lambda values: loss(values, pair_weights=pair_weights), z)


def test_gradients_in_closed_form(codes):
    """A factor 2, from (i, j) and (j, i), and no more; the quantization loss divided by the bits as its value is."""
    leaf = codes.clone().requires_grad_()
    pair_loss(0.7 * products(leaf), LABELS).sum().backward()
    expected = torch.zeros(7, 5, dtype=codes.dtype)
    for i in range(7):
        for j in range(7):
            if i != j:
                residual = torch.sigmoid(0.7 * codes[0, i] @ codes[0, j]) - (LABELS[i] == LABELS[j]).to(codes)
                expected[i] += 2 * 0.7 / 42 * residual * codes[0, j]
    torch.testing.assert_close(leaf.grad[0], expected, rtol=1e-12, atol=1e-14)
    leaf = codes.clone().requires_grad_()
    quantization_loss(leaf, MASK).sum().backward()
    torch.testing.assert_close(
        leaf.grad, codes.sign() * torch.tanh(codes.abs() - 1) / 35, rtol=1e-12, atol=1e-14
    )


def test_known_values():
    zero = torch.zeros((1, 7, 5), dtype=torch.float64)
    assert float(loss(zero, quantization=0.0)) == math.log(2)
    assert float(quantization_loss(zero, MASK)) == pytest.approx(0.433781, abs=1e-6)
    assert float(quantization_loss(zero + 1, MASK)) == 0


def test_perfect_codes_in_closed_form():
    """Equal codes inside a class, inner product r = 0 between classes."""
    rows = torch.tensor([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]], dtype=torch.float64)[
        LABELS
    ].unsqueeze(0)
    positive, pairs, scale = 3 * 2 + 2 + 2, 42, 0.5
    softplus = math.log1p(math.exp(-scale * 4))
    expected = (positive * softplus + (pairs - positive) * math.log(2)) / pairs
    assert float(pair_loss(scale * products(rows), LABELS)) == pytest.approx(expected, rel=1e-12)


def test_flipping_and_permuting_bits_changes_nothing_and_rotation_only_the_quantization(codes):
    z = torch.atanh(codes)
    flips = torch.tensor([1.0, -1, 1, -1, -1], dtype=z.dtype)
    torch.testing.assert_close(loss((z * flips)[..., [4, 2, 0, 1, 3]]), loss(z), rtol=1e-12, atol=0)
    rotation = torch.linalg.qr(torch.from_numpy(np.random.default_rng(1).standard_normal((5, 5))))[0]
    rotated = codes @ rotation
    torch.testing.assert_close(
        pair_loss(products(rotated), LABELS), pair_loss(products(codes), LABELS), rtol=1e-12, atol=0
    )
    assert abs(float(quantization_loss(rotated, MASK) - quantization_loss(codes, MASK))) > 1e-3


def test_pairs_that_are_utterly_wrong_have_a_finite_loss_and_a_full_gradient():
    """log(1 + exp(x)) overflows in float32 from 88.7, and clamping takes the gradient where it is needed most."""
    labels = torch.tensor([0, 0, 1])
    logits = torch.tensor([[[0.0, -1e4, 1e4], [-1e4, 0, 1e4], [1e4, 1e4, 0]]], requires_grad=True)
    value = pair_loss(logits, labels)
    value.sum().backward()
    assert value.item() == 1e4
    expected = torch.tensor([[0.0, -1, 1], [-1, 0, 1], [1, 1, 0]]) / 6
    torch.testing.assert_close(logits.grad[0], expected)
    right = pair_loss(-logits.detach(), labels)
    assert float(right) == 0


def test_z_is_squashed_before_the_losses():
    """Without tanh |z| grows at no cost, and the loss of a pair with it."""
    z = torch.full((1, 2, 8), 50.0)
    assert float(loss(z, torch.tensor([0, 1]))) == pytest.approx(8.0, abs=1e-3)
    assert float(loss(100 * z, torch.tensor([0, 1]))) == pytest.approx(8.0, abs=1e-3)


def test_no_batch_leaves_a_memory(codes):
    """Copies that keep all outputs, 0 before they are seen, take unseen images for dissimilar ones."""
    objective = _DHNObjective([DHN(n_bits=5)]).double()
    z = torch.atanh(codes)
    first = objective(torch.empty(0), z, LABELS, 0.0)
    objective(torch.empty(0), z.flip(1) * 3, LABELS, 0.0)
    assert torch.equal(objective(torch.empty(0), z, LABELS, 1.0), first)
    assert not list(objective.parameters())


def test_semantics_are_not_used():
    random = np.random.default_rng(0)
    features, labels = random.standard_normal((60, 8)).astype(np.float32), np.arange(60) % 3
    settings = {"n_bits": 6, "trunk": 8, "epochs": 2, "device": "cpu"}
    one = ClassSemantics(("a", "b", "c"), np.eye(3))
    other = ClassSemantics(("a", "b", "c"), np.ones((3, 3)))
    np.testing.assert_array_equal(
        DHN(**settings).fit(features, labels, one).hash_weight_,
        DHN(**settings).fit(features, labels, other).hash_weight_,
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scale": 0}, "scale is 0"),
        ({"quantization": -0.1}, "quantization is -0.1"),
        ({"pair_weights": "half"}, "pair_weights is 'half', expected one of none, balanced"),
        ({"inner_product": "cosine"}, "inner_product is 'cosine', expected one of sum, mean"),
        ({"trainable": "all"}, "images"),
    ],
)
def test_bad_parameters_are_one_clear_error(change, words):
    features, labels = np.random.default_rng(0).random((40, 6), dtype=np.float32), np.arange(40) % 2
    with pytest.raises(InputError, match=words):
        DHN(n_bits=4, **change).fit(features, labels, ClassSemantics(("a", "b"), np.eye(2)))


def test_a_training_that_fails_halfway_leaves_nothing_learned():
    generator = np.random.default_rng(0)
    features, labels = generator.standard_normal((60, 12)).astype(np.float32), np.arange(60) % 3
    semantics = ClassSemantics.from_vectors(["a", "b", "c"], np.eye(3))
    method = DHN(n_bits=6, epochs=2, batch_size=20, feature_scaling="center").fit(features, labels, semantics)
    method.set_params(lr=1e30, lr_end=1e30)
    with pytest.raises(InputError, match="training diverged"):
        method.fit(features + 5, labels, semantics)
    assert not [name for name in vars(method) if name.endswith("_")]
