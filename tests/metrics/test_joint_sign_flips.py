"""Several paired differences tested at once: exact where it can be checked by hand, right in the long run."""

import numpy as np
import pytest

from mgah.metrics.joint_sign_flips import EXACT_UNITS, joint_sign_flip_p
from mgah.metrics.statistics import sign_flip_p


def drawn(units: int, comparisons: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((units, comparisons))


@pytest.mark.parametrize("units", [2, 5, 10, EXACT_UNITS])
def test_one_comparison_has_the_p_of_the_sign_flip_test(units):
    values = drawn(units, 1) + 0.5
    np.testing.assert_allclose(joint_sign_flip_p(values), sign_flip_p(values.T))


def test_p_is_near_the_exact_one_where_patterns_are_drawn():
    values = drawn(EXACT_UNITS + 7, 1) + 0.4
    np.testing.assert_allclose(joint_sign_flip_p(values), sign_flip_p(values.T), atol=0.01)


def test_equal_comparisons_cost_nothing_and_independent_ones_less_than_holm():
    values = drawn(10, 1) + 0.8
    alone = joint_sign_flip_p(values)[0]
    np.testing.assert_allclose(joint_sign_flip_p(np.repeat(values, 30, axis=1)), alone)
    among = joint_sign_flip_p(np.hstack([values, drawn(10, 8, seed=1)]))[0]
    assert alone < among < 9 * alone


def test_a_difference_that_every_unit_shares_is_found_among_any_number():
    found = joint_sign_flip_p(np.hstack([np.full((10, 1), 0.1), drawn(10, 50)]))
    assert found[0] == 2 / 2**10 and (found[1:] > 0.05).all()


def test_smaller_statistics_have_no_smaller_p_and_units_of_measure_do_not_count():
    values = drawn(8, 6) + np.linspace(0, 2, 6)
    found = joint_sign_flip_p(values)
    size = np.abs(values.mean(axis=0)) / np.sqrt((values**2).mean(axis=0))
    assert (np.diff(found[np.argsort(size)]) <= 0).all()
    np.testing.assert_array_equal(joint_sign_flip_p(values * [1, 10, 100, 1, 0.1, 0.01]), found)


def test_no_difference_and_one_unit():
    np.testing.assert_array_equal(joint_sign_flip_p(np.zeros((5, 2))), [1, 1])
    assert np.isnan(joint_sign_flip_p(np.ones((1, 3)))).all()
    assert joint_sign_flip_p(np.ones((4, 0))).shape == (0,)


@pytest.mark.slow
def test_any_false_finding_is_as_rare_as_said():
    """Ten units, twelve comparisons with a shared part: at most 5 % of 1,000 families find something, up to noise."""
    generator = np.random.default_rng(0)
    false = 0
    for _ in range(1000):
        values = generator.standard_normal((10, 12)) + 2 * generator.standard_normal((10, 1))
        false += bool((joint_sign_flip_p(values) <= 0.05).any())
    assert 0.02 < false / 1000 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)
