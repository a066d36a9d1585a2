"""Principal directions by each of the two decompositions."""

import numpy as np
import pytest

from mgah.baselines.itq import ITQ
from mgah.baselines.pca_rotation import PCARotation
from mgah.baselines.spectral_hashing import SpectralHashing
from mgah.methods import quantization
from mgah.methods.quantization import principal_directions


@pytest.mark.parametrize("count", [1, 11, 12])
def test_wide_features_have_all_their_directions_and_they_are_those_of_the_whole_decomposition(
    monkeypatch, count
):
    features = np.random.default_rng(0).standard_normal((50, 12)) * np.arange(1, 13)
    mean, expected = principal_directions(features, count)
    monkeypatch.setattr(quantization, "_FULL_DECOMPOSITION_WIDTH", 5)
    monkeypatch.setattr(quantization, "_COMMON_DIRECTIONS", 1)
    wide_mean, directions = principal_directions(features, count)
    np.testing.assert_allclose(wide_mean, mean)
    np.testing.assert_allclose(directions, expected, atol=1e-9)
    assert directions.shape == (12, count)


@pytest.mark.parametrize("method", [ITQ, PCARotation, SpectralHashing])
@pytest.mark.parametrize(
    ("factor", "offset"),
    [(1, 1e6), (1, 1e8), (1e-300, 0), (1e-160, 0), (1e30, 0), (1e37, 0), (1e30, 1e36)],
)
def test_a_common_offset_or_factor_of_any_size_changes_no_code(method, factor, offset):
    features = np.random.default_rng(0).standard_normal((300, 20)) * np.linspace(3, 0.1, 20)
    moved = features * factor + offset
    codes = method(n_bits=16).fit(features).encode(features)
    np.testing.assert_array_equal(method(n_bits=16).fit(moved).encode(moved), codes)


@pytest.mark.parametrize(("factor", "offset"), [(1, 1e7), (2.0**-900, 0)])
def test_the_mean_is_that_of_the_features_where_they_are_centered_or_scaled_first(factor, offset):
    features = np.random.default_rng(0).standard_normal((50, 4)) * factor + offset
    mean, directions = principal_directions(features, 2)
    np.testing.assert_allclose(mean, features.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(directions.T @ directions, np.eye(2), atol=1e-12)
