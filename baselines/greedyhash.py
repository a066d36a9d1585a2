"""GreedyHash: a classifier of the signs, whose gradient passes through them (Su et al., NeurIPS 2018)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mgah.baselines._class_loss import classification_loss
from mgah.baselines._pairs import mean_over_bits
from mgah.baselines._straight_through import StraightThroughSign
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask, stack, uniform
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class GreedyHash(DeepHashing):
    """Softmax cross-entropy of W sgn(z), without a bias, and a cubic pull of |z| to 1. Uses no class semantics.

    The sign of 0 is +1 in training, as in encoding.

    Args:
        penalty: weight of the mean of ||z| - 1|^3; the authors' 0.1 for CIFAR-10.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> GreedyHash(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "GreedyHash"
    draws_by_class = True
    uses_semantics = False

    def __init__(self, *, penalty: float = 0.1, **training) -> None:
        super().__init__(**training)
        self.penalty = penalty

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"penalty": (0, np.inf)})

    @classmethod
    def _objective(
        cls,
        methods: Sequence["GreedyHash"],
        features: np.ndarray,
        labels: np.ndarray,
        semantics: ClassSemantics,
    ) -> Objective:
        classes = int(labels.max()) + 1
        return _GreedyHashObjective(methods, classes)


class _GreedyHashObjective(Objective):
    """The classifiers W of stacked models, which encoding does not need."""

    mask: Tensor

    def __init__(self, methods: Sequence[GreedyHash], classes: int) -> None:
        super().__init__()
        lengths = [method.n_bits for method in methods]
        weights = [
            uniform(method.stream("classifier"), (classes, method.n_bits), method.n_bits)
            for method in methods
        ]
        self.classifier = stack(weights, classes, max(lengths))
        self.register_buffer("mask", bit_mask(lengths))
        self.penalty = methods[0].penalty

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Cross-entropy and weighted penalty of each model, float (m,)."""
        codes = StraightThroughSign.apply(z, False) * self.mask
        logits = torch.matmul(codes, self.classifier.transpose(-2, -1))
        return classification_loss(logits, labels) + self.penalty * cubic_penalty(z, self.mask)


def cubic_penalty(z: Tensor, mask: Tensor) -> Tensor:
    """Mean of ||z| - 1|^3 over samples and bits of z (m, n, K) with the ``mask`` (m, 1, K) of real bits: (m,)."""
    return mean_over_bits((z.abs() - 1).abs() ** 3, mask)
