"""Statistics of scores and of paired differences between methods; sequences or arrays in, numbers out.

Of scores: mean, standard error, Student t interval, agreement of two orders. Of paired differences: bootstrap interval,
test, correction for many tests, effect size, verdict.

The unit of evidence is split x seed x query, and queries are never pooled: those of one split rise and fall together,
so that pooling them calls most equal methods different. The splits of one dataset share its images; what is found
holds for these classes of this dataset.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

#: Bootstrap replicates.
REPLICATES = 2000
#: Probability of a false verdict, over all comparisons of a family.
ALPHA = 0.05
#: Sign patterns drawn where there are more than that many: up to 13 splits the test is exact.
_PATTERNS = 9999


def mean(values: Sequence[float]) -> float:
    """Mean, correctly rounded, so that it does not depend on the order; NaN as soon as one value is NaN.

    Example:
        >>> mean([0.1, 0.2, 0.6])
        0.3
    """
    return math.fsum(values) / len(values)


def standard_error(sample: Sequence[float]) -> float:
    """Standard error of the mean of ``sample``, from its variance over n - 1; NaN for fewer than two values.

    Example:
        >>> standard_error([1.0, 2.0, 3.0])
        0.5773502691896258
    """
    return float(np.std(sample, ddof=1) / np.sqrt(len(sample))) if len(sample) > 1 else math.nan


def student_half_width(sample: Sequence[float], level: float = 0.95) -> float:
    """Half of the width of `student_interval`; NaN for fewer than two values or a NaN among them.

    Example:
        >>> round(student_half_width([1.0, 2.0, 3.0]), 3)
        2.484
    """
    n = len(sample)
    if n < 2 or np.isnan(sample).any():
        return math.nan
    return float(stats.t.ppf((1 + level) / 2, n - 1) * np.std(sample, ddof=1) / math.sqrt(n))


def student_interval(sample: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Student t interval of the mean of ``sample``; NaN for fewer than two values or a NaN among them.

    Example:
        >>> tuple(round(end, 3) for end in student_interval([1.0, 2.0, 3.0]))
        (-0.484, 4.484)
    """
    half = student_half_width(sample, level)
    return (math.nan, math.nan) if math.isnan(half) else (mean(sample) - half, mean(sample) + half)


