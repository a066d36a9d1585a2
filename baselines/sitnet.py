"""SitNet: seen labels and class semantics supervise a discrete hash layer (Guo et al., IJCAI 2017), reconstructed."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mgah.baselines._class_loss import classification_loss
from mgah.baselines._straight_through import StraightThroughSign
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask, stack, stacked_linear
from mgah.methods.deep.objective import Objective
from mgah.normalization import l2_rows
from mgah.semantics.embedding import class_vectors
from mgah.semantics.store import ClassSemantics


class SitNet(DeepHashing):
    """Codes h = sgn(z), also in training, under a semantic embedding loss and a regularized center loss.

    Known from the paper: a hash layer that emits bits in training, and the names of the two losses. Reconstructed:
    the form of both losses, the regularizer, the gradient through the signs, and all weights.

    Args:
        semantic_loss: ``ce``, the cosines of the embedded code with the seen classes' vectors as logits; ``mse``,
            its squared distance to the vector of its class.
        temperature: factor of the cosines.
        center_weight: weight of the center loss.
        push_weight: weight of the regularizer inside the center loss, which pushes codes from other centers.
        margin: distance from other centers where the push ends, as a share of the code length.
        center_rate: how fast centers follow the codes of their class (Wen et al., ECCV 2016).
        straight_through: gradient through the signs, ``clip``: where |z| <= 1; ``identity``: everywhere.
        **training: see `mgah.methods.deep.base.DeepHashing`.

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = SitNet(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "SitNet (reconstruction)"
    notes = (
        "SitNet is a reconstruction: its authors never published code, and the form of both losses, the gradient "
        "through the discrete layer and all weights are reconstructed from the paper's abstract and overview figure",
    )

    def __init__(
        self,
        *,
        semantic_loss: str = "ce",
        temperature: float = 5.0,
        center_weight: float = 1.0,
        push_weight: float = 1.0,
        margin: float = 0.5,
        center_rate: float = 0.5,
        straight_through: str = "clip",
        **training,
    ) -> None:
        super().__init__(**training)
        self.semantic_loss = semantic_loss
        self.temperature = temperature
        self.center_weight = center_weight
        self.push_weight = push_weight
        self.margin = margin
        self.center_rate = center_rate
        self.straight_through = straight_through

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        super()._check_parameters(features, labels)
        self._check_choices({"semantic_loss": ("ce", "mse"), "straight_through": ("clip", "identity")})
        self._check_bounds({"temperature": (1e-9, np.inf), "margin": (0, 1), "center_rate": (0, 1)})
        self._check_bounds({"center_weight": (0, np.inf), "push_weight": (0, np.inf)})

    @classmethod
    def _objective(
        cls, methods: Sequence["SitNet"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _SitNetObjective(methods, l2_rows(class_vectors(semantics)))


class _SitNetObjective(Objective):
    """Semantic head and class centers of stacked models; neither is needed to encode."""

    mask: Tensor
    vectors: Tensor
    centers: Tensor

    def __init__(self, methods: Sequence[SitNet], vectors: np.ndarray) -> None:
        super().__init__()
        common, lengths = methods[0], [method.n_bits for method in methods]
        classes, s = vectors.shape
        weights = [
            method.stream("embedding").normal(0, 0.01, (s, method.n_bits)).astype(np.float32)
            for method in methods
        ]
        self.weight = stack(weights, s, max(lengths))
        self.bias = stack([np.zeros(s, np.float32)] * len(methods))
        self.register_buffer("mask", bit_mask(lengths))
        self.register_buffer("vectors", torch.from_numpy(vectors.astype(np.float32)))
        # no parameter: Adam's small steps would never bring centers to the codes, and decay would shrink them
        self.register_buffer("centers", torch.zeros(len(methods), classes, max(lengths)))
        self.cross_entropy, self.temperature = common.semantic_loss == "ce", common.temperature
        self.center_weight, self.push_weight = common.center_weight, common.push_weight
        self.margin, self.center_rate = common.margin, common.center_rate
        self.clip = common.straight_through == "clip"

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Losses of each model, float (m,); the centers then follow the codes."""
        codes = StraightThroughSign.apply(z, self.clip) * self.mask
        loss = self.losses(codes, labels)
        # a new tensor, and after the loss: the gradient of this step belongs to the centers before
        self.centers = moved_centers(self.centers, codes.detach(), labels, self.center_rate)
        return loss

    def losses(self, codes: Tensor, labels: Tensor) -> Tensor:
        """Semantic loss and weighted center loss of codes (m, n, K), float (m,)."""
        embedded = stacked_linear(codes, self.weight, self.bias)
        if self.cross_entropy:
            semantic = classification_loss(cosine_logits(embedded, self.vectors, self.temperature), labels)
        else:
            semantic = ((embedded - self.vectors[labels]) ** 2).sum(dim=-1).mean(dim=-1)
        distances = center_distances(codes, self.centers, self.mask.sum(dim=-1, keepdim=True))
        return semantic + self.center_weight * center_loss(distances, labels, self.push_weight, self.margin)


def cosine_logits(embedded: Tensor, vectors: Tensor, temperature: float | Tensor) -> Tensor:
    """``temperature`` times the cosines of rows (m, n, s) with unit class vectors (classes, s): (m, n, classes)."""
    return temperature * torch.matmul(functional.normalize(embedded, dim=-1), vectors.T)


def center_distances(codes: Tensor, centers: Tensor, bits: Tensor) -> Tensor:
    """||h - c||^2 / (4 K) of -1/+1 codes (m, n, K) and centers (m, classes, K): (m, n, classes).

    The Hamming distance as a share of the K ``bits`` (m, 1, 1) where a center is a code. ||h||^2 is written as K:
    the gradient of the square would pull every z to 0, whatever the class.
    """
    energy = (centers**2).sum(dim=-1).unsqueeze(-2)
    return (bits + energy - 2 * torch.matmul(codes, centers.transpose(-2, -1))) / (4 * bits)


def center_loss(distances: Tensor, labels: Tensor, push_weight: float, margin: float) -> Tensor:
    """Mean distance to the own center, and how far others are within ``margin``: (m, n, classes) -> (m,)."""
    own = functional.one_hot(labels, distances.shape[-1])
    n, classes = distances.shape[-2:]
    pull = (distances * own).sum(dim=(-2, -1)) / n
    push = (functional.relu(margin - distances) * (1 - own)).sum(dim=(-2, -1)) / (n * (classes - 1))
    return pull + push_weight * push


def moved_centers(centers: Tensor, codes: Tensor, labels: Tensor, rate: float) -> Tensor:
    """c_j - rate * sum of (c_j - h) over the n_j codes of class j / (1 + n_j), new tensor (m, classes, K)."""
    members = functional.one_hot(labels, centers.shape[-2]).to(codes).transpose(-2, -1)
    counts = members.sum(dim=-1, keepdim=True)
    return centers - rate * (counts * centers - torch.matmul(members, codes)) / (1 + counts)
