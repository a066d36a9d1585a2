"""Normalization of feature rows, each by itself: no statistics of other images enter."""

import numpy as np

from mgah.semantics.store import scaled_rows


def l2_rows(features: np.ndarray) -> np.ndarray:
    """Scale each row of ``features``, float (n, d), to unit Euclidean length, dtype kept; a zero row stays zero.

    Rows may have any finite size: where squares would be too large for the dtype, or so small that they lose digits,
    the row is scaled by a power of two first.

    Examples:
        >>> l2_rows(np.array([[3.0, 4.0], [0.0, 0.0], [2.0**700, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0], [1.0, 0.0]]
    """
    with np.errstate(over="ignore", under="ignore"):
        norms = np.linalg.norm(features, axis=1, keepdims=True)
    limits = np.finfo(norms.dtype)
    # a square as small as the square of the bound, times the last digit, is still a number of all digits
    extreme = ~((norms >= np.sqrt(limits.tiny / limits.eps)) & (norms <= limits.max))[:, 0]
    if extreme.any():
        features = features.copy()
        features[extreme] = scaled_rows(features[extreme])
        norms[extreme] = np.linalg.norm(features[extreme], axis=1, keepdims=True)
    return features / np.where(norms > 0, norms, 1).astype(features.dtype)
