"""Metrics of Hamming rankings from integer counts: integers become scores here and nowhere else.

``cnt`` and ``rel`` are int64 (queries, n_bits + 1): items and relevant items at distance 0..n_bits. Only + - * /
in a fixed order, so that scores are equal bit for bit on every processor. Average precision is over the full
ranking; where a query has no relevant item it is undefined and NaN here.
"""

import math
from numbers import Integral
from typing import NamedTuple

import numpy as np

from mgah.errors import InputError
from mgah.metrics import harmonic, kernels_numpy
from mgah.metrics.counting import backend_module
from mgah.metrics.harmonic import harmonic_difference, harmonic_steps

_BLOCK = 256  # queries at a time: the working space stays in the cache
_LARGE_CELLS = 1 << 20  # counts at a time of a large database: every block sums the harmonic numbers anew


class PrecisionRecall(NamedTuple):
    """Precision, recall and the share of empty balls at radius 0..n_bits: float64 (n_bits + 1,) each.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 1]]), np.array([[1, 0, 1]])
        >>> precision_recall(cnt, rel).recall.tolist()
        [0.5, 0.5, 1.0]
    """

    precision: np.ndarray
    recall: np.ndarray
    empty_share: np.ndarray


def _ranks(cnt: np.ndarray, rel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Items and relevant items at smaller distances: N_d and R_d."""
    return np.cumsum(cnt, axis=1) - cnt, np.cumsum(rel, axis=1) - rel


def _per_relevant(gains: np.ndarray, rel: np.ndarray) -> np.ndarray:
    """Sum over distances, always from the first to the last, over the number of relevant items."""
    total = rel.sum(axis=1)
    return np.add.accumulate(gains, axis=1)[:, -1] / np.where(total > 0, total, np.nan)


def expected_average_precision(
    cnt: np.ndarray, rel: np.ndarray, *, backend: str | None = "numpy"
) -> np.ndarray:
    """Average precision of each query, expected over all orders of items at equal distance (McSherry and Najork 2008).

    A group of n items, r of them relevant, after N items with R relevant ones adds
    (r/n) [(R + 1) D + a (n - (N + 1) D)], with D = H(N + n) - H(N) and a = (r - 1)/(n - 1). Returns float64 (queries,).
    ``backend`` is one of `mgah.metrics.counting`, where None is the fastest: Numba is several times as fast, but takes
    a third of a second to import. The result does not depend on it. Raises `InputError` for counts of two shapes.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 1]]), np.array([[1, 0, 1]])
        >>> expected_average_precision(cnt, rel).tolist()
        [0.75]
    """
    kernels = backend_module(backend)
    if cnt.ndim != 2 or cnt.shape != rel.shape:
        raise InputError(
            f"counts are of the shapes {cnt.shape} and {rel.shape}, expected (queries, n_bits + 1) twice: pass both "
            "results of mgah.metrics.counting.counts"
        )
    large = cnt.sum(axis=1).max(initial=0) >= harmonic.BLOCK
    if kernels is not kernels_numpy and not large:
        integers = (np.ascontiguousarray(counts, np.int64) for counts in (cnt, rel))
        units = harmonic.HIGH_UNIT, harmonic.LOW_UNIT
        scores: np.ndarray = kernels.average_precisions(*integers, *harmonic.first_sums(), *units)
        return scores
    size = max(_BLOCK, _LARGE_CELLS // cnt.shape[1]) if large else _BLOCK
    blocks = [slice(i, i + size) for i in range(0, len(cnt), size)]
    return np.concatenate([np.empty(0), *(_expected(cnt[block], rel[block]) for block in blocks)])


def _expected(cnt: np.ndarray, rel: np.ndarray) -> np.ndarray:
    # an empty group has r = 0 and adds 0, as do all distances at which nothing relevant lies: those at either end are
    # left out. Integers up to 2**53 are exact as floats
    before, relevant_before = _ranks(cnt, rel)
    used = np.flatnonzero(rel.any(axis=0))
    if len(used):
        columns = slice(used[0], used[-1] + 1)
        cnt, rel, before, relevant_before = (c[:, columns] for c in (cnt, rel, before, relevant_before))
    step = harmonic_steps(np.concatenate([before, before[:, -1:] + cnt[:, -1:]], axis=1))
    n, r = cnt.astype(np.float64), rel.astype(np.float64)
    a = (r - 1) / np.maximum(n - 1, 1)
    gain = r / np.maximum(n, 1) * ((relevant_before + 1.0) * step + a * (n - (before + 1.0) * step))
    return _per_relevant(gain, rel)


def average_precision_band(cnt: np.ndarray, rel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The smallest and the largest average precision of each query over all orders of items at equal distance.

    Relevant items come last in each tie group, or first. Returns float64 (queries,) twice, NaN for a query without
    relevant items.

    Examples:
        >>> cnt, rel = np.array([[2, 0]]), np.array([[1, 0]])
        >>> [side.tolist() for side in average_precision_band(cnt, rel)]
        [[0.5], [1.0]]
    """
    before, relevant_before = _ranks(cnt, rel)

    def with_relevant_after(start: np.ndarray) -> np.ndarray:
        irrelevant = start - relevant_before
        return _per_relevant(rel - irrelevant * harmonic_difference(start, start + rel), rel)

    return with_relevant_after(before + cnt - rel), with_relevant_after(before)


