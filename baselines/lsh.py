"""Locality-sensitive hashing by random projections (Charikar, STOC 2002), each cut at its training median."""

import numpy as np

from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.seeds import generator

#: Values whose difference is a smaller share of the largest value of a projection are equal but for rounding.
_ROUNDING = 1e-12


class LSH(SignsOfOutputs):
    """Signs of Gaussian projections of the features, each less its median over the training images.

    The median is this project's choice: without it most bits of features that are never negative, such as those after
    a ReLU, are the same for all images. Each bit splits the training images into halves.

    Args:
        n_bits: code length.
        random_state: seed of the projections.

    Attributes:
        projection_: float64 (d, n_bits), standard normal.
        threshold_: float64 (n_bits,), half-way between the two projections in the middle; of an odd number the middle
            one is above it. Where these two are equal but for rounding, as those of copies of an image are, it is
            half-way between the nearest two that differ, so that no training image lies on it. Where none differ, as
            with a single training image, it is just below them: that image's code is all +1.

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8))
        >>> LSH(n_bits=4).fit(features).encode(features).sum(axis=0).tolist()
        [0, 0, 0, 0]
    """

    label = "LSH, medians"
    uses_labels = False
    uses_semantics = False
    notes = ("LSH cuts every projection at its training median, which is this project's choice",)

    def __init__(self, *, n_bits: int = 32, random_state: int = 0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics) -> None:
        random = generator(self.random_state, "projection")
        self.projection_ = random.standard_normal((features.shape[1], self.n_bits))
        self.threshold_ = _thresholds(np.sort(features @ self.projection_, axis=0))

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        return features @ self.projection_ - self.threshold_


def _thresholds(projections: np.ndarray) -> np.ndarray:
    """The threshold of each column of ``projections``, float64 (n, n_bits), ascending in each: float64 (n_bits,).

    In a column whose values are all equal, such as that of one row, it is below them by what is more than rounding.
    """
    rounding = _ROUNDING * np.abs(projections).max(axis=0)
    if len(projections) == 1:
        return projections[0] - rounding
    places = np.abs(np.arange(1, len(projections)) - len(projections) // 2)
    differ = np.diff(projections, axis=0) > rounding
    upper = 1 + np.where(differ, places[:, None], len(projections)).argmin(axis=0)
    middle = projections[[upper - 1, upper], np.arange(projections.shape[1])]
    return np.where(differ.any(axis=0), middle.mean(axis=0), projections[0] - rounding)
