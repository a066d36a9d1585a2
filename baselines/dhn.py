"""Deep Hashing Network: a pairwise likelihood and a quantization loss (Zhu et al., AAAI 2016)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._pairs import balanced_mean, distinct, mean_over, quantization_loss, same_class
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class DHN(DeepHashing):
    """Two images are of one class with probability sigmoid(a <code, code'>); codes are drawn to -1 and +1.

    The defaults are the published objective. Every term is a mean, so a weight means the same at any code length.
    Uses no class semantics.

    Args:
        scale: a, inside the sigmoid; the paper's is 1.
        inner_product: ``sum`` over bits, as published, or ``mean``, where ``scale`` 10 is that of HashNet.
        pair_weights: ``none``, as published, or ``balanced``, same-class and other pairs weigh alike.
        quantization: weight of the quantization loss.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = DHN(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "DHN"
    uses_semantics = False

    def __init__(
        self,
        *,
        scale: float = 1.0,
        inner_product: str = "sum",
        pair_weights: str = "none",
        quantization: float = 0.1,
        **training,
    ) -> None:
        super().__init__(**training)
        self.scale = scale
        self.inner_product = inner_product
        self.pair_weights = pair_weights
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"inner_product": ("sum", "mean"), "pair_weights": ("none", "balanced")})
        self._check_bounds({"scale": (1e-9, np.inf), "quantization": (0, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["DHN"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _DHNObjective(methods)


class _DHNObjective(Objective):
    """Both losses of stacked models; neither has a head."""

    mask: Tensor

    def __init__(self, methods: Sequence[DHN]) -> None:
        super().__init__()
        common = methods[0]
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.scale, self.quantization = common.scale, common.quantization
        self.mean_product = common.inner_product == "mean"
        self.balanced = common.pair_weights == "balanced"

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Pair loss and weighted quantization loss of each model, float (m,)."""
        codes = torch.tanh(z)
        products = torch.matmul(codes, codes.transpose(-2, -1))
        if self.mean_product:
            products = products / self.mask.sum(dim=-1, keepdim=True)
        pairs = pair_loss(self.scale * products, labels, balanced=self.balanced)
        return pairs + self.quantization * quantization_loss(codes, self.mask)


def pair_loss(logits: Tensor, labels: Tensor, *, balanced: bool = False) -> Tensor:
    """-log likelihood of which images share a class, a mean over pairs of different images (DHN, equation 6).

    Args:
        logits: a <code, code'>, (m, n, n).
        labels: int64 (n,) or (m, n).
        balanced: same-class and other pairs weigh alike.
    """
    same = same_class(labels)
    # -logsigmoid(-x) is log(1 + exp(x)), without overflow and without a cut-off
    values = -functional.logsigmoid(-logits) - same * logits
    pairs = distinct(logits.shape[-1], logits.device)
    return balanced_mean(values, same, pairs) if balanced else mean_over(values, pairs.expand_as(same))
