"""The binary encoder f (equation 1) for several models that are trained side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.methods.quantization import iterative_quantization, principal_directions, random_rotation
from mgah.seeds import generator


@dataclass
class EncoderWeights:
    """Weights of one encoder, which computes z = W relu(V x + a) + b with a trunk of width T, z = W x + b without.

    Attributes:
        hash_weight, hash_bias: W, float32 (K, T), or (K, d) without a trunk, and b, float32 (K,).
        trunk_weight, trunk_bias: V, float32 (T, d), and a, float32 (T,); None without a trunk.

    Examples:
        >>> encoder = EncoderWeights(np.eye(2, dtype=np.float32), np.zeros(2, np.float32))
        >>> encoder(np.array([[1.0, -2.0]])).tolist(), encoder.hidden(np.array([[1.0, -2.0]])).tolist()
        ([[1.0, -2.0]], [[1.0, -2.0]])
        >>> encoder.centered(encoder.hash_weight, mean=np.array([1.0, -2.0]))(np.array([[1.0, -2.0]])).tolist()
        [[0.0, 0.0]]
        >>> encoder.as_module()(torch.tensor([[1.0, -2.0]])).tolist()
        [[1.0, -2.0]]
    """

    hash_weight: np.ndarray
    hash_bias: np.ndarray
    trunk_weight: np.ndarray | None = None
    trunk_bias: np.ndarray | None = None

    def hidden(self, features: np.ndarray) -> np.ndarray:
        """Compute the input of the hash layer for ``features`` (n, d): (n, T), or without a trunk the features."""
        if self.trunk_weight is None:
            return features
        return np.maximum(features @ self.trunk_weight.T + self.trunk_bias, 0)

    def centered(self, weight: np.ndarray, mean: np.ndarray) -> Self:
        """Return an encoder with the same trunk and the hash layer ``weight``, (K, T) or (K, d).

        Its bias maps ``mean``, the mean (T,) or (d,) of the hash layer's input, to 0.
        """
        bias = -weight @ mean
        return replace(self, hash_weight=weight.astype(np.float32), hash_bias=bias.astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Compute z = f(x) for ``features`` (n, d): float (n, K), whose signs are the code (equation 10)."""
        return self.hidden(features) @ self.hash_weight.T + self.hash_bias

    def as_module(self) -> nn.Module:
        """Return the encoder as a module of torch: float (n, d) in, z, float (n, K), out."""
        return SingleEncoder(StackedEncoder([self], dropout=0.0, seeds=[0]))


def uniform(random: np.random.Generator, shape: tuple[int, ...], fan_in: int) -> np.ndarray:
    """Draw weights that are uniform between -1 / sqrt(fan_in) and 1 / sqrt(fan_in): float32 of ``shape``.

    Examples:
        >>> uniform(np.random.default_rng(0), (2, 3), 3).shape
        (2, 3)
    """
    bound = 1 / math.sqrt(fan_in)
    return random.uniform(-bound, bound, shape).astype(np.float32)


def random_start(d: int, trunk: int, n_bits: int, random: np.random.Generator) -> EncoderWeights:
    """Draw an encoder before training, with weights and biases from `uniform`.

    Args:
        d: width of the features.
        trunk: width of the trunk, 0 for none.
        n_bits: code length.
        random: where the draws come from.

    Examples:
        >>> random_start(d=6, trunk=4, n_bits=2, random=np.random.default_rng(0)).hash_weight.shape
        (2, 4)
    """
    width = trunk or d
    trunk_weight = uniform(random, (trunk, d), d) if trunk else None
    trunk_bias = uniform(random, (trunk,), d) if trunk else None
    hash_weight = uniform(random, (n_bits, width), width)
    return EncoderWeights(hash_weight, uniform(random, (n_bits,), width), trunk_weight, trunk_bias)


def itq_starts(
    starts: Sequence[EncoderWeights], rows: np.ndarray, seeds: Sequence[int], scale: float
) -> list[EncoderWeights]:
    """Return ``starts`` with their hash layers set to iterative quantization (ITQ) of those layers' input.

    Args:
        starts: encoders before training.
        rows: training features, float (n, d), whose mean the new biases map to 0.
        seeds: seed of each start's first rotation; starts of one seed have the same trunk and share its directions.
        scale: standard deviation of z over the training features.

    Examples:
        >>> start = random_start(d=6, trunk=0, n_bits=2, random=np.random.default_rng(0))
        >>> rows = np.random.default_rng(1).standard_normal((9, 6)).astype(np.float32)
        >>> [begun] = itq_starts([start], rows, seeds=[0], scale=0.3)
        >>> round(float(begun(rows).std()), 4)
        0.3
    """
    longest, shared, begun = max(len(start.hash_bias) for start in starts), {}, []
    for start, seed in zip(starts, seeds, strict=True):
        if seed not in shared:
            hidden = start.hidden(rows).astype(np.float64)
            shared[seed] = (hidden, *principal_directions(hidden, longest))
        hidden, mean, directions = shared[seed]
        n_bits = len(start.hash_bias)
        projected = (hidden - mean) @ directions[:, :n_bits]
        rotation = random_rotation(n_bits, generator(seed, "rotation"))
        rotation, _ = iterative_quantization(projected, rotation, iterations=50)
        weight = (directions[:, :n_bits] @ rotation).T * (scale / projected.std())
        begun.append(start.centered(weight, mean))
    return begun


