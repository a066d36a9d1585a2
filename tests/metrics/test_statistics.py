"""Statistics of paired differences: by hand, against plain loops, and their rate of false and of missed verdicts."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from mgah.metrics.statistics import (
    holm,
    paired_difference,
    paired_effect,
    rank_agreement,
    sign_flip_p,
    smallest_p,
    student_interval,
    verdict,
    why_undecided,
)


def test_units_are_splits_where_they_are_many_or_have_one_class_each():
    generator = np.random.default_rng(0)
    cases = {(1, 1): "splits", (1, 2): "classes", (8, 8): "splits", (8, 9): "classes", (9, 90): "splits"}
    for (splits, classes), unit in cases.items():
        values = generator.normal(size=splits), generator.normal(size=classes)
        found = paired_difference(*values)
        chosen = values[0] if unit == "splits" else values[1]
        assert (found.unit, found.units) == (unit, len(chosen))
        assert found.difference == pytest.approx(chosen.mean()) and found.won == (chosen > 0).sum()
        interval = stats.ttest_1samp(chosen, 0).confidence_interval(0.95) if len(chosen) > 1 else [np.nan] * 2
        assert [found.low, found.high] == pytest.approx(list(interval), nan_ok=True)
        assert float(found.p) == pytest.approx(float(sign_flip_p(chosen)), nan_ok=True)


def test_classes_without_a_value_are_no_units_and_an_undefined_split_leaves_nothing():
    found = paired_difference(np.array([[0.2], [0.3]]), np.array([[0.1, np.nan, 0.3], [0.3, np.nan, 0.5]]))
    assert (found.unit, found.units) == ("classes", 2) and found.difference == pytest.approx([0.2, 0.4])
    none = paired_difference(np.array([np.nan, 0.1]), np.array([np.nan, 0.1]))
    assert none.unit == "splits" and np.isnan([none.difference, none.low, none.p]).all()


def slow_sign_flip_p(means):
    """Share of sign patterns whose mean is at least as far from 0, either way."""
    patterns = [
        abs(np.mean([s * m for s, m in zip(signs, means, strict=True)])) for signs in _patterns(means)
    ]
    return np.mean([value >= abs(np.mean(means)) - 1e-12 for value in patterns])


def _patterns(means):
    return product((-1, 1), repeat=len(means))


def test_sign_flips_by_hand():
    # of the eight patterns of 1, 2, 3 two have a mean of 2 or -2
    assert sign_flip_p(np.array([1.0, 2, 3])) == pytest.approx(2 / 8)
    # 3 - 1 = 2 is reached or passed by +3+1, +3-1 and their negatives: all four
    assert sign_flip_p(np.array([3.0, -1])) == pytest.approx(1.0)
    assert sign_flip_p(np.full(10, 0.1)) == pytest.approx(2 / 1024) == smallest_p(10)
    assert sign_flip_p(np.zeros(4)) == 1
    assert np.isnan(sign_flip_p(np.array([0.1])))
    assert np.isnan(sign_flip_p(np.array([[0.1, np.nan, 0.2], [0.1, 0.2, 0.3]]))).tolist() == [True, False]


def test_sign_flips_are_those_of_plain_loops():
    means = np.random.default_rng(4).normal(0.3, 1, (20, 6))
    assert sign_flip_p(means) == pytest.approx([slow_sign_flip_p(row) for row in means])


def test_holm_by_hand():
    """The example of Holm's procedure with four tests: .005 x 4, .01 x 3, .03 x 2, .04 x 1 pulled up to .06."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == pytest.approx([1, 1])
    assert holm([0.2]) == pytest.approx([0.2]) and len(holm([])) == 0
    # one that cannot be tested is a member all the same
    assert holm([np.nan, 0.01])[1] == pytest.approx(0.02) and np.isnan(holm([np.nan, 0.01])[0])


def test_effect():
    assert paired_effect(np.array([1.0, 2, 3])) == pytest.approx(2)
    assert np.isnan(paired_effect(np.array([0.2]))) and np.isnan(paired_effect(np.array([0.2, 0.2])))


def test_differences_that_part_by_rounding_alone_have_no_effect_size():
    """The mean of three times 0.1 is no 0.1 in floating-point numbers, and 0.3 - 0.2 is no 0.4 - 0.3."""
    assert np.std([0.1] * 3, ddof=1) > 0 and 0.3 - 0.2 != 0.4 - 0.3
    for values in ([0.1] * 3, [0.3 - 0.2, 0.4 - 0.3, 0.6 - 0.5], [0.0, 0.0], [-1e-9] * 7):
        assert np.isnan(paired_effect(np.array(values))), values
    assert paired_effect(np.array([1e-9, 2e-9, 3e-9])) == pytest.approx(2)


@pytest.mark.parametrize(
    ("p_holm", "low", "high", "units", "family", "decided", "reason"),
    [
        (0.02, 0.01, 0.03, 10, 9, "better", ""),
        (0.02, -0.03, -0.01, 10, 9, "worse", ""),
        (0.02, -0.01, 0.03, 10, 9, "undecided", "the interval contains 0"),
        (0.06, 0.01, 0.03, 10, 9, "undecided", "Holm p > 0.05"),
        (0.06, 0.00, 0.03, 10, 9, "undecided", "Holm p > 0.05 and the interval contains 0"),
        (np.nan, np.nan, np.nan, 1, 9, "undecided", "one split"),
        (np.nan, np.nan, np.nan, 10, 9, "undecided", "undefined"),
        (1.0, 0.01, 0.03, 3, 2, "undecided", "no p below 0.05 is possible with 3 classes in a family of 2"),
        (
            0.06,
            0.01,
            0.03,
            10,
            26,
            "undecided",
            "no p below 0.05 is possible with 10 classes in a family of 26",
        ),
    ],
)
def test_verdicts(p_holm, low, high, units, family, decided, reason):
    assert verdict(p_holm, low, high) == decided
    if decided == "undecided":
        assert why_undecided(p_holm, low, high, "classes", units, family) == reason


def test_interval_covers_as_often_as_it_says():
    """5 means of normal noise, 4,000 times: 95 % of the intervals hold the true mean (error .0034)."""
    draws = np.random.default_rng(0).normal(size=(4000, 5))
    low, high = np.array([student_interval(row) for row in draws]).T
    assert ((low < 0) & (high > 0)).mean() == pytest.approx(0.95, abs=0.012)


def test_rank_agreement_by_hand():
    """Of six pairs five agree and one does not: (5 - 1) / 6; 4 pairs in 24 orders are that far from 0 either way."""
    tau, p = rank_agreement([1, 2, 3, 4], [1, 2, 4, 3])
    assert tau == pytest.approx(4 / 6) and p == pytest.approx(8 / 24)
    # with a tie: one pair is tied in the first only, (5 - 0) / sqrt(5 * 6)
    assert rank_agreement([1, 1, 2, 3], [1, 2, 3, 4])[0] == pytest.approx(5 / math.sqrt(30))
    assert all(math.isnan(value) for value in rank_agreement([1.0], [2.0]))


def test_student_interval_by_hand():
    """1, 2 and 3 have the variance 1, so their mean has the standard error 1 / sqrt(3)."""
    low, high = student_interval([1, 2, 3])
    assert (low, high) == pytest.approx((2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)))
