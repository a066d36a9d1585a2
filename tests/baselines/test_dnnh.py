"""DNNH: triplets against loops and hand-made gradients, the divide-and-encode head, mistakes of public copies."""

import numpy as np
import pytest
import torch
from scipy.linalg import hadamard
from threadpoolctl import threadpool_limits

from mgah.baselines.dnnh import (
    DNNH,
    DividedWeights,
    _DNNHObjective,
    encode_slices,
    piecewise_threshold,
    squared_distances,
    triplet_loss,
)
from mgah.errors import InputError
from mgah.semantics.store import ClassSemantics

LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 2, 1])
SMALL = {"trunk": 12, "epochs": 2, "slice_width": 7, "device": "cpu"}


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """On networks this small two threads wait for each other longer than they work."""
    with threadpool_limits(1):
        yield


@pytest.fixture
def bits():
    return torch.from_numpy(np.random.default_rng(0).random((1, 8, 6)))


@pytest.fixture(scope="module")
def data():
    random = np.random.default_rng(0)
    labels = np.arange(120) % 3
    features = random.standard_normal((3, 10))[labels] + 0.5 * random.standard_normal((120, 10))
    return features.astype(np.float32), labels, ClassSemantics(("a", "b", "c"), np.eye(3))


def loss(bits, labels=LABELS, margin=1.0):
    return triplet_loss(squared_distances(bits), labels, margin)


def triplets(labels):
    n = len(labels)
    return [
        (a, p, other)
        for a in range(n)
        for p in range(n)
        for other in range(n)
        if a != p and labels[a] == labels[p] and labels[other] != labels[a]
    ]


@pytest.mark.parametrize("margin", [0.3, 1.0])
def test_the_loss_equals_loops(bits, margin):
    rows, values = bits[0].numpy(), []
    for a, p, n in triplets(LABELS):
        values.append(max(0, margin + ((rows[a] - rows[p]) ** 2).sum() - ((rows[a] - rows[n]) ** 2).sum()))
    assert float(loss(bits, margin=margin)) == pytest.approx(np.mean(values), rel=1e-12)
    assert 0 < np.mean(np.array(values) == 0) < 1  # the mean is over all triplets, met ones too


def test_gradients_are_those_of_finite_differences(bits):
    assert torch.autograd.gradcheck(loss, bits.requires_grad_())
    objective = _DNNHObjective([DNNH(n_bits=6, window=0.5)]).double()
    z = torch.logit(bits.detach()).requires_grad_()
    assert torch.autograd.gradcheck(lambda values: objective(torch.empty(0), values, LABELS, 0.0), z)