class StackedEncoder(nn.Module):
    """The encoders of m models in one module: where all get the same batch, one matrix product computes them all.

    Models may differ in code length: shorter ones are padded with zero rows up to the longest, K. A padded bit is
    0 after every layer without a bias, and its weights get no gradient and stay 0, so padding changes no code.

    Examples:
        >>> start = random_start(d=6, trunk=4, n_bits=2, random=np.random.default_rng(0))
        >>> encoders = StackedEncoder([start, start], 0.0, [0, 0])
        >>> tuple(encoders(torch.ones(5, 6)).shape), len(encoders.weights())
        ((2, 5, 2), 2)
    """

    def __init__(self, starts: Sequence[EncoderWeights], dropout: float, seeds: Sequence[int]) -> None:
        """Stack the encoders ``starts``; ``dropout`` is the share of the trunk's outputs that training drops.

        ``seeds`` are those of each model's dropout.
        """
        super().__init__()
        self.outputs = [len(start.hash_bias) for start in starts]
        longest = max(self.outputs)
        self.hash_weight = stack([start.hash_weight for start in starts], longest)
        self.hash_bias = stack([start.hash_bias for start in starts], longest)
        self.trunk_weight = _stack_any([start.trunk_weight for start in starts])
        self.trunk_bias = _stack_any([start.trunk_bias for start in starts])
        self.dropout = dropout
        self._streams = [torch.Generator().manual_seed(int(seed)) for seed in seeds]

    def forward(self, features: Tensor) -> Tensor:
        """Compute z, float (m, n, K), of a batch (n, d) that all models share, or of a batch for each, (m, n, d)."""
        hidden = features
        if self.trunk_weight is not None and self.trunk_bias is not None:
            hidden = functional.relu(stacked_linear(features, self.trunk_weight, self.trunk_bias))
            if self.dropout:
                hidden = hidden * self._kept(hidden)
        return stacked_linear(hidden, self.hash_weight, self.hash_bias)

    def _kept(self, hidden: Tensor) -> Tensor:
        """Factors of the dropout, 0 or 1 / (1 - dropout), drawn for each model from its own stream."""
        draws = torch.stack([torch.rand(hidden.shape[1:], generator=stream) for stream in self._streams])
        return (draws >= self.dropout).to(hidden) / (1 - self.dropout)

    def weights(self) -> Sequence[EncoderWeights]:
        """Return the weights of each model's encoder, without padding."""

        def of(parameter: Tensor, model: int) -> np.ndarray:
            return parameter[model].detach().cpu().numpy().copy()

        return [
            EncoderWeights(
                of(self.hash_weight, model)[:outputs],
                of(self.hash_bias, model)[:outputs],
                None if self.trunk_weight is None else of(self.trunk_weight, model),
                None if self.trunk_bias is None else of(self.trunk_bias, model),
            )
            for model, outputs in enumerate(self.outputs)
        ]


class SingleEncoder(nn.Module):
    """The only encoder of ``stacked``, without the axis of the models.

    Examples:
        >>> start = random_start(d=6, trunk=4, n_bits=2, random=np.random.default_rng(0))
        >>> tuple(SingleEncoder(StackedEncoder([start], 0.0, [0]))(torch.ones(5, 6)).shape)
        (5, 2)
    """

    def __init__(self, stacked: StackedEncoder) -> None:
        super().__init__()
        self.stacked = stacked

    def forward(self, features: Tensor) -> Tensor:
        """Compute z, float (n, K), of ``features``, float (n, d)."""
        return self.stacked(features)[0]


def _stack_any(arrays: Sequence[np.ndarray | None]) -> nn.Parameter | None:
    """`stack` the arrays that all models have, or return None where no model has one."""
    given = [array for array in arrays if array is not None]
    return stack(given) if given else None


def stack(arrays: Sequence[np.ndarray], *longest: int) -> nn.Parameter:
    """Stack m ``arrays`` to one parameter (m, ...), with zeros at the end of their first axes up to ``longest``.

    Examples:
        >>> tuple(stack([np.ones((2, 3)), np.ones((4, 3))], 4).shape)
        (2, 4, 3)
    """
    padded = []
    for array in arrays:
        missing = [(0, size - array.shape[axis]) for axis, size in enumerate(longest)]
        padded.append(np.pad(array, missing + [(0, 0)] * (array.ndim - len(missing))))
    return nn.Parameter(torch.from_numpy(np.stack(padded)))


def bit_mask(n_bits: Sequence[int]) -> Tensor:
    """Mask the padding of m stacked models with code lengths ``n_bits``: float32 (m, 1, K), K being the longest.

    An entry is 1 for a bit that the model has and 0 for a padded one.

    Examples:
        >>> bit_mask([2, 3]).squeeze(1).tolist()
        [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """
    lengths = torch.tensor(n_bits).view(-1, 1, 1)
    return (torch.arange(max(n_bits)) < lengths).float()


def stacked_linear(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Apply the linear layers of m models to ``inputs``, (n, d) or (m, n, d): float (m, n, o).

    ``weight`` is (m, o, d) and ``bias`` is (m, o).

    Examples:
        >>> tuple(stacked_linear(torch.ones(5, 3), torch.ones(2, 4, 3), torch.zeros(2, 4)).shape)
        (2, 5, 4)
    """
    if inputs.ndim == 2:
        m, o, d = weight.shape
        joint = functional.linear(inputs, weight.reshape(m * o, d), bias.reshape(m * o))
        return joint.unflatten(1, (m, o)).transpose(0, 1)
    return torch.baddbmm(bias.unsqueeze(1), inputs, weight.transpose(1, 2))
