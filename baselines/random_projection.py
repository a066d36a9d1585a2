"""Control: signs of random projections (Charikar, STOC 2002), what a hash function gets without learning."""

import numpy as np

from mgah import seeds
from mgah.methods.signs_of_outputs import SignsOfOutputs


class RandomProjection(SignsOfOutputs):
    """Signs of Gaussian projections of the features, centered by the training mean.

    Args:
        n_bits: code length.
        random_state: seed of the projections.

    Attributes:
        mean_: training mean, float64 (d,).
        projection_: float64 (d, n_bits), standard normal.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = RandomProjection(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "Random projections"
    control = True
    uses_labels = False
    uses_semantics = False
    notes = ("control: hash functions drawn at random",)

    def __init__(self, *, n_bits: int = 32, random_state: int = 0) -> None:
        self.n_bits = n_bits
        self.random_state = random_state

    def _fit(self, features: np.ndarray, labels: np.ndarray, semantics) -> None:
        self.mean_ = features.mean(axis=0, dtype=np.float64)
        random = seeds.generator(self.random_state, "projection")
        self.projection_ = random.standard_normal((features.shape[1], self.n_bits))

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        return (features - self.mean_) @ self.projection_
