"""Normalization of the rows of features or class vectors, each by itself: no statistics of other rows enter."""

import numpy as np


def l2_rows(rows: np.ndarray) -> np.ndarray:
    """Scale each row of ``rows``, float (n, d), to unit Euclidean length, dtype kept; a zero row stays zero.

    Rows may have any finite size: where squares would be too large for the dtype, or so small that they lose digits,
    the row is scaled by a power of two first.

    Examples:
        >>> l2_rows(np.array([[3.0, 4.0], [0.0, 0.0], [2.0**700, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0], [1.0, 0.0]]
    """
    with np.errstate(over="ignore", under="ignore"):
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
    limits = np.finfo(norms.dtype)
    # a square as small as the square of the bound, times the last digit, is still a number of all digits
    extreme = ~((norms >= np.sqrt(limits.tiny / limits.eps)) & (norms <= limits.max))[:, 0]
    if extreme.any():
        rows = rows.copy()
        rows[extreme] = scaled_rows(rows[extreme])
        norms[extreme] = np.linalg.norm(rows[extreme], axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1).astype(rows.dtype)


def scaled_rows(vectors: np.ndarray) -> np.ndarray:
    """Scale each row by a power of two, which rounds nothing, so that its largest absolute value is 0.5 or above.

    Squares of its values then are numbers: those of 1e200 are too large for 64 bits, and those of 1e-200 too small.

    Examples:
        >>> scaled_rows(np.array([[3.0, 4.0], [0.0, 0.0], [0.0, 2.0**-700]])).tolist()
        [[0.375, 0.5], [0.0, 0.0], [0.0, 0.5]]
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.ldexp(vectors, -np.frexp(largest)[1])
