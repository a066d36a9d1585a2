"""Tests of several paired differences at once, by flipping the signs of units in all of them together."""

import itertools

import numpy as np

#: Up to so many units every sign pattern is tried; the test is exact.
EXACT_UNITS = 13
#: Sign patterns drawn where there are more.
PATTERNS = 9999


def joint_sign_flip_p(differences: np.ndarray) -> np.ndarray:
    """Two-sided p of no difference, adjusted for the number of comparisons (Westfall and Young 1993, step-down max T).

    Under no difference each unit's sign is arbitrary, and is the same in all of its comparisons: so the flips keep what
    the comparisons have in common, which Holm's correction must assume away. The statistic is |mean| over the root of
    the mean square, which orders as |t| does. The probability of any false rejection is at most the level.

    Args:
        differences: float64 (units, comparisons), without NaN.

    Returns:
        float64 (comparisons,). No p is below 2 / 2**units; NaN for fewer than two units.

    Examples:
        >>> joint_sign_flip_p(np.array([[0.1, 0.1], [0.2, -0.2], [0.3, 0.1], [0.1, 0.1]])).tolist()
        [0.25, 1.0]
    """
    units, comparisons = differences.shape
    if units < 2 or not comparisons:
        return np.full(comparisons, np.nan)
    squares = np.sqrt((differences**2).sum(axis=0))
    scaled = differences / np.where(squares > 0, squares, 1)
    found = np.abs(_signs(units) @ scaled)
    ours = found[0]  # the first pattern flips nothing
    order = np.argsort(-ours, kind="stable")
    largest = np.maximum.accumulate(found[:, order][:, ::-1], axis=1)[:, ::-1]
    reached = (largest >= ours[order] * (1 - 1e-12)).mean(axis=0)
    p = np.empty(comparisons)
    p[order] = np.maximum.accumulate(reached)
    return p


def _signs(units: int) -> np.ndarray:
    """Sign patterns float64 (patterns, units), the first without a flip; a pattern and its reverse count as one."""
    if units <= EXACT_UNITS:
        return np.array([(1.0, *rest) for rest in itertools.product((1.0, -1.0), repeat=units - 1)])
    drawn = np.random.default_rng(0).choice([1.0, -1.0], size=(PATTERNS, units))
    return np.vstack([np.ones(units), drawn])