def chance_average_precision(cnt: np.ndarray, rel: np.ndarray) -> np.ndarray:
    """Average precision of each query expected in a random order of the database: float64 (queries,).

    Examples:
        >>> cnt, rel = np.array([[1, 1]]), np.array([[1, 0]])
        >>> chance_average_precision(cnt, rel).tolist()
        [0.75]
    """
    return expected_average_precision(cnt.sum(axis=1, keepdims=True), rel.sum(axis=1, keepdims=True))


def precision_in_ball(cnt: np.ndarray, rel: np.ndarray, radius: int) -> tuple[np.ndarray, np.ndarray]:
    """Precision of each query among the items within Hamming distance ``radius``, and whether there are none.

    A query without an item in the ball has precision 0. A radius of the code length or more takes all items. Returns
    float64 (queries,) and bool (queries,). Raises `InputError` for a radius that is no integer of 0 or more.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 1]]), np.array([[1, 0, 1]])
        >>> precision, empty = precision_in_ball(cnt, rel, radius=1)
        >>> precision.round(3).tolist(), empty.tolist()
        ([0.333], [False])
    """
    inside = slice(checked_radius(radius) + 1)
    items, relevant = cnt[:, inside].sum(axis=1), rel[:, inside].sum(axis=1)
    return relevant / np.maximum(items, 1), items == 0


def checked_radius(radius: int) -> int:
    """Return ``radius``, an integer of any kind, as int; an `InputError` where it is no integer of 0 or more.

    Examples:
        >>> checked_radius(np.int8(127)) + 1
        128
    """
    if not isinstance(radius, Integral) or isinstance(radius, bool) or radius < 0:
        raise InputError(f"radius is {radius!r}, expected an integer of 0 or more, a Hamming distance")
    return int(radius)


def precision_recall(cnt: np.ndarray, rel: np.ndarray) -> PrecisionRecall:
    """Mean precision and recall of the queries at each Hamming radius, without interpolation.

    A query with no item within the radius has precision 0. Queries without relevant items have no recall and are left
    out of its mean.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 1]]), np.array([[1, 0, 1]])
        >>> precision_recall(cnt, rel).precision.round(3).tolist()
        [1.0, 0.333, 0.5]
    """
    items, relevant = np.cumsum(cnt, axis=1), np.cumsum(rel, axis=1)
    total = relevant[:, -1:]
    recall = (relevant / np.maximum(total, 1))[total[:, 0] > 0]
    columns = range(cnt.shape[1])
    return PrecisionRecall(
        np.array([mean_defined(relevant[:, r] / np.maximum(items[:, r], 1))[0] for r in columns]),
        np.array([mean_defined(recall[:, r])[0] for r in columns]),
        np.array([mean_defined(items[:, r] == 0)[0] for r in columns]),
    )


def mean_defined(values: np.ndarray) -> tuple[float, int]:
    """Mean of the values that are not NaN, correctly rounded in any order, and how many are NaN.

    The mean of nothing is NaN.

    Examples:
        >>> mean_defined(np.array([0.5, np.nan, 1.0]))
        (0.75, 1)
    """
    values = np.asarray(values, dtype=np.float64)
    defined = values[~np.isnan(values)]
    return (math.fsum(defined) / len(defined) if len(defined) else math.nan), len(values) - len(defined)


def class_means(values: np.ndarray, labels: np.ndarray) -> dict[int, float]:
    """The mean of the values of each class that are not NaN, as a dict by label in ascending order.

    Examples:
        >>> class_means(np.array([0.5, 1.0, 0.25]), np.array([3, 3, 7]))
        {3: 0.75, 7: 0.25}
    """
    return {int(label): mean_defined(values[labels == label])[0] for label in np.unique(labels)}


def harmonic_mean(unseen: float, seen: float) -> float:
    """2 U S / (U + S), 0 where both are 0: high only where unseen and seen classes are both found.

    Examples:
        >>> harmonic_mean(0.5, 1.0)
        0.6666666666666666
    """
    return 2 * unseen * seen / (unseen + seen) if unseen + seen != 0 else 0.0
