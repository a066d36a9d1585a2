"""Principal directions by each of the two decompositions."""

import numpy as np
import pytest

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
