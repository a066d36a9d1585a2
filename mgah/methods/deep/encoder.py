"""The binary encoder f (equation 1) on frozen features, for several models trained side by side."""

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
    """Weights of one encoder: z = W relu(V x + a) + b with a trunk, z = W x + b without.

    ``hash_weight`` (K, T or d), ``hash_bias`` (K,), ``trunk_weight`` (T, d) or None, ``trunk_bias`` (T,) or None;
    float32.

    Example:
        >>> EncoderWeights(np.eye(2, dtype=np.float32), np.zeros(2, np.float32))(np.array([[1.0, -2.0]])).tolist()
        [[1.0, -2.0]]
    """

    hash_weight: np.ndarray
    hash_bias: np.ndarray
    trunk_weight: np.ndarray | None = None
    trunk_bias: np.ndarray | None = None

    def hidden(self, features: np.ndarray) -> np.ndarray:
        """Input of the hash layer for ``features`` (n, d): the features themselves where there is no trunk."""
        if self.trunk_weight is None:
            return features
        return np.maximum(features @ self.trunk_weight.T + self.trunk_bias, 0)

    def centered(self, weight: np.ndarray, mean: np.ndarray) -> Self:
        """The same trunk with a hash layer ``weight`` (K, T or d) that maps ``mean``, of its input, to 0."""
        bias = -weight @ mean
        return replace(self, hash_weight=weight.astype(np.float32), hash_bias=bias.astype(np.float32))

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """z = f(x) for ``features`` (n, d), float (n, K); its signs are the code (equation 10)."""
        return self.hidden(features) @ self.hash_weight.T + self.hash_bias


def uniform(random: np.random.Generator, shape: tuple[int, ...], fan_in: int) -> np.ndarray:
    """Draw float32 weights uniform in +-1 / sqrt(fan_in).

    Example:
        >>> uniform(np.random.default_rng(0), (2, 3), 3).shape
        (2, 3)
    """
    bound = 1 / math.sqrt(fan_in)
    return random.uniform(-bound, bound, shape).astype(np.float32)


def random_start(d: int, trunk: int, n_bits: int, random: np.random.Generator) -> EncoderWeights:
    """An encoder before training: uniform weights and biases; ``trunk`` = 0 for none.

    Example:
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
    """``starts`` with hash layers set to ITQ of their input: centered by the bias, z of deviation ``scale``.

    Args:
        rows: training features, (n, d).
        seeds: one a start, of its rotation; starts of one seed have one trunk and share its directions.

    Example:
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
    """Encoders of m models in one module: one matrix product serves all where they see the same batch.

    Models may differ in code length: shorter ones are padded with zero rows up to the longest, K. A padded bit is
    0 after every layer without a bias, its weights get no gradient and stay 0, so padding changes nothing.

    Example:
        >>> start = random_start(d=6, trunk=4, n_bits=2, random=np.random.default_rng(0))
        >>> tuple(StackedEncoder([start, start], 0.0, [0, 0])(torch.ones(5, 6)).shape)
        (2, 5, 2)
    """

    def __init__(self, starts: Sequence[EncoderWeights], dropout: float, seeds: Sequence[int]) -> None:
        """``starts`` and ``seeds`` (of the dropout) one a model; ``dropout`` is a share of the trunk's outputs."""
        super().__init__()
        self.outputs = [len(start.hash_bias) for start in starts]
        longest = max(self.outputs)
        self.hash_weight = stack([start.hash_weight for start in starts], longest)
        self.hash_bias = stack([start.hash_bias for start in starts], longest)
        self.trunk_weight = _stack_any([start.trunk_weight for start in starts])
        self.trunk_bias = _stack_any([start.trunk_bias for start in starts])
        self.dropout = dropout
        self._streams = [torch.Generator().manual_seed(seed) for seed in seeds]

    def forward(self, features: Tensor) -> Tensor:
        """z of shape (m, n, K) for one batch (n, d) that all models share, or a batch a model (m, n, d)."""
        hidden = features
        if self.trunk_weight is not None and self.trunk_bias is not None:
            hidden = functional.relu(stacked_linear(features, self.trunk_weight, self.trunk_bias))
            if self.dropout:
                hidden = hidden * self._kept(hidden)
        return stacked_linear(hidden, self.hash_weight, self.hash_bias)

    def _kept(self, hidden: Tensor) -> Tensor:
        """Dropout's factors, each model from its own stream: 0, or 1 / (1 - dropout)."""
        draws = torch.stack([torch.rand(hidden.shape[1:], generator=stream) for stream in self._streams])
        return (draws >= self.dropout).to(hidden) / (1 - self.dropout)

    def weights(self) -> Sequence[EncoderWeights]:
        """The trained encoders, without padding."""

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


def _stack_any(arrays: Sequence[np.ndarray | None]) -> nn.Parameter | None:
    """`stack` of what all models have or none has."""
    given = [array for array in arrays if array is not None]
    return stack(given) if given else None


def stack(arrays: Sequence[np.ndarray], *longest: int) -> nn.Parameter:
    """One parameter (m, ...) of m arrays, zero-padded at the end of the leading axes up to ``longest``.

    Example:
        >>> tuple(stack([np.ones((2, 3)), np.ones((4, 3))], 4).shape)
        (2, 4, 3)
    """
    padded = []
    for array in arrays:
        missing = [(0, size - array.shape[axis]) for axis, size in enumerate(longest)]
        padded.append(np.pad(array, missing + [(0, 0)] * (array.ndim - len(missing))))
    return nn.Parameter(torch.from_numpy(np.stack(padded)))


def bit_mask(n_bits: Sequence[int]) -> Tensor:
    """1 for the bits of each of m stacked models and 0 for its padding, float32 (m, 1, K), K the longest code.

    Example:
        >>> bit_mask([2, 3]).squeeze(1).tolist()
        [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]]
    """
    lengths = torch.tensor(n_bits).view(-1, 1, 1)
    return (torch.arange(max(n_bits)) < lengths).float()


def stacked_linear(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Linear layers of m models: inputs (n, d) or (m, n, d), weight (m, o, d), bias (m, o) -> (m, n, o).

    Example:
        >>> tuple(stacked_linear(torch.ones(5, 3), torch.ones(2, 4, 3), torch.zeros(2, 4)).shape)
        (2, 5, 4)
    """
    if inputs.ndim == 2:
        m, o, d = weight.shape
        joint = functional.linear(inputs, weight.reshape(m * o, d), bias.reshape(m * o))
        return joint.unflatten(1, (m, o)).transpose(0, 1)
    return torch.baddbmm(bias.unsqueeze(1), inputs, weight.transpose(1, 2))
