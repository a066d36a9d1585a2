"""The normalization after the hash layer: that of torch, a model's own, and folded away at the end."""

import numpy as np
import pytest
import torch
from torch import nn

from mgah.methods.deep.batch_norm import NormalizedEncoder
from mgah.methods.deep.encoder import random_start


@pytest.fixture
def starts():
    return [random_start(6, 5, n_bits, np.random.default_rng(n_bits)) for n_bits in (3, 7)]


def batches(n=40, count=5):
    random = np.random.default_rng(0)
    return [torch.from_numpy(random.standard_normal((n, 6)).astype(np.float32) + 2) for _ in range(count)]


def test_two_values_a_bit_become_minus_and_plus_one(starts):
    z = torch.tensor([[0.5, -2.0], [1.5, 0.2]])
    start = random_start(2, 0, 2, np.random.default_rng(0))
    start.hash_weight[:] = np.eye(2)
    normalized = NormalizedEncoder([start], 0.0, [0])(z)[0].detach()
    np.testing.assert_allclose(normalized, [[-0.99998, -0.999996], [0.99998, 0.999996]], atol=1e-6)


def without_start(layer, count):
    """The running statistics of torch's ``layer`` after ``count`` batches, less what is left of mean 0, variance 1."""
    left = 0.9**count
    layer.running_mean /= 1 - left
    layer.running_var.sub_(left).div_(1 - left)
    return layer.eval()


def test_each_model_is_normalized_as_by_torch_and_encodes_by_its_running_statistics(starts):
    encoder = NormalizedEncoder(starts, 0.0, [0, 0])
    with torch.no_grad():
        encoder.scale.copy_(encoder.mask * 1.7)
        encoder.shift.copy_(encoder.mask * 0.3)
    layers = [nn.BatchNorm1d(len(start.hash_bias)) for start in starts]
    for layer in layers:
        nn.init.constant_(layer.weight, 1.7)
        nn.init.constant_(layer.bias, 0.3)
    for batch in batches():
        z = encoder(batch)
        for model, (start, layer) in enumerate(zip(starts, layers, strict=True)):
            linear = torch.from_numpy(start.hidden(batch.numpy()) @ start.hash_weight.T)
            width = len(start.hash_bias)
            torch.testing.assert_close(z[model, :, :width], layer(linear), rtol=1e-4, atol=1e-5)
    assert (z[0, :, 3:] == 0).all()
    test = batches(9, 1)[0]
    for start, layer, folded in zip(starts, layers, encoder.weights(), strict=True):
        linear = torch.from_numpy(start.hidden(test.numpy()) @ start.hash_weight.T)
        expected = without_start(layer, len(batches()))(linear).detach()
        np.testing.assert_allclose(folded(test.numpy()), expected, rtol=1e-4, atol=1e-5)


def test_after_one_batch_the_fold_is_that_of_the_batch(starts):
    """Also for the shorter of two models: z of the batch has mean 0 and, by n - 1, variance 1."""
    encoder, [batch] = NormalizedEncoder(starts, 0.0, [0, 0]), batches(count=1)
    encoder(batch)
    for start, folded in zip(starts, encoder.weights(), strict=True):
        z = folded(batch.numpy())
        linear = start.hidden(batch.numpy()) @ start.hash_weight.T
        np.testing.assert_allclose(z.mean(axis=0), 0, atol=2e-6)
        np.testing.assert_allclose(
            z.var(axis=0, ddof=1), linear.var(0, ddof=1) / (linear.var(0, ddof=1) + 1e-5), 1e-4
        )


def test_after_many_batches_the_fold_is_that_of_torch(starts):
    """Of the start, 0.9^300 = 2e-14 is left."""
    encoder = NormalizedEncoder(starts, 0.0, [0, 0])
    layers = [nn.BatchNorm1d(len(start.hash_bias)) for start in starts]
    for batch in batches(count=300):
        encoder(batch)
        for start, layer in zip(starts, layers, strict=True):
            layer(torch.from_numpy(start.hidden(batch.numpy()) @ start.hash_weight.T))
    assert encoder.batches.flatten().tolist() == [300, 300]
    for start, layer, folded in zip(starts, layers, encoder.weights(), strict=True):
        linear = torch.from_numpy(start.hidden(batch.numpy()) @ start.hash_weight.T)
        np.testing.assert_allclose(folded(batch.numpy()), layer.eval()(linear).detach(), rtol=1e-4, atol=1e-5)


def test_before_any_batch_the_fold_changes_nothing_but_the_bias(starts):
    folded = NormalizedEncoder(starts, 0.0, [0, 0]).weights()
    for start, weights in zip(starts, folded, strict=True):
        np.testing.assert_allclose(weights.hash_weight, start.hash_weight, rtol=1e-5)
        assert (weights.hash_bias == 0).all()


def test_the_dead_bias_is_zero_and_not_trained_and_padding_gets_no_gradient(starts):
    encoder = NormalizedEncoder(starts, 0.0, [0, 0])
    (encoder(batches()[0]) ** 3).sum().backward()
    assert (encoder.hash_bias == 0).all() and encoder.hash_bias.grad is None
    for parameter in (encoder.scale, encoder.shift):
        assert (parameter.grad[0, :, 3:] == 0).all() and (parameter.grad[1] != 0).all()


def test_one_image_alone_takes_the_running_statistics_and_leaves_them(starts):
    encoder = NormalizedEncoder(starts, 0.0, [0, 0])
    encoder(batches()[0])
    before = encoder.running_mean.clone()
    row = batches()[1][:1]
    z = encoder(row)
    assert torch.equal(encoder.running_mean, before)
    np.testing.assert_allclose(z[1].detach(), encoder.weights()[1](row.numpy()), rtol=1e-4, atol=1e-5)
