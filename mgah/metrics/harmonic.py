"""Differences of harmonic numbers, H_m = 1 + 1/2 + ... + 1/m, without cancellation.

Tie-aware average precision multiplies such differences by ranks, so the absolute error of digamma or of a float
prefix sum would grow with the database. Here every 1/k is an integer of 94 binary places in two parts, prefix sums
are exact, and only the last step rounds: the same result on every processor and for every table length.
"""

import numpy as np

from mgah.errors import InputError

#: One above the largest rank: both prefix sums stay below 2**63.
LIMIT = 1 << 24
_HIGH, _LOW = 58, 36


def harmonic_table(n: int) -> tuple[np.ndarray, np.ndarray]:
    """The harmonic numbers H_0..H_n: int64 (n + 1,) in units of 2**-58, and their remainders in units of 2**-94.

    Example:
        >>> high, low = harmonic_table(3)
        >>> (high / 2.0**58).round(6).tolist()
        [0.0, 1.0, 1.5, 1.833333]
    """
    if n >= LIMIT:
        raise InputError(
            f"a ranking of {n:,} items is too long: the harmonic table holds fewer than {LIMIT:,}"
        )
    k = np.arange(1, n + 1, dtype=np.uint64)
    one = np.uint64(1 << _HIGH)
    part = one // k
    high, low = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    np.cumsum(part.view(np.int64), out=high[1:])
    np.multiply(part, k, out=part)
    np.subtract(one, part, out=part)
    np.left_shift(part, np.uint64(_LOW), out=part)
    np.floor_divide(part, k, out=part)
    np.cumsum(part.view(np.int64), out=low[1:])
    return high, low


def harmonic_difference(
    table: tuple[np.ndarray, np.ndarray], low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """H_high - H_low as float64, for integer arrays ``low <= high`` inside the table.

    Example:
        >>> harmonic_difference(harmonic_table(3), np.array([1]), np.array([3])).round(6).tolist()
        [0.833333]
    """
    return _scaled(*(np.take(part, high) - np.take(part, low) for part in table))


def harmonic_steps(table: tuple[np.ndarray, np.ndarray], bounds: np.ndarray) -> np.ndarray:
    """The `harmonic_difference` of each two neighbors along the last axis of the integer array ``bounds``.

    Example:
        >>> harmonic_steps(harmonic_table(3), np.array([0, 1, 3])).round(6).tolist()
        [1.0, 0.833333]
    """
    return _scaled(*(np.diff(np.take(part, bounds)) for part in table))


def _scaled(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    return high * 2.0**-_HIGH + low * 2.0 ** -(_HIGH + _LOW)
