"""PCA with a random rotation, ITQ without its iterations: the training-free control of Moummad et al. (2025)."""

from collections.abc import Sequence

import numpy as np

from mgah.methods.base import HashingMethod, signs
from mgah.methods.normalization import l2_rows
from mgah.methods.quantization import check_directions, principal_directions, random_rotation
from mgah.seeds import generator


class PCARotation(HashingMethod):
    """Signs of the leading principal directions, rotated at random (Jegou et al., CVPR 2010; Gong and Lazebnik, 2011).

    What ITQ starts from: the difference to ITQ is what its iterations add. Moummad et al. (arXiv 2509.14427) compare
    learned codes with it on features of large networks; their scores rank by real query values, and are others.

    Args:
        n_bits: code length, at most min(n - 1, d).
        random_state: seed of the rotation, which is the start of ITQ's for the same seed.
        normalize: bring rows to unit length first.

    Attributes:
        mean_: training mean, float64 (d,).
        projection_: principal directions times rotation, float64 (d, n_bits).

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8))
        >>> PCARotation(n_bits=4).fit(features).encode(features).shape
        (40, 4)
    """

    label = "PCA, random rotation"
    uses_labels = False
    uses_semantics = False
    longest_code = "features"

    def __init__(self, *, n_bits: int = 32, random_state: int = 0, normalize: bool = False) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.normalize = normalize

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        check_directions("PCARotation", self.n_bits, features)
        self._check_flags("normalize")

    @classmethod
    def _fit_many(
        cls, methods: Sequence["PCARotation"], features: np.ndarray, labels: np.ndarray, semantics
    ) -> None:
        rows = l2_rows(features) if methods[0].normalize else features
        mean, directions = principal_directions(rows, max(method.n_bits for method in methods))
        for method in methods:
            rotation = random_rotation(method.n_bits, generator(method.random_state, "rotation"))
            method.mean_, method.projection_ = mean, directions[:, : method.n_bits] @ rotation

    def _encode(self, features: np.ndarray) -> np.ndarray:
        rows = l2_rows(features) if self.normalize else features
        return signs((rows - self.mean_) @ self.projection_)
