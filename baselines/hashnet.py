"""HashNet: the balanced pairwise likelihood of codes that grow discrete in training (Cao et al., ICCV 2017)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mgah.baselines.dhn import pair_loss
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective
from mgah.methods.mgah.losses import linear_growth
from mgah.semantics.store import ClassSemantics


class HashNet(DeepHashing):
    """Two images are of one class with probability sigmoid(a <h, h'> / K), h = tanh(beta z) with a growing beta.

    Same-class and other pairs of a batch weigh alike. At beta 1 this is DHN with balanced pairs, a mean inner product
    and no quantization loss. The authors pair two batches; here the pairs are those inside a batch, without an image's
    pair with itself. Uses no class semantics.

    Args:
        scale: a; the authors' 10.
        beta_end: beta in the last epoch; it grows linearly from 1, epoch by epoch, so that in a training of one epoch
            it stays 1. The authors take sqrt(1 + t / 200) after t batches; a common copy, sqrt(1 + e / 20) after e
            epochs, ends at 2.9.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> HashNet(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "HashNet"
    uses_semantics = False

    def __init__(self, *, scale: float = 10.0, beta_end: float = 2.9, **training) -> None:
        super().__init__(**training)
        self.scale = scale
        self.beta_end = beta_end

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"scale": (1e-9, np.inf), "beta_end": (1, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["HashNet"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _HashNetObjective(methods)


class _HashNetObjective(Objective):
    """The loss of stacked models; none has a head."""

    mask: Tensor

    def __init__(self, methods: Sequence[HashNet]) -> None:
        super().__init__()
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.scale, self.beta_end = methods[0].scale, methods[0].beta_end

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Pair loss of each model, float (m,)."""
        codes = torch.tanh(linear_growth(1, self.beta_end, progress) * z)
        products = torch.matmul(codes, codes.transpose(-2, -1)) / self.mask.sum(dim=-1, keepdim=True)
        return pair_loss(self.scale * products, labels, balanced=True)
