"""Locality-sensitive hashing by random projections (Charikar, STOC 2002), each cut at its training median."""

import numpy as np

from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.seeds import generator


class LSH(SignsOfOutputs):
    """Signs of Gaussian projections of the features, each less its median over the training images.

    The median is this project's choice: without it most bits of features that are never negative, such as those after
    a ReLU, are the same for all images. Each bit splits the training images into halves.

    Args:
        n_bits: code length.
        random_state: seed of the projections.

    Attributes:
        projection_: float64 (d, n_bits), standard normal.
        threshold_: float64 (n_bits,), between the two projections in the middle; of an odd number the middle one is
            above it.

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
        upper = len(features) // 2
        middle = np.partition(features @ self.projection_, (upper - 1, upper), axis=0)[upper - 1 : upper + 1]
        self.threshold_ = middle.mean(axis=0)

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        return features @ self.projection_ - self.threshold_
