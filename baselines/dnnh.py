"""Deep Neural Network Hashing: triplets, and a head that encodes each bit by itself (Lai et al., CVPR 2015)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.baselines._pairs import distinct, same_class
from mgah.errors import InputError
from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import EncoderWeights, SingleEncoder, StackedEncoder, random_start, stack
from mgah.methods.deep.objective import Objective
from mgah.semantics.store import ClassSemantics


class DNNH(DeepHashing):
    """An image is to be nearer to one of its class than to one of another, by ``margin`` bits.

    The head gives each bit a slice of units of its own, so that bits share no weight after the trunk. Triplets are
    all valid ones of a batch. Uses no class semantics.

    Args:
        margin: m of the hinge, in ``margin_unit``; the paper's is 1 bit. More than half the code length cannot be
            met by codes of classes that are orthogonal.
        margin_unit: ``bits``, or ``share`` of the code length.
        window: e of the piece-wise threshold: in training a bit counts as 0 or 1, without a gradient, where its
            sigmoid is farther than e from 1/2. 1/2 is no threshold. The paper names no value.
        slice_width: units a bit.
        **training: see `mgah.methods.deep.base.DeepHashing`; the start ``itq`` does not exist for this head.

    Attributes:
        hash_weight_: weight of the slices, float32 (n_bits * slice_width, T or d).
        hash_bias_: their bias, float32 (n_bits * slice_width,).
        bit_weight_: weight from each slice to its bit, float32 (n_bits, slice_width).
        bit_bias_: its bias, float32 (n_bits,).

    Examples:
        >>> features, labels = np.random.default_rng(0).standard_normal((40, 8), dtype=np.float32), np.arange(40) % 4
        >>> features[np.arange(40), labels] += 5
        >>> semantics = ClassSemantics.from_vectors("abcd", np.eye(4))
        >>> method = DNNH(n_bits=4, trunk=8, epochs=2, device="cpu").fit(features, labels, semantics)
        >>> method.encode(features).shape
        (40, 4)
    """

    label = "DNNH"
    uses_semantics = False
    stacks = False  # with so many units a bit, padding costs more than stacking code lengths saves

    def __init__(
        self,
        *,
        margin: float = 1.0,
        margin_unit: str = "bits",
        window: float = 0.5,
        slice_width: int = 50,
        **training,
    ) -> None:
        super().__init__(**training)
        self.margin = margin
        self.margin_unit = margin_unit
        self.window = window
        self.slice_width = slice_width

    def _check_parameters(self, features: np.ndarray, labels: np.ndarray) -> None:
        if self.init == "itq":
            raise InputError("DNNH: init is 'itq', which its divide-and-encode head has not: expected random")
        super()._check_parameters(features, labels)
        self._check_choices({"margin_unit": ("bits", "share")})
        # a window that nothing lies in has no gradient, and neither has a batch that holds no triplet
        self._check_bounds({"margin": (1e-9, np.inf), "window": (0.01, 0.5)})
        self._check_integers({"slice_width": 1, "batch_size": 3})

    @classmethod
    def _objective(
        cls, methods: Sequence["DNNH"], features: np.ndarray, labels: np.ndarray, semantics: ClassSemantics
    ) -> Objective:
        return _DNNHObjective(methods)

    @classmethod
    def _encoder(
        cls, methods: Sequence["DNNH"], rows: np.ndarray, labels: np.ndarray, objective: Objective
    ) -> StackedEncoder:
        starts = [method._start(rows) for method in methods]
        return DivideAndEncode(starts, methods[0].dropout, [method.random_state for method in methods])

    def _start(self, rows: np.ndarray) -> "DividedWeights":
        stream = self.stream("encoder")
        units = random_start(rows.shape[1], self._trunk_width, self.n_bits * self.slice_width, stream)
        bit_weight = self.stream("bit weights").normal(0, 0.1, (self.n_bits, self.slice_width))
        return DividedWeights(
            **vars(units),
            bit_weight=bit_weight.astype(np.float32),
            bit_bias=np.zeros(self.n_bits, np.float32),
        )

    def _keep(self, weights: EncoderWeights, d: int) -> None:
        assert isinstance(weights, DividedWeights)  # those of `DivideAndEncode`
        super()._keep(weights, d)
        self.bit_weight_, self.bit_bias_ = weights.bit_weight, weights.bit_bias

    def _weights(self) -> "DividedWeights":
        units = super()._weights()
        return DividedWeights(**vars(units), bit_weight=self.bit_weight_, bit_bias=self.bit_bias_)


@dataclass(kw_only=True)
class DividedWeights(EncoderWeights):
    """Weights of one divide-and-encode model: its hash layer gives ``w`` units a bit, from which ``bit_weight``
    (K, w) and ``bit_bias`` (K,) make the bit; float32."""

    bit_weight: np.ndarray
    bit_bias: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """z for ``features`` (n, d), float (n, K)."""
        slices = np.maximum(super().__call__(features), 0).reshape(len(features), *self.bit_weight.shape)
        return (slices * self.bit_weight).sum(axis=-1) + self.bit_bias

    def as_module(self) -> nn.Module:
        """The encoder as a module of torch: float (n, d) in, z, float (n, K), out."""
        return SingleEncoder(DivideAndEncode([self], dropout=0.0, seeds=[0]))


class DivideAndEncode(StackedEncoder):
    """`DividedWeights` of m models of one code length."""

    def __init__(self, starts: Sequence[DividedWeights], dropout: float, seeds: Sequence[int]) -> None:
        super().__init__(starts, dropout, seeds)
        self.bit_weight = stack([start.bit_weight for start in starts])
        self.bit_bias = stack([start.bit_bias for start in starts])

    def forward(self, features: Tensor) -> Tensor:
        """z of shape (m, n, K) for one batch (n, d) that all models share, or a batch a model (m, n, d)."""
        units = functional.relu(super().forward(features))
        return encode_slices(units, self.bit_weight, self.bit_bias)

    def weights(self) -> list[DividedWeights]:
        """The trained encoders."""
        bits = (part.detach().cpu().numpy().copy() for part in (self.bit_weight, self.bit_bias))
        return [
            DividedWeights(**vars(units), bit_weight=weight, bit_bias=bias)
            for units, weight, bias in zip(super().weights(), *bits, strict=True)
        ]


def encode_slices(units: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Bits from consecutive slices: units (m, n, K w), weight (m, K, w), bias (m, K) -> (m, n, K)."""
    slices = units.unflatten(-1, weight.shape[-2:])
    return (slices * weight.unsqueeze(-3)).sum(dim=-1) + bias.unsqueeze(-2)