def rank_agreement(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Kendall's tau-b of two sequences of values, and its two-sided p.

    p is exact, or asymptotic where values of one sequence are equal. Both are NaN for fewer than two values, or where
    all values of a sequence are equal.

    Example:
        >>> rank_agreement([1, 2, 3], [1, 3, 2])
        (0.33333333333333337, 1.0)
    """
    if len(first) < 2:
        return math.nan, math.nan
    ties = any(len(np.unique(values)) < len(values) for values in (first, second))
    found = stats.kendalltau(first, second, method="asymptotic" if ties else "exact")
    return float(found.statistic), float(found.pvalue)


def bootstrap_means(
    splits: Sequence[np.ndarray], generator: np.random.Generator, replicates: int = REPLICATES
) -> np.ndarray:
    """Means of hierarchical bootstrap replicates: splits drawn, within each seeds, within each queries.

    Args:
        splits: one float64 array (comparisons, seeds, queries) a split, of paired differences. Numbers of seeds and
            queries may differ between splits.

    Returns:
        float64 (replicates, comparisons). One draw serves all comparisons, and one draw of queries all seeds of a
        drawn split.

    Example:
        >>> means = bootstrap_means([np.ones((1, 1, 4)), np.zeros((1, 1, 4))], np.random.default_rng(0), replicates=100)
        >>> sorted(set(means[:, 0].tolist()))
        [0.0, 0.5, 1.0]
    """
    drawn = generator.integers(len(splits), size=(replicates, len(splits)))
    total = np.zeros((replicates, len(splits[0])))
    for place, values in enumerate(splits):
        comparisons, seeds, queries = values.shape
        replicate = np.repeat(np.arange(replicates), (drawn == place).sum(axis=1))
        of_seeds = _shares(generator, len(replicate), seeds)
        of_queries = _shares(generator, len(replicate), queries)
        means = (of_queries @ values.reshape(-1, queries).T).reshape(-1, comparisons, seeds)
        np.add.at(total, replicate, (means * of_seeds[:, None, :]).sum(axis=2))
    return total / len(splits)


def _shares(generator: np.random.Generator, draws: int, n: int) -> np.ndarray:
    """How large a share each of ``n`` items has in ``draws`` samples of n with replacement: float64 (draws, n)."""
    places = generator.integers(n, size=(draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(places.ravel(), minlength=draws * n).reshape(draws, n) / n


def percentile_interval(means: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper end of the percentile interval of bootstrap means (replicates, ...): float64 (...) each.

    Example:
        >>> percentile_interval(np.arange(101.0))
        (np.float64(2.500000000000002), np.float64(97.5))
    """
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high


def sign_flip_p(split_means: np.ndarray) -> np.ndarray:
    """Two-sided p of no difference, by flipping the signs of split means: float64 (..., splits) to (...).

    Exact up to 13 splits: p is then a multiple of 2 / 2**splits. NaN for a single split, or where a mean is NaN.

    Example:
        >>> sign_flip_p(np.array([0.1, 0.2, 0.3, 0.1]))
        array(0.125)
    """
    means = np.atleast_2d(split_means)
    p = np.full(means.shape[:-1], np.nan)
    defined = ~np.isnan(means).any(axis=-1)
    if means.shape[-1] > 1 and defined.any():
        p[defined] = stats.permutation_test(
            (means[defined],),
            lambda sample, axis: np.mean(sample, axis=axis),
            permutation_type="samples",
            vectorized=True,
            axis=-1,
            n_resamples=_PATTERNS,
            rng=np.random.default_rng(0),
        ).pvalue
    return p.reshape(np.shape(split_means)[:-1])


def smallest_p(splits: int) -> float:
    """The smallest p that `sign_flip_p` can give for so many splits.

    Example:
        >>> smallest_p(10)
        0.001953125
    """
    return max(2.0 ** (1 - splits), 2 / (_PATTERNS + 1))


def holm(p: Sequence[float]) -> np.ndarray:
    """p values adjusted for their number (Holm 1979): any false verdict in the family has probability ALPHA at most.

    The p values in ascending order times m, m - 1, ..., 1, running maximum, at most 1. NaN counts as a member of the
    family, the last one, and stays NaN.

    Example:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
        [np.float64(0.03), np.float64(0.06), np.float64(0.06)]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")  # NaN last
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1)
    return adjusted


def paired_effect(split_means: np.ndarray) -> float:
    """Cohen's d_z, mean over standard deviation of the split differences; NaN for one split or without variation.

    Example:
        >>> round(paired_effect(np.array([0.1, 0.2, 0.3])), 3)
        2.0
    """
    spread = np.std(split_means, ddof=1) if len(split_means) > 1 else np.nan
    return float(np.mean(split_means) / spread) if spread > 0 else np.nan


def verdict(p_holm: float, low: float, high: float) -> str:
    """``better``, ``worse`` or ``undecided``: both the test and the interval have to speak of a difference.

    Example:
        >>> verdict(0.01, 0.02, 0.05)
        'better'
    """
    if not p_holm <= ALPHA:
        return "undecided"
    return "better" if low > 0 else "worse" if high < 0 else "undecided"


def why_undecided(p_holm: float, low: float, high: float, splits: int, family: int) -> str:
    """Why `verdict` is undecided, for the comparison of ``splits`` splits in a family of so many.

    Example:
        >>> why_undecided(1.0, 0.02, 0.05, splits=1, family=9)
        'one split'
    """
    if np.isnan(low):
        return "undefined"
    if splits == 1:
        return "one split"
    if smallest_p(splits) * family > ALPHA:
        return f"no p below {ALPHA} is possible with {splits} splits in a family of {family}"
    reasons = {f"Holm p > {ALPHA}": p_holm > ALPHA, "the interval contains 0": low <= 0 <= high}
    return " and ".join(reason for reason, holds in reasons.items() if holds)
