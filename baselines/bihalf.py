"""BiHalf: in every batch each bit is +1 for the upper half of the images (Li and van Gemert, AAAI 2021)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mgah.baselines._feature_similarity import similarity_loss
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class BiHalf(DeepHashing):
    """Two images of a batch have codes whose cosine is that of their features; codes are exactly balanced in training.

    The authors also rank test images inside batches of 32, so that a code depends on the other images of its batch;
    here an image is encoded by the signs of its own z. Where a network is trained, its features at the time, without
    gradients, are the targets. Features are not centered, as those of `GreedyHashUnsupervised`, with the same loss of
    cosines, are here. Uses no labels.

    Args:
        pull: gamma, weight of the gradient that draws z to the balanced code; the authors' 6.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32)
        >>> BiHalf(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features).encode(features).shape
        (40, 4)
    """

    label = "BiHalf"
    uses_labels = False
    uses_semantics = False
    notes = ("BiHalf encodes by signs, as the authors' codes depend on the other images of a batch",)

    def __init__(self, *, pull: float = 6.0, **training) -> None:
        super().__init__(**training)
        self.pull = pull

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"pull": (0, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["BiHalf"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _BiHalfObjective(methods)


class _BiHalfObjective(Objective):
    """The loss of stacked models; none has a head."""

    mask: Tensor

    def __init__(self, methods: Sequence[BiHalf]) -> None:
        super().__init__()
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.pull = methods[0].pull

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Similarity loss of the balanced codes of each model, float (m,)."""
        factors = self.pull * self.mask / (z.shape[-2] * self.mask.sum(dim=-1, keepdim=True))
        return similarity_loss(HalfAndHalf.apply(z, factors) * self.mask, features)


class HalfAndHalf(torch.autograd.Function):
    """+1 for the upper half of the values of a bit, -1 for the others; backward adds ``factors`` (z - b).

    Of an odd number of images the middle one gets -1; equal values keep the order of the batch.
    """

    @staticmethod
    def forward(ctx, z: Tensor, factors: Tensor) -> Tensor:
        """-1 and +1 (m, n, K) for ``z`` (m, n, K); ``factors`` are (m, 1, K)."""
        upper = z.shape[-2] // 2
        order = torch.argsort(z, dim=-2, descending=True, stable=True)
        ranks = torch.argsort(order, dim=-2)
        codes = torch.where(ranks < upper, 1.0, -1.0).to(z)
        ctx.save_for_backward(z, codes, factors)
        return codes

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient of the codes, and the pull."""
        z, codes, factors = ctx.saved_tensors
        return gradient + factors * (z - codes), None
