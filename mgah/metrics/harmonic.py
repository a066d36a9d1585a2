"""Differences of harmonic numbers, H_m = 1 + 1/2 + ... + 1/m, without cancellation.

Tie-aware average precision multiplies such differences by ranks, so the absolute error of digamma or of a float
prefix sum would grow with the database. Here every 1/k is an integer of 94 binary places in two parts, prefix sums
are exact, and only the last step rounds: the same result on every processor and for every table length.
"""

from functools import cache

import numpy as np

from mgah.errors import InputError

#: One above the largest rank: both prefix sums stay below 2**63.
LIMIT = 1 << 27
_HIGH, _LOW = 58, 36
#: Units of the two parts.
HIGH_UNIT, LOW_UNIT = 2.0**-_HIGH, 2.0 ** -(_HIGH + _LOW)
#: Ranks summed at a time, so that memory does not grow with the ranks. The first so many are summed once a process.
BLOCK = 1 << 18


def check_length(items: int) -> None:
    """Raise `InputError` for a ranking of so many items if that is too long.

    Examples:
        >>> check_length(10_000_000)
    """
    if items >= LIMIT:
        raise InputError(f"a ranking of {items:,} items is too long: expected fewer than {LIMIT:,}")


def harmonic_numbers(ranks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """H of every rank: int64 like the integers ``ranks``, in units of 2**-58, and the remainders in units of 2**-94.

    Raises `InputError` for a rank of `LIMIT` or more.

    Examples:
        >>> high, low = harmonic_numbers(np.array([0, 1, 3]))
        >>> (high / 2.0**58).round(6).tolist()
        [0.0, 1.0, 1.833333]
    """
    last = int(ranks.max(initial=0))
    check_length(last)
    if last < BLOCK:
        high, low = first_sums()
        return high[ranks], low[ranks]
    found = np.empty(ranks.shape, np.int64), np.empty(ranks.shape, np.int64)
    before = 0, 0
    for start in range(0, last + 1, BLOCK):
        sums = _sums(start, start + BLOCK, before) if start else first_sums()
        here = (start <= ranks) & (ranks < start + BLOCK)
        places = ranks[here] - start
        for out, part in zip(found, sums, strict=True):
            out[here] = part[places]
        before = sums[0][-1], sums[1][-1]
    return found


@cache
def first_sums() -> tuple[np.ndarray, np.ndarray]:
    """The `harmonic_numbers` of the ranks 0..`BLOCK` - 1, computed once a process.

    Examples:
        >>> first_sums()[0][:3].tolist() == [0, 2**58, 3 * 2**57]
        True
    """
    return _sums(0, BLOCK, (0, 0))


def _sums(start: int, stop: int, before: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Both parts of H_start..H_(stop - 1); ``before`` are those of H_(start - 1)."""
    k = np.arange(start, stop, dtype=np.uint64)
    one = np.uint64(1 << _HIGH)
    high = one // np.maximum(k, np.uint64(1))
    low = one - high * k
    low <<= np.uint64(_LOW)
    low //= np.maximum(k, np.uint64(1))
    if start == 0:  # H_0 is the empty sum
        high[0] = low[0] = 0
    sums = high.view(np.int64), low.view(np.int64)
    for part, base in zip(sums, before, strict=True):
        part[0] += base
        np.cumsum(part, out=part)
    return sums


def harmonic_difference(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """H_high - H_low as float64, for integer arrays ``low <= high`` of one shape.

    Examples:
        >>> harmonic_difference(np.array([1]), np.array([3])).round(6).tolist()
        [0.833333]
    """
    return harmonic_steps(np.stack([low, high], axis=-1))[..., 0]


def harmonic_steps(bounds: np.ndarray) -> np.ndarray:
    """The `harmonic_difference` of each two neighbors along the last axis of the integer array ``bounds``.

    Examples:
        >>> harmonic_steps(np.array([0, 1, 3])).round(6).tolist()
        [1.0, 0.833333]
    """
    high, low = (np.diff(part) for part in harmonic_numbers(bounds))
    steps: np.ndarray = high * HIGH_UNIT + low * LOW_UNIT
    return steps