def test_gradients_of_one_triplet_in_closed_form():
    """Doubled once, by the square; the anchor's neighbors share its loss evenly and the three sum to 0."""
    labels = torch.tensor([0, 0, 1])
    rows = torch.tensor([[[0.9, 0.2], [0.4, 0.1], [0.8, 0.3]]], dtype=torch.float64, requires_grad=True)
    loss(rows, labels).backward()
    (a, p, n), gradient = rows.detach()[0], rows.grad[0]
    # two triplets, (0, 1, 2) and (1, 0, 2), both active: half of each one's gradient
    expected = torch.stack([(n - p) * 2 + (a - p) * 2, (p - a) * 2 + (n - a) * 2, (a - n) * 2 + (p - n) * 2])
    torch.testing.assert_close(gradient, expected / 2, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(gradient.sum(dim=0), torch.zeros(2, dtype=torch.float64), rtol=0, atol=1e-15)


def test_codes_that_say_nothing_lose_the_margin(bits):
    constant = bits[:, :1].expand(1, 8, 6)
    assert float(loss(constant, margin=1.5)) == 1.5


@pytest.mark.parametrize("labels", [[0] * 8, list(range(8))], ids=["one class", "one image a class"])
def test_batches_without_triplets_have_no_loss_and_no_gradient(bits, labels):
    value = loss(bits.requires_grad_(), torch.tensor(labels))
    value.backward()
    assert value.item() == 0
    assert (bits.grad == 0).all()


def test_bits_may_be_flipped_permuted_and_shifted(bits):
    flipped = bits.clone()
    flipped[..., [1, 4]] = 1 - flipped[..., [1, 4]]
    moved = bits[..., [5, 3, 1, 0, 2, 4]] + torch.linspace(-1, 1, 6, dtype=bits.dtype)
    for changed in (flipped, moved):
        torch.testing.assert_close(loss(changed), loss(bits), rtol=1e-12, atol=0)


def test_the_margin_counts_bits_of_0_and_1(bits):
    """In -1 and +1 distances are four times as large: a margin of 1 there is a quarter of a bit."""
    torch.testing.assert_close(4 * loss(bits, margin=1.0), loss(2 * bits - 1, margin=4.0), rtol=1e-12, atol=0)


@pytest.mark.parametrize("margin", [1, 4])
def test_orthogonal_class_codes_meet_every_margin_up_to_half_the_bits(margin):
    codes = torch.from_numpy((hadamard(8)[:3] + 1) / 2)[LABELS].unsqueeze(0)
    assert float(loss(codes, margin=margin)) == 0
    assert float(loss(codes, margin=5)) == 1


def test_margin_as_a_share_follows_the_code_length():
    for n_bits, bits in ((8, 2), (48, 12)):
        assert _DNNHObjective([DNNH(n_bits=n_bits, margin=0.25, margin_unit="share")]).margin == bits
        assert _DNNHObjective([DNNH(n_bits=n_bits)]).margin == 1


def test_divide_and_encode_is_a_block_diagonal_layer():
    random = np.random.default_rng(1)
    units = torch.from_numpy(random.standard_normal((1, 9, 20))).requires_grad_()
    weight, bias = (torch.from_numpy(random.standard_normal(shape)) for shape in ((1, 4, 5), (1, 4)))
    dense = torch.block_diag(*weight[0].unsqueeze(1))
    z = encode_slices(units, weight, bias)
    torch.testing.assert_close(z, units @ dense.T + bias, rtol=1e-12, atol=1e-14)
    gradient = torch.autograd.grad(z[..., 2].sum(), units)[0][0]
    assert (gradient[:, 10:15] == weight[0, 2]).all()
    assert (gradient[:, :10] == 0).all()
    assert (gradient[:, 15:] == 0).all()


def test_slices_of_one_unit_and_weight_one_are_a_plain_head():
    units = torch.from_numpy(np.random.default_rng(2).standard_normal((1, 9, 4)))
    z = encode_slices(units, torch.ones((1, 4, 1), dtype=units.dtype), torch.zeros((1, 4), dtype=units.dtype))
    assert torch.equal(z, units)


def test_the_stored_encoder_is_the_trained_one_by_loops(data):
    method = DNNH(n_bits=5, **SMALL).fit(*data)
    assert method.hash_weight_.shape == (35, 12)
    assert method.bit_weight_.shape == (5, 7)
    for row, code in zip(data[0][:20], method.encode(data[0][:20]), strict=True):
        hidden = np.maximum(method.trunk_weight_ @ row + method.trunk_bias_, 0)
        units = np.maximum(method.hash_weight_ @ hidden + method.hash_bias_, 0)
        for bit in range(5):
            s = 1 / (
                1 + np.exp(-(units[7 * bit : 7 * bit + 7] @ method.bit_weight_[bit] + method.bit_bias_[bit]))
            )
            assert code[bit] == (1 if s >= 0.5 else -1)


def test_bits_are_thresholded_at_one_half_of_the_sigmoid(data):
    """Signs of sigmoids are all +1; these codes are balanced enough to have both values in every column."""
    codes = DNNH(n_bits=8, **SMALL | {"epochs": 30, "lr": 3e-3}).fit(*data).encode(data[0])
    assert ((codes == 1).any(axis=0) & (codes == -1).any(axis=0)).sum() >= 6


def test_stacked_and_stored_encoder_agree(data):
    methods = [DNNH(n_bits=6, random_state=seed, **SMALL) for seed in (0, 1)]
    encoder = DNNH._encoder(methods, *data[:2], DNNH._objective(methods, *data))
    z = encoder(torch.from_numpy(data[0])).detach().numpy()
    for model, weights in enumerate(encoder.weights()):
        assert isinstance(weights, DividedWeights)
        np.testing.assert_allclose(z[model], weights(data[0]), rtol=1e-4, atol=1e-6)
    assert not np.allclose(z[0], z[1])


def test_the_threshold_keeps_its_window_and_its_gradient_there():
    s = torch.tensor([0.0, 0.2, 0.25, 0.5, 0.75, 0.8, 1.0], requires_grad=True)
    rounded = piecewise_threshold(s, 0.25)
    assert rounded.tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]
    rounded.sum().backward()
    assert s.grad.tolist() == [0, 0, 1, 1, 1, 0, 0]
    assert torch.equal(piecewise_threshold(s, 0.5), s)
    assert piecewise_threshold(s, 0.0).tolist() == [0, 0, 0, 0.5, 1, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "change", [{"margin": 3.0}, {"margin_unit": "share"}, {"window": 0.01}, {"slice_width": 3}], ids=str
)
def test_every_parameter_changes_the_encoder(data, change):
    settings = SMALL | {"epochs": 30, "lr": 1e-2, "lr_end": 1e-2}
    plain, changed = (DNNH(n_bits=6, **settings | other).fit(*data) for other in ({}, change))
    assert plain.hash_weight_.shape != changed.hash_weight_.shape or not np.allclose(
        plain.hash_weight_, changed.hash_weight_, atol=1e-7
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"margin": 0}, "margin is 0"),
        ({"window": 0.6}, "window is 0.6"),
        ({"window": 0}, "window is 0"),
        ({"window": 1e-9}, "window is 1e-09, expected a number from 0.01 to 0.5"),
        ({"batch_size": 2}, "batch_size is 2, expected an integer of 3 or more"),
        ({"margin_unit": "percent"}, "margin_unit is 'percent', expected one of bits, share"),
        ({"slice_width": 0}, "slice_width is 0"),
        ({"slice_width": 2.5}, "slice_width is 2.5"),
        ({"init": "itq"}, "init is 'itq'"),
    ],
)
def test_bad_parameters_are_one_clear_error(data, change, words):
    with pytest.raises(InputError, match=words):
        DNNH(**{"n_bits": 4} | SMALL | change).fit(*data)
