"""Rows of unit length, whatever their size."""

import numpy as np
import pytest

from mgah.baselines.itq import ITQ
from mgah.normalization import l2_rows

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
