"""Statistics of scores and of paired differences between methods; sequences or arrays in, numbers out.

Of scores: mean, Student t interval, agreement of two orders. Of paired differences: the units that
decide, interval and test over them, correction for many tests, effect size, verdict.

Scores vary between splits, between the unseen classes of a split, between seeds and between queries. Queries of one
class rise and fall together, so they are averaged and never drawn one by one. What is found holds for the classes of
this dataset, whose splits share its images.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

#: Probability of a false verdict, over all comparisons of a family.
ALPHA = 0.05
#: From so many splits on they decide: the fewest of which nine comparisons can be told from chance (`smallest_p`).
DECIDING_SPLITS = 9
#: Sign patterns drawn where there are more than that many: up to 13 units the test is exact.
_PATTERNS = 9999
#: Standard deviations of values up to 1 that rounding alone can make are below it.
_ROUNDING = 1e-12
#: Sign patterns at a time, which bounds the memory.
_BATCH = 512


def mean(values: Sequence[float]) -> float:
    """Mean, correctly rounded, so that it does not depend on the order; NaN as soon as one value is NaN.

    Examples:
        >>> mean([0.1, 0.2, 0.6])
        0.3
    """
    return math.fsum(values) / len(values)


def student_half_width(sample: Sequence[float] | np.ndarray, level: float = 0.95) -> np.ndarray:
    """Half of the width of `student_interval`: (..., n) to float64 (...); NaN for fewer than two values or a NaN.

    Examples:
        >>> round(float(student_half_width([1.0, 2.0, 3.0])), 3)
        2.484
    """
    values = np.asarray(sample, dtype=np.float64)
    n = values.shape[-1]
    if n < 2:
        return np.full(values.shape[:-1], np.nan)
    half = stats.t.ppf((1 + level) / 2, n - 1) * np.std(values, axis=-1, ddof=1) / math.sqrt(n)
    return np.asarray(half)


def student_interval(sample: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """Student t interval of the mean of ``sample``; NaN for fewer than two values or a NaN among them.

    Examples:
        >>> tuple(round(end, 3) for end in student_interval([1.0, 2.0, 3.0]))
        (-0.484, 4.484)
    """
    half = float(student_half_width(sample, level))
    return (math.nan, math.nan) if math.isnan(half) else (mean(sample) - half, mean(sample) + half)


def rank_agreement(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Kendall's tau-b of two sequences of values, and its two-sided p.

    p is exact, or asymptotic where values of one sequence are equal. Both are NaN for fewer than two values, or where
    all values of a sequence are equal.

    Examples:
        >>> rank_agreement([1, 2, 3], [1, 3, 2])
        (0.33333333333333337, 1.0)
    """
    if len(first) < 2:
        return math.nan, math.nan
    ties = any(len(np.unique(values)) < len(values) for values in (first, second))
    found = stats.kendalltau(first, second, method="asymptotic" if ties else "exact")
    return float(found.statistic), float(found.pvalue)


class PairedDifference(NamedTuple):
    """What `paired_difference` finds: float64 (...), one value a comparison, but for the units.

    ``unit`` is ``splits`` or ``classes`` and ``units`` their number; ``difference`` is the mean over units, ``low`` and
    ``high`` its 95 % Student t interval, ``p`` that of sign flips, ``d_z`` Cohen's, ``won`` the units above 0, int64.

    Examples:
        >>> found = paired_difference(np.array([0.5, -0.5, 0.75]), np.array([0.25]))
        >>> found.won, found.as_row()["units"]
        (np.int64(2), 3)
    """

    unit: str
    units: int
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    d_z: np.ndarray
    won: np.ndarray

    def as_row(self) -> dict[str, object]:
        """The numbers of a single comparison as Python's own, by name."""
        return {name: np.asarray(value).item() for name, value in self._asdict().items()}


def deciding_unit(splits: int, classes: int) -> str:
    """The units that decide on a difference, ``splits`` or ``classes``, of so many of each (`paired_difference`).

    Examples:
        >>> deciding_unit(splits=10, classes=10), deciding_unit(splits=1, classes=10)
        ('splits', 'classes')
    """
    return "classes" if splits < min(DECIDING_SPLITS, classes) else "splits"


