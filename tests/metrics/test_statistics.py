"""Statistics of paired differences: by hand, against plain loops, and their rate of false and of missed verdicts."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from mgah.metrics.statistics import (
    bootstrap_means,
    holm,
    paired_effect,
    percentile_interval,
    rank_agreement,
    sign_flip_p,
    smallest_p,
    standard_error,
    student_interval,
    verdict,
    why_undecided,
)


def slow_bootstrap_means(splits, generator, replicates):
    """One comparison, resampled as the sentence says: splits, within them seeds, within them queries."""
    found = []
    for _ in range(replicates):
        of_splits = []
        for _ in splits:
            values = splits[generator.integers(len(splits))]
            seeds, queries = values.shape
            rows = [generator.integers(seeds) for _ in range(seeds)]
            places = [generator.integers(queries) for _ in range(queries)]  # the same for all seeds
            of_splits.append(np.mean([[values[row, place] for place in places] for row in rows]))
        found.append(np.mean(of_splits))
    return np.array(found)


def test_bootstrap_distribution_is_that_of_plain_loops():
    generator = np.random.default_rng(0)
    splits = [generator.normal(0.1 * i, 1 + i, (2, 5 + i)) for i in range(3)]
    slow = slow_bootstrap_means(splits, generator, 3000)
    fast = bootstrap_means([values[None] for values in splits], generator, 3000)[:, 0]
    assert stats.ks_2samp(slow, fast).pvalue > 0.001
    assert fast.std() == pytest.approx(slow.std(), rel=0.1)


def test_bootstrap_draws_whole_splits_and_seeds():
    """Constant splits or seeds leave few possible means, with known probabilities."""
    splits = [np.full((1, 1, 4), 1.0), np.full((1, 1, 7), 3.0)]
    means = bootstrap_means(splits, np.random.default_rng(1), 4000)[:, 0]
    values, counts = np.unique(means.round(9), return_counts=True)
    assert values.tolist() == [1, 2, 3]
    assert counts / 4000 == pytest.approx([0.25, 0.5, 0.25], abs=0.03)
    seeds = [np.repeat([[[0.0], [1.0]]], 5, axis=2)]
    assert set(bootstrap_means(seeds, np.random.default_rng(1), 500)[:, 0].round(9)) == {0, 0.5, 1}


def test_one_draw_serves_all_comparisons():
    values = np.random.default_rng(2).normal(size=(1, 2, 30))
    means = bootstrap_means([np.concatenate([values, values + 1, -values])] * 3, np.random.default_rng(3), 50)
    assert means[:, 1] == pytest.approx(means[:, 0] + 1)
    assert means[:, 2] == pytest.approx(-means[:, 0])


def test_percentile_interval():
    low, high = percentile_interval(np.arange(101.0)[:, None] * [[1, 2]])
    assert low == pytest.approx([2.5, 5]) and high == pytest.approx([97.5, 195])


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


@pytest.mark.parametrize(
    ("p_holm", "low", "high", "splits", "family", "decided", "reason"),
    [
        (0.02, 0.01, 0.03, 10, 9, "better", ""),
        (0.02, -0.03, -0.01, 10, 9, "worse", ""),
        (0.02, -0.01, 0.03, 10, 9, "undecided", "the interval contains 0"),
        (0.06, 0.01, 0.03, 10, 9, "undecided", "Holm p > 0.05"),
        (0.06, 0.00, 0.03, 10, 9, "undecided", "Holm p > 0.05 and the interval contains 0"),
        (np.nan, 0.01, 0.03, 1, 9, "undecided", "one split"),
        (np.nan, np.nan, np.nan, 10, 9, "undecided", "undefined"),
        (1.0, 0.01, 0.03, 3, 2, "undecided", "no p below 0.05 is possible with 3 splits in a family of 2"),
        (
            0.06,
            0.01,
            0.03,
            10,
            26,
            "undecided",
            "no p below 0.05 is possible with 10 splits in a family of 26",
        ),
    ],
)
def test_verdicts(p_holm, low, high, splits, family, decided, reason):
    assert verdict(p_holm, low, high) == decided
    if decided == "undecided":
        assert why_undecided(p_holm, low, high, splits, family) == reason


def decided_share(true_difference: float, seed: int, repetitions: int = 1500) -> float:
    """Share of verdicts in ``repetitions`` experiments of ten splits and three seeds that differ so much.

    Splits vary by .01, seeds by .005, and a mean over 1,000 queries that each vary by .15, here over 40 queries.
    """
    generator = np.random.default_rng(seed)
    query_spread = 0.15 * np.sqrt(40 / 1000)
    splits = [
        true_difference
        + generator.normal(0, 0.01, (repetitions, 1, 1))
        + generator.normal(0, 0.005, (repetitions, 3, 1))
        + generator.normal(0, query_spread, (repetitions, 3, 40))
        for _ in range(10)
    ]
    low, high = percentile_interval(bootstrap_means(splits, generator, 600))
    p = sign_flip_p(np.stack([values.mean(axis=(1, 2)) for values in splits], axis=1))
    decided = [verdict(*cell) for cell in zip(p, low, high, strict=True)]  # a family of one
    return 1 - decided.count("undecided") / repetitions


def test_equal_methods_are_undecided_in_95_percent():
    assert decided_share(0.0, seed=5) == pytest.approx(0.05, abs=0.015)


def test_a_true_difference_is_found():
    assert 0.6 < decided_share(0.01, seed=6, repetitions=500) < 0.85
    assert decided_share(0.05, seed=7, repetitions=200) == 1


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


def test_standard_error_by_hand():
    """1, 2 and 3 have the variance 1, so their mean has the standard error 1 / sqrt(3)."""
    assert standard_error([1, 2, 3]) == pytest.approx(1 / math.sqrt(3))
    assert math.isnan(standard_error([1.0]))
    low, high = student_interval([1, 2, 3])
    assert (low, high) == pytest.approx((2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)))
