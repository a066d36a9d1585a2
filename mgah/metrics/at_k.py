"""Metrics of the first k ranks from integer counts, expected over all orders of items at equal distance.

Where rank k falls among items of one distance, how many relevant ones of them come before it is hypergeometric, and
average precision at k, whose denominator are the hits within k, is averaged over that number (McSherry and Najork
2008). Only + - * / in a fixed order, as in `mgah.metrics.from_counts`.
"""

import math
from numbers import Integral

import numpy as np

from mgah.errors import InputError
from mgah.metrics.from_counts import expected_average_precision
from mgah.metrics.harmonic import harmonic_difference


def average_precision_at_k(cnt: np.ndarray, rel: np.ndarray, k: int) -> np.ndarray:
    """Average precision among the first ``k`` ranks (AP@k), over the hits within them: float64 (queries,).

    A query whose relevant items all come after rank k has 0, one without any relevant item NaN. For a k of the
    database's size or more it is `expected_average_precision`. Raises `InputError` for a k that is no integer of 1
    or more.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 2]]), np.array([[1, 0, 2]])
        >>> average_precision_at_k(cnt, rel, 4).tolist()
        [0.75]
    """
    k = _check_k(k)
    inside = np.cumsum(cnt, axis=1) <= k
    whole_cnt, whole_rel = cnt * inside, rel * inside
    before, hits = whole_cnt.sum(axis=1), whole_rel.sum(axis=1)
    out = np.where(hits > 0, expected_average_precision(whole_cnt, whole_rel), 0.0)
    cut = np.flatnonzero((before < k) & ~inside.all(axis=1))
    steps = harmonic_difference(before[cut], np.full(len(cut), k))
    for query, step in zip(cut, steps, strict=True):
        edge = int(inside[query].sum())
        group = int(cnt[query, edge]), int(rel[query, edge])
        out[query] = _cut(
            int(before[query]), int(hits[query]), out[query], *group, k - int(before[query]), step
        )
    return np.where(rel.sum(axis=1) > 0, out, np.nan)


def precision_at_k(cnt: np.ndarray, rel: np.ndarray, k: int) -> np.ndarray:
    """Share of relevant items among the first ``k`` ranks (P@k): float64 (queries,).

    Raises `InputError` for a k that is no integer of 1 or more, or above the number of items in the ranking.

    Examples:
        >>> cnt, rel = np.array([[1, 2, 2]]), np.array([[1, 1, 2]])
        >>> precision_at_k(cnt, rel, 2).tolist()
        [0.75]
    """
    k = _check_k(k)
    upto, found = np.cumsum(cnt, axis=1), np.cumsum(rel, axis=1)
    if len(cnt) and upto[:, -1].min() < k:
        raise InputError(
            f"k is {k}, expected at most {upto[:, -1].min()}, the number of items that are ranked"
        )
    rows, edge = np.arange(len(cnt)), (upto >= k).argmax(axis=1)
    n, r = cnt[rows, edge], rel[rows, edge]
    places = k - (upto[rows, edge] - n)
    precision: np.ndarray = (found[rows, edge] - r + places * r / np.maximum(n, 1)) / k
    return precision


def _check_k(k: object) -> int:
    if not isinstance(k, Integral) or isinstance(k, bool) or k < 1:
        raise InputError(f"k is {k!r}, expected an integer of 1 or more, a number of ranks")
    return int(k)


def _cut(before: int, hits: int, precision: float, n: int, r: int, places: int, step: float) -> float:
    """AP@k where the last ``places`` ranks are taken by some of n items, r of them relevant, at one distance.

    ``before`` ranks with ``hits`` relevant items, whose average precision is ``precision``, come before them; ``step``
    is the difference of harmonic numbers over the last places.
    """
    low, chances = _hypergeometric(n, r, places)
    h = np.arange(low, low + len(chances), dtype=np.float64)
    a = (h - 1) / max(places - 1, 1)
    gain = h / places * ((hits + 1.0) * step + a * (places - (before + 1.0) * step))
    return math.fsum(chances * (hits * precision + gain) / np.maximum(hits + h, 1))


def _hypergeometric(n: int, r: int, places: int) -> tuple[int, np.ndarray]:
    """The smallest number of relevant items among ``places`` of n items, r of them relevant, and all numbers' chances.

    Each chance is its neighbor's times a ratio, starting at the most likely number, so that none overflows.
    """
    low, high = max(0, places - (n - r)), min(r, places)
    h = np.arange(low, high)
    ratio = (r - h) * (places - h) / ((h + 1) * (n - r - places + h + 1))
    mode = (places + 1) * (r + 1) // (n + 2) - low
    up, down = np.cumprod(ratio[mode:]), np.cumprod(1 / ratio[:mode][::-1])[::-1]
    weights = np.concatenate([down, [1.0], up])
    return low, weights / math.fsum(weights)