def paired_difference(splits: np.ndarray, classes: np.ndarray) -> PairedDifference:
    """Interval and test of paired differences over the units that decide, for everything that compares two scores.

    From `DECIDING_SPLITS` splits on the splits are the units: their spread holds that of unseen classes, training
    images, seeds and queries, and the difference is that of the printed scores. With fewer splits of several unseen
    classes the classes are the units: the difference is then the mean over classes, each counted once however many
    queries it has, and what all classes of a split share, its training images and seeds, is not in the interval. With
    no more classes than splits the splits are the units, however few.

    Args:
        splits: differences of the scores on every split, means over seeds: float64 (..., splits). NaN where a score is
            undefined makes the result NaN.
        classes: the same of every unseen class, means over the splits in which it is unseen: float64 (..., classes).
            Classes without a value, which are the same for all methods, are left out.

    Examples:
        >>> found = paired_difference(np.array([0.2]), np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3]))
        >>> found.unit, found.units, round(float(found.low), 3), round(float(found.high), 3), float(found.p)
        ('classes', 6, 0.106, 0.294, 0.03125)
    """
    defined = ~np.isnan(classes).any(axis=tuple(range(classes.ndim - 1)))
    unit = deciding_unit(splits.shape[-1], int(defined.sum()))
    values = {"splits": splits, "classes": classes[..., defined]}[unit]
    difference = values.mean(axis=-1)
    half = student_half_width(values)
    return PairedDifference(
        unit=unit,
        units=values.shape[-1],
        difference=difference,
        low=difference - half,
        high=difference + half,
        p=sign_flip_p(values),
        d_z=np.apply_along_axis(paired_effect, -1, values),
        won=(values > 0).sum(axis=-1),
    )


def sign_flip_p(differences: np.ndarray) -> np.ndarray:
    """Two-sided p of no difference, by flipping the signs of units' differences: float64 (..., units) to (...).

    Exact up to 13 units: p is then a multiple of 2 / 2**units. NaN for a single unit, or where a difference is NaN.

    Examples:
        >>> sign_flip_p(np.array([0.1, 0.2, 0.3, 0.1]))
        array(0.125)
    """
    means = np.atleast_2d(differences)
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
            batch=_BATCH,
            rng=np.random.default_rng(0),
        ).pvalue
    return p.reshape(np.shape(differences)[:-1])


def smallest_p(units: int) -> float:
    """The smallest p that `sign_flip_p` can give for so many units.

    Examples:
        >>> smallest_p(10)
        0.001953125
    """
    return max(2.0 ** (1 - units), 2 / (_PATTERNS + 1))


def holm(p: Sequence[float]) -> np.ndarray:
    """p values adjusted for their number (Holm 1979): any false verdict in the family has probability ALPHA at most.

    The p values in ascending order times m, m - 1, ..., 1, running maximum, at most 1. NaN counts as a member of the
    family, the last one, and stays NaN.

    Examples:
        >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
        [np.float64(0.03), np.float64(0.06), np.float64(0.06)]
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")  # NaN last
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1)
    return adjusted


def paired_effect(differences: np.ndarray) -> float:
    """Cohen's d_z, mean over standard deviation of the units' differences; NaN for one unit or without variation.

    Differences that part by no more than rounding have none.

    Examples:
        >>> round(paired_effect(np.array([0.1, 0.2, 0.3])), 3)
        2.0
        >>> paired_effect(np.array([0.1, 0.1, 0.1]))
        nan
    """
    spread = np.std(differences, ddof=1) if len(differences) > 1 else np.nan
    rounding = _ROUNDING * np.max(np.abs(differences), initial=0)
    return float(np.mean(differences) / spread) if spread > rounding else np.nan


def verdict(p_holm: float, low: float, high: float) -> str:
    """``better``, ``worse`` or ``undecided``: both the test and the interval have to speak of a difference.

    Examples:
        >>> verdict(0.01, 0.02, 0.05)
        'better'
    """
    if not p_holm <= ALPHA:
        return "undecided"
    return "better" if low > 0 else "worse" if high < 0 else "undecided"


def why_undecided(p_holm: float, low: float, high: float, unit: str, units: int, family: int) -> str:
    """Why `verdict` is undecided, for a comparison over so many of the units in a family of so many.

    Examples:
        >>> why_undecided(1.0, 0.02, 0.05, unit="classes", units=6, family=9)
        'no p below 0.05 is possible with 6 classes in a family of 9'
    """
    if units == 1:
        return "one split"
    if np.isnan(low):
        return "undefined"
    if smallest_p(units) * family > ALPHA:
        return f"no p below {ALPHA} is possible with {units} {unit} in a family of {family}"
    reasons = {f"Holm p > {ALPHA}": p_holm > ALPHA, "the interval contains 0": low <= 0 <= high}
    return " and ".join(reason for reason, holds in reasons.items() if holds)
