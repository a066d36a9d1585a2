"""ADSH: the outputs of the network against free codes of the training images (Jiang and Li, AAAI 2018)."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._all_images import AllImagesObjective
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class ADSH(DeepHashing):
    """<u_i, V_j> is K for two images of one class and -r K for others: u = tanh(z), V free codes of -1 and +1.

    r is the number of same-class pairs over that of others, so that both kinds weigh alike. Between epochs V is
    improved bit by bit, in closed form. Uses no class semantics.

    Of the authors' algorithm these differ: the sample of images for an update of V is all of them, once an epoch; V
    starts from its update by the untrained network, not from 0, which draws u to 0 at first; and images are encoded by
    the network on both sides, where the authors search among V, the learned codes of the training images.

    Args:
        quantization: gamma, weight of the squared distances of an image's u and its code; the authors' 200.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> ADSH(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels).encode(features).shape
        (40, 4)
    """

    label = "ADSH (symmetric)"
    uses_semantics = False
    notes = (
        "ADSH encodes queries and database by the network, samples all training images once an epoch, and starts its "
        "free codes from the untrained network",
    )

    def __init__(self, *, quantization: float = 200.0, **training) -> None:
        super().__init__(**training)
        self.quantization = quantization

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_bounds({"quantization": (0, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["ADSH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _ADSHObjective(methods, labels)


class _ADSHObjective(AllImagesObjective):
    """The free codes of stacked models, float (m, N, K) with zeros as padding."""

    def __init__(self, methods: Sequence[ADSH], labels: np.ndarray) -> None:
        super().__init__(methods, labels)
        self.codes: Tensor | None = None
        self.ratio = similar_ratio(self.labels)
        self.quantization = methods[0].quantization

    def between_epochs(self, outputs: Callable[[], Tensor]) -> None:
        """Improve the codes by the outputs of all training images; at first from their signs."""
        u = torch.tanh(outputs())
        codes = torch.where(u >= 0, 1.0, -1.0).to(u) * self.mask if self.codes is None else self.codes
        bits = self.mask.sum(dim=-1, keepdim=True)
        self.codes = improved_codes(codes, u, self.labels, self.ratio, self.quantization, bits) * self.mask

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """The objective of the batch over N B K^2, a mean over pairs, of each model: float (m,)."""
        assert self.codes is not None  # `between_epochs` comes before the first batch
        u, bits = torch.tanh(z), self.mask.sum(dim=-1, keepdim=True)
        targets = pair_targets(self.same_class(labels), self.ratio)
        pairs = torch.square(torch.matmul(u, self.codes.transpose(-2, -1)) / bits - targets).mean(
            dim=(-2, -1)
        )
        misfit = torch.square(u - self.codes.gather(1, self.places(z))).sum(dim=-1).mean(dim=-1)
        return pairs + self.quantization * misfit / (len(self.labels) * bits[:, 0, 0] ** 2)


def similar_ratio(labels: Tensor) -> float:
    """Same-class pairs over others, among all ordered pairs of ``labels`` (N,), each image's with itself included."""
    similar = float(torch.square(torch.bincount(labels).double()).sum())
    return similar / (len(labels) ** 2 - similar)


def pair_targets(same: Tensor, ratio: float) -> Tensor:
    """S': 1 for pairs of one class, -``ratio`` for others; ``same`` is bool of any shape."""
    return torch.where(same, 1.0, -ratio)


def improved_codes(
    codes: Tensor, u: Tensor, labels: Tensor, ratio: float, quantization: float, bits: Tensor
) -> Tensor:
    """Minimize sum_ij (u_i V_j - K S'_ij)^2 + gamma sum_i |u_i - V_i|^2 over each bit of V in turn, the others fixed.

    A bit whose choice changes nothing stays as it is, so the objective never rises.

    Args:
        codes: V, float (m, N, K).
        u: relaxed codes of all images, float (m, N, K).
        labels: int64 (N,).
        ratio: r in S'.
        quantization: gamma.
        bits: K of each model, float (m, 1, 1).

    Returns:
        New V, float (m, N, K).
    """
    one_hot = functional.one_hot(labels).to(u)
    own_class = torch.matmul(one_hot, torch.matmul(one_hot.T, u))
    targets = (1 + ratio) * own_class - ratio * u.sum(dim=-2, keepdim=True)  # S'^T U
    linear = -2 * bits * targets - 2 * quantization * u
    gram = torch.matmul(u.transpose(-2, -1), u)
    codes = codes.clone()
    for bit in range(codes.shape[-1]):
        others = gram[:, bit].clone()
        others[:, bit] = 0
        slope = linear[..., bit] + 2 * torch.matmul(codes, others.unsqueeze(-1)).squeeze(-1)
        codes[..., bit] = torch.where(slope == 0, codes[..., bit], torch.where(slope < 0, 1.0, -1.0))
    return codes
