"""The sign of vectors that are defined up to their sign, such as eigenvectors."""

import numpy as np


def with_positive_peaks(vectors: np.ndarray) -> np.ndarray:
    """Give every column of ``vectors`` (n, m) the sign that makes its entry of largest size positive, dtype kept.

    Of entries of equal size the first one counts. A decomposition gives eigenvectors up to their sign; with this rule
    they are the same on every machine, as those of ``sklearn.utils.extmath.svd_flip`` are.

    >>> with_positive_peaks(np.array([[1.0, 0.5], [-2.0, 0.25]]))
    array([[-1.  ,  0.5 ],
           [ 2.  ,  0.25]])
    """
    peaks = vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])]
    return vectors * np.where(peaks < 0, -1, 1).astype(vectors.dtype)
