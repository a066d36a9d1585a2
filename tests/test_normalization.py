"""Rows of unit length, whatever their size."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from mgah import registry
from mgah.baselines.itq import ITQ
from mgah.methods.base import signs
from mgah.normalization import l2_rows
from mgah.normalization_of_tensors import unit_rows

LENGTHS = {
    np.float64: (1e200, 1e-170, 1e308, 5e-324, 1e-155, 1),
    np.float32: (1e20, 1e-23, 3e38, 1e-45, 1e-20, 1),
}


@pytest.mark.parametrize(("dtype", "size"), [(dtype, size) for dtype in LENGTHS for size in LENGTHS[dtype]])
def test_rows_of_any_size_have_unit_length(dtype, size):
    """The smallest numbers have a single digit, so that the row of them is all 1 or 0."""
    direction = np.array([[0.5, -0.25, 0.125, 1.0]])
    rows = (direction * size).astype(dtype)
    unit = l2_rows(rows)
    assert unit.dtype == dtype and np.isfinite(unit).all()
    scaled = rows.astype(np.longdouble) / np.abs(rows).max()
    expected = (scaled / np.sqrt((scaled**2).sum())).astype(dtype)
    np.testing.assert_allclose(unit, expected, rtol=4 * np.finfo(dtype).eps)


def test_rows_of_extreme_size_leave_the_others_alone_and_the_input_as_it_is():
    random = np.random.default_rng(0)
    for dtype, (large, small, *_) in LENGTHS.items():
        rows = random.standard_normal((6, 5)).astype(dtype)
        plain = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        rows[1], rows[4] = large, small
        rows[2] = 0
        before, unit = rows.copy(), l2_rows(rows)
        np.testing.assert_array_equal(unit[[0, 3, 5]], plain[[0, 3, 5]])
        np.testing.assert_array_equal(rows, before)
        np.testing.assert_allclose(np.linalg.norm(unit, axis=1), [1, 1, 0, 1, 1, 1], rtol=1e-6)


def test_codes_of_normalized_features_do_not_depend_on_the_size_of_rows():
    rows = np.random.default_rng(0).standard_normal((40, 8))
    method = ITQ(n_bits=4, normalize=True).fit(rows)
    for size in (2.0**660, 2.0**-560):
        np.testing.assert_array_equal(method.encode(rows * size), method.encode(rows))


@pytest.mark.parametrize("scale", [1e-42, 1e-30, 1e-14, 1, 1e17, 1e25, 1e37])
@pytest.mark.parametrize("name", ["itq", "dhn"])
def test_exported_layers_make_the_codes_of_rows_of_any_size(name, scale):
    """Features of one sign have a common mean, as those of a network have; a row of zeros has a code as well."""
    random = np.random.default_rng(0)
    features = np.abs(random.standard_normal((60, 12))).astype(np.float32)
    change = {"itq": {"normalize": True}, "dhn": {"feature_norm": "l2", "feature_scaling": "center"}}[name]
    quick = registry.find("methods", name).tags["quick_parameters"]
    method = registry.build("methods", name, n_bits=8, **quick | change).fit(features, np.arange(60) % 4)
    rows = (features * scale).astype(np.float32)
    rows[7] = 0
    with torch.no_grad():
        outputs = method.as_module()(torch.from_numpy(rows)).numpy()
    np.testing.assert_allclose(outputs, method.outputs(rows), rtol=1e-4, atol=1e-5)
    clear = np.abs(outputs) > 1e-5
    assert clear.mean() > 0.99
    np.testing.assert_array_equal(signs(outputs)[clear], method.encode(rows)[clear])


def test_rows_of_a_tensor_have_the_bits_and_the_gradients_that_torch_gives_usual_ones():
    usual = torch.randn(50, 20, generator=torch.Generator().manual_seed(0))
    weights = torch.randn(50, 20, generator=torch.Generator().manual_seed(1))
    results = []
    for normalize in (unit_rows, lambda rows: functional.normalize(rows, dim=-1)):
        rows = usual.clone().requires_grad_()
        unit = normalize(rows)
        (unit * weights).sum().backward()
        results.append((unit.detach().numpy(), rows.grad.numpy()))
    for got, expected in zip(*results, strict=True):
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(("dtype", "size"), [(dtype, size) for dtype in LENGTHS for size in LENGTHS[dtype]])
def test_rows_of_a_tensor_are_those_of_an_array(dtype, size):
    rows = (np.array([[0.5, -0.25, 0.125, 1.0], [0.0, 0.0, 0.0, 0.0]]) * size).astype(dtype)
    unit = unit_rows(torch.from_numpy(rows)).numpy()
    assert unit.dtype == dtype
    np.testing.assert_allclose(unit, l2_rows(rows), rtol=4 * np.finfo(dtype).eps)