class _DNNHObjective(Objective):
    """The triplet loss of stacked models of one code length; it has no head."""

    def __init__(self, methods: Sequence[DNNH]) -> None:
        super().__init__()
        common = methods[0]
        self.margin = common.margin * (common.n_bits if common.margin_unit == "share" else 1)
        self.window = common.window

    def forward(self, features: Tensor, z: Tensor, labels: Tensor, progress: float) -> Tensor:
        """Triplet loss of each model, float (m,)."""
        bits = piecewise_threshold(torch.sigmoid(z), self.window)
        return triplet_loss(squared_distances(bits), labels, self.margin)


def piecewise_threshold(activations: Tensor, window: float) -> Tensor:
    """Sigmoids as they are within ``window`` of 1/2, where the gradient is 1, and rounded to 0 or 1 outside."""
    outside = (activations - 0.5).abs() > window
    return torch.where(outside, (activations > 0.5).to(activations), activations)


def squared_distances(rows: Tensor) -> Tensor:
    """||r_i - r_j||^2 of all pairs, rows (m, n, K) -> (m, n, n); on bits of 0 and 1 the Hamming distance."""
    energy = (rows**2).sum(dim=-1)
    products = torch.matmul(rows, rows.transpose(-2, -1))
    return (energy.unsqueeze(-1) + energy.unsqueeze(-2) - 2 * products).clamp_min(0)


def triplet_loss(distances: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Mean of max(0, m + d(a, p) - d(a, n)) over all triplets of anchor, other image of its class, image of another.

    Args:
        distances: (m, n, n).
        labels: int64 (n,) or (m, n).
        margin: m.

    Returns:
        (m,); 0 where a batch has no triplet. The mean is over all triplets, not over those that violate the
        margin, so that steps become smaller as the margins are met.
    """
    same = same_class(labels).expand_as(distances)
    # pair by pair: of all (anchor, other, other) a batch of c classes has a valid triplet in about one of c
    model, anchor, partner = (same & distinct(labels.shape[-1], labels.device)).nonzero(as_tuple=True)
    negative = ~same[model, anchor]
    violation = functional.relu(
        margin + distances[model, anchor, partner].unsqueeze(-1) - distances[model, anchor]
    )
    sums = distances.new_zeros(2, len(distances))
    parts = torch.stack([(violation * negative).sum(dim=-1), negative.sum(dim=-1).to(distances)])
    total, count = sums.index_add(1, model, parts)
    return total / count.clamp_min(1)
