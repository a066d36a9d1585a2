"""GreedyHash without labels: cosines of the signs as those of the features (Su et al., NeurIPS 2018)."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from mgah.baselines._feature_similarity import similarity_loss
from mgah.baselines._straight_through import StraightThroughSign
from mgah.baselines.greedyhash import cubic_penalty
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class GreedyHashUnsupervised(DeepHashing):
    """Two images of a batch have codes whose cosine is that of their features; |z| is pulled to 1.

    Where a network is trained, its features at the time, without gradients, are the targets; the authors' network is
    frozen.

    Args:
        penalty: weight of the mean of ||z| - 1|^3; the authors' 0.1.
        feature_scaling: as for all deep methods, but centered: cosines of features that are never negative are all
            near 1, and so would be those of the codes. The authors' program does not center;
            `mgah.baselines.bihalf.BiHalf`, which has the same loss of cosines, does not here, so that the two differ in
            more than their discrete layer.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32)
        >>> method = GreedyHashUnsupervised(n_bits=4, trunk=8, epochs=2, device="cpu")
        >>> method.fit(features).encode(features).shape
        (40, 4)
    """

    label = "GreedyHash, unsupervised"
    uses_labels = False
    uses_semantics = False

    def __init__(self, *, penalty: float = 0.1, feature_scaling: str = "center", **training) -> None:
        super().__init__(feature_scaling=feature_scaling, **training)
        self.penalty = penalty

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"penalty": (0, np.inf)})

    @classmethod
    def _objective(
        cls,
        methods: Sequence["GreedyHashUnsupervised"],
        features: np.ndarray,
        labels: np.ndarray,
        semantics: ClassSemantics,
    ) -> Objective:
        return _UnsupervisedObjective(methods)


class _UnsupervisedObjective(Objective):
    """The loss of stacked models; none has a head."""

    mask: Tensor

    def __init__(self, methods: Sequence[GreedyHashUnsupervised]) -> None:
        super().__init__()
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.penalty = methods[0].penalty

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Similarity loss and weighted penalty of each model, float (m,)."""
        codes = StraightThroughSign.apply(z, False) * self.mask
        return similarity_loss(codes, features) + self.penalty * cubic_penalty(z, self.mask)
