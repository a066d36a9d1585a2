"""Normalization of feature rows, each by itself: no statistics of other images enter."""

import numpy as np


def l2_rows(features: np.ndarray) -> np.ndarray:
    """Scale each row of ``features``, float (n, d), to unit Euclidean length, dtype kept; a zero row stays zero.

    Examples:
        >>> l2_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
        [[0.6, 0.8], [0.0, 0.0]]
    """
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(norms > 0, norms, 1).astype(features.dtype)
