"""What the kernel methods share: distances against loops, draws that repeat, errors."""

import numpy as np
import pytest

from mgah.baselines import _anchors
from mgah.baselines._anchors import (
    anchors_of,
    by_seed,
    check_anchors,
    mean_distance,
    random_subset,
    rbf_features,
    squared_distances,
    unit_rows,
)
from mgah.baselines.sdh import SDH
from mgah.errors import InputError
from mgah.seeds import generator


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_squared_distances_equal_a_loop_over_all_chunks(random, monkeypatch):
    monkeypatch.setattr(_anchors, "_ROWS", 7)
    x, z = random.standard_normal((23, 5)), random.standard_normal((4, 5))
    expected = [[((row - anchor) ** 2).sum() for anchor in z] for row in x]
    distances = squared_distances(x, z)
    assert distances.dtype == np.float64
    np.testing.assert_allclose(distances, expected, rtol=1e-12)


def test_rounding_never_leaves_a_negative_distance(random):
    rows = 1e3 + random.standard_normal((200, 30))
    own = squared_distances(rows, rows)
    assert own.min() == 0
    np.testing.assert_allclose(np.diag(own), 0, atol=1e-7)


def test_rbf_features_are_one_at_an_anchor_and_fall_by_the_bandwidth(random):
    anchors = np.zeros((1, 3))
    values = rbf_features(np.array([[0.0, 0, 0], [2, 0, 0], [0, 3, 0]]), anchors, 4.0)
    np.testing.assert_allclose(values[:, 0], [1, np.exp(-1), np.exp(-9 / 4)])


def test_unit_rows_are_float64_and_keep_zero_rows():
    rows = unit_rows(np.array([[3, 4], [0, 0]], dtype=np.float32))
    assert rows.dtype == np.float64
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0]], rtol=1e-15)


def test_subsets_are_ascending_prefixes_of_one_permutation():
    small, large = (random_subset(50, m, generator(3, "anchors")) for m in (10, 20))
    assert set(small) == set(generator(3, "anchors").permutation(50)[:10])
    assert (np.diff(small) > 0).all()
    assert set(small) < set(large)
    np.testing.assert_array_equal(random_subset(5, 9, np.random.default_rng(0)), np.arange(5))


def test_anchors_are_rows_of_their_own_stream_and_a_copy(random):
    rows = random.standard_normal((40, 2))
    anchors = anchors_of(SDH(n_anchors=6, random_state=5), rows)
    np.testing.assert_array_equal(anchors, rows[np.sort(generator(5, "anchors").permutation(40)[:6])])
    assert not np.shares_memory(anchors, rows)
    np.testing.assert_array_equal(anchors_of(SDH(n_anchors=41), rows), rows)
    given = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(anchors_of(SDH(anchors=given), rows), given)


def test_methods_of_one_seed_are_grouped_in_their_order():
    methods = [SDH(n_bits=bits, random_state=seed) for bits, seed in ((8, 3), (8, 0), (16, 3))]
    assert by_seed(methods) == [[methods[0], methods[2]], [methods[1]]]


def test_rows_of_one_direction_have_no_mean_distance(random):
    assert mean_distance("KSH", np.array([[1.0, 2.0], [3.0, 0.0]])) == 1.5
    rows = unit_rows(np.outer(1 + random.random(30), random.standard_normal(7)))  # equal up to rounding
    with pytest.raises(InputError, match=r"KSH: the mean squared distance .* features that differ"):
        mean_distance("KSH", squared_distances(rows, rows[:5]) + 1e-16)


@pytest.mark.parametrize(
    ("anchors", "words"),
    [
        (np.zeros((3, 4)), r"shape \(3, 4\), expected numbers of shape \(m, 5\)"),
        (np.zeros(5), r"shape \(5,\)"),
        (np.array([["a"] * 5]), "expected numbers"),
        (np.full((2, 5), np.nan), "not finite"),
    ],
)
def test_bad_anchors_are_one_clear_error(anchors, words):
    with pytest.raises(InputError, match=words):
        check_anchors("KSH", anchors, 5)
