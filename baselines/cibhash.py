"""CIBHash: two views of an image have close codes, those of other images do not (Qiu et al., IJCAI 2021)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._straight_through import StraightThroughSign
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class CIBHash(DeepHashing):
    """A contrastive loss on the signs of two views, and a divergence between their bits' probabilities. No labels.

    With ``trainable: all`` the views are two crops of an image, one of two mirrored; the authors change colors and blur
    as well. Frozen features have no crops: there a view is the features with a share of their values set to 0, which is
    another method, and a note beside every number says so. Stored feature maps have neither: ``trainable: tail`` is
    refused.

    Args:
        temperature: of the cosines; the authors' 0.3.
        divergence: weight of the symmetric Kullback-Leibler divergence; the authors' 0.001.
        feature_dropout: share of the values of frozen features that a view lacks; 0 only where ``dropout`` tells the
            views apart.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32)
        >>> CIBHash(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features).encode(features).shape
        (40, 4)
    """

    label = "CIBHash"
    uses_labels = False
    uses_semantics = False

    def __init__(
        self, *, temperature: float = 0.3, divergence: float = 1e-3, feature_dropout: float = 0.2, **training
    ) -> None:
        super().__init__(**training)
        self.temperature = temperature
        self.divergence = divergence
        self.feature_dropout = feature_dropout

    def cell_notes(self) -> tuple[str, ...]:
        """The notes of a deep method, and what a view is where there are no images."""
        if self._trains_network:
            return super().cell_notes()
        return (*super().cell_notes(), "CIBHash sees features with dropout as views, not crops of images.")

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        self._check_choices(
            {"trainable": ("none", "head", "all")},
            " (the two views of stored feature maps would be equal: train the whole network on images, or the layers "
            "after frozen features)",
        )
        super()._check_parameters(features, labels)
        self._check_bounds(
            {"temperature": (1e-3, np.inf), "divergence": (0, np.inf), "feature_dropout": (0, 0.99)}
        )
        if not (self._trains_network or self.feature_dropout or (self.dropout and self._trunk_width)):
            self._refuse(
                "feature_dropout", "a number above 0 where dropout is 0: the two views would be equal"
            )

    @classmethod
    def _objective(
        cls, methods: Sequence["CIBHash"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _CIBHashObjective(methods)


class _CIBHashObjective(Objective):
    """The losses of stacked models; none has a head. Models of one seed see the same views."""

    views = 2
    mask: Tensor

    def __init__(self, methods: Sequence[CIBHash]) -> None:
        super().__init__()
        common = methods[0]
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.temperature, self.divergence = common.temperature, common.divergence
        self.dropout, self.streams = common.feature_dropout, [method.stream("views") for method in methods]

    def view(self, features: Tensor) -> Tensor:
        """``features`` with some values set to 0 and the others scaled up."""
        shape = features.shape[-2:]
        if features.ndim == 2:  # all models have one seed, and so one batch
            draws = self.streams[0].random(shape, dtype=np.float32)
        else:
            draws = np.stack([stream.random(shape, dtype=np.float32) for stream in self.streams])
        kept = torch.from_numpy(draws >= self.dropout).to(features.device)
        return features * kept / (1 - self.dropout)

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Contrastive loss and weighted divergence of each model, float (m,)."""
        codes = signs_of_probabilities(z) * self.mask
        contrast = contrastive_loss(codes, self.temperature)
        return contrast + self.divergence * bit_divergence(z, self.mask)


def signs_of_probabilities(z: Tensor) -> Tensor:
    """Signs of ``z``, +1 at 0, with the gradient p (1 - p) of p = sigmoid(z): sgn(p - 1/2), straight through.

    Examples:
        >>> z = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
        >>> signs_of_probabilities(z).tolist()
        [-1.0, 1.0, 1.0]
        >>> signs_of_probabilities(z).sum().backward()
        >>> [round(value, 4) for value in z.grad.tolist()]
        [0.1966, 0.25, 0.105]
    """
    p = torch.sigmoid(z)
    return StraightThroughSign.apply(z.detach(), False) + (p - p.detach())  # the parenthesis is exactly 0


def contrastive_loss(codes: Tensor, temperature: float) -> Tensor:
    """NT-Xent of codes (m, 2 n, K), whose second half are other views of the first: a mean over rows, (m,).

    Each row is to find its other view among all other rows, by cosines over ``temperature``.
    """
    rows = functional.normalize(codes, dim=-1)
    logits = torch.matmul(rows, rows.transpose(-2, -1)) / temperature
    n = codes.shape[-2]
    itself = torch.eye(n, dtype=torch.bool, device=codes.device)
    other = torch.arange(n, device=codes.device).roll(n // 2)
    found = torch.log_softmax(logits.masked_fill(itself, -torch.inf), dim=-1)
    return -found[..., torch.arange(n, device=codes.device), other].mean(dim=-1)


def bit_divergence(z: Tensor, mask: Tensor) -> Tensor:
    """Symmetric divergence of the probabilities sigmoid(z) of two views, (m, 2 n, K), summed over bits: (m,).

    Half the sum of KL(p1 | p2) and KL(p2 | p1), each with gradients into its first argument alone; a mean over images.
    """
    one, two = z.split(z.shape[-2] // 2, dim=-2)

    def divergence(a: Tensor, b: Tensor) -> Tensor:
        b = b.detach()
        yes = torch.sigmoid(a) * (functional.logsigmoid(a) - functional.logsigmoid(b))
        no = torch.sigmoid(-a) * (functional.logsigmoid(-a) - functional.logsigmoid(-b))
        return ((yes + no) * mask).sum(dim=-1).mean(dim=-1)

    return (divergence(one, two) + divergence(two, one)) / 2
