"""Iterative Quantization (Gong and Lazebnik, CVPR 2011; Gong et al., TPAMI 2013)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mgah import seeds
from mgah.methods.checks import check_varied
from mgah.methods.quantization import (
    check_directions,
    checked_rotation,
    iterative_quantization,
    principal_directions,
    random_rotation,
)
from mgah.methods.signs_of_outputs import SignsOfOutputs
from mgah.normalization import l2_rows

if TYPE_CHECKING:
    from torch import nn


class ITQ(SignsOfOutputs):
    """Principal directions, rotated so that the signs lose the least: min ||B - V R||^2. Unsupervised.

    Args:
        n_bits: code length, at most min(n - 1, d).
        random_state: seed of the rotation's start.
        iterations: updates of codes and rotation; the authors take 50, and 0 leaves the random rotation.
        normalize: bring rows to unit length first. The authors leave this open; on CNN features it often pays.
        initial_rotation: orthogonal (n_bits, n_bits) in place of the random start.

    Attributes:
        mean_: training mean, float64 (d,).
        projection_: principal directions times rotation, float64 (d, n_bits).
        objective_: ||B - V R||^2 after every half-step.

    Examples:
        >>> from mgah.semantics.store import ClassSemantics
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = ITQ(n_bits=4).fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "ITQ"
    uses_labels = False
    uses_semantics = False
    longest_code = "features"

    def __init__(
        self,
        *,
        n_bits: int = 32,
        random_state: int = 0,
        iterations: int = 50,
        normalize: bool = False,
        initial_rotation: np.ndarray | None = None,
    ) -> None:
        self.n_bits = n_bits
        self.random_state = random_state
        self.iterations = iterations
        self.normalize = normalize
        self.initial_rotation = initial_rotation

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        check_directions(type(self).__name__, self.n_bits, features)
        self._check_integers({"iterations": 0})
        self._check_flags("normalize")
        check_varied(type(self).__name__, features, unit=bool(self.normalize))
        if self.initial_rotation is not None:
            checked_rotation("ITQ", self.initial_rotation, self.n_bits)

    @classmethod
    def _fit_many(cls, methods: Sequence["ITQ"], features: np.ndarray, labels: np.ndarray, semantics) -> None:
        rows = l2_rows(features) if methods[0].normalize else features
        mean, directions = principal_directions(rows, max(method.n_bits for method in methods))
        projected = (rows - mean) @ directions
        for method in methods:
            method._rotate(mean, directions[:, : method.n_bits], projected[:, : method.n_bits])

    def _rotate(self, mean: np.ndarray, directions: np.ndarray, projected: np.ndarray) -> None:
        if self.initial_rotation is None:
            # the stream "rotation" belongs to the initial rotation in every method that has one
            start = random_rotation(self.n_bits, seeds.generator(self.random_state, "rotation"))
        else:
            start = checked_rotation("ITQ", self.initial_rotation, self.n_bits)
        rotation, self.objective_ = iterative_quantization(projected, start, self.iterations)
        self.mean_ = mean
        self.projection_ = directions @ rotation

    def as_module(self) -> "nn.Module":
        from mgah.methods.projection import Projection  # imports torch, which nothing else here needs

        return Projection(self.mean_, self.projection_, bool(self.normalize))

    def _outputs(self, features: np.ndarray) -> np.ndarray:
        rows = l2_rows(features) if self.normalize else features
        return (rows - self.mean_) @ self.projection_
