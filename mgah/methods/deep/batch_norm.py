"""An encoder whose outputs are batch-normalized in training; the normalization folds into the hash layer at the end."""

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from mgah.methods.deep.encoder import EncoderWeights, StackedEncoder, bit_mask

_MOMENTUM = 0.1  # share of a batch in the running statistics, as torch has it
_EPSILON = 1e-5


class NormalizedEncoder(StackedEncoder):
    """The encoders of m models, each with a batch normalization of its own after the hash layer.

    A model's statistics are over the images of a batch, never over models. In training they are the batch's, and
    running means of them are what `weights` folds: w' = g w / sqrt(v + eps), b' = g (b - mu) / sqrt(v + eps) + s, so
    that encoding stays one affine map of the hash layer's input. The running means start at 0 and are divided by
    1 - 0.9^t after t batches, as those of Adam are (Kingma and Ba, ICLR 2015), so that they are means of batches alone;
    torch's layer starts at the mean 0 and the variance 1, of which a share of 0.9^t stays. The hash layer's own bias
    changes nothing before a normalization; it is 0 and not trained.

    Examples:
        >>> import numpy as np
        >>> from mgah.methods.deep.encoder import random_start
        >>> start = random_start(d=6, trunk=0, n_bits=2, random=np.random.default_rng(0))
        >>> encoder = NormalizedEncoder([start], 0.0, [0])
        >>> z = encoder(torch.from_numpy(np.random.default_rng(1).standard_normal((50, 6)).astype(np.float32)))
        >>> bool(z.mean(dim=1).abs().max() < 1e-6), bool((z.std(dim=1, correction=0) - 1).abs().max() < 1e-3)
        (True, True)
        >>> encoder.weights()[0].hash_weight.shape
        (2, 6)
    """

    mask: Tensor
    running_mean: Tensor
    running_variance: Tensor
    batches: Tensor

    def __init__(self, starts: Sequence[EncoderWeights], dropout: float, seeds: Sequence[int]) -> None:
        super().__init__(starts, dropout, seeds)
        self.hash_bias.data.zero_()
        self.hash_bias.requires_grad_(False)
        mask = bit_mask(self.outputs)
        self.register_buffer("mask", mask)
        self.scale, self.shift = nn.Parameter(mask.clone()), nn.Parameter(torch.zeros_like(mask))
        self.register_buffer("running_mean", torch.zeros_like(mask))
        self.register_buffer("running_variance", torch.zeros_like(mask))
        self.register_buffer("batches", torch.zeros(len(self.outputs), 1, 1))  # t of each model

    def forward(self, features: Tensor) -> Tensor:
        """Compute normalized z, float (m, n, K); the running statistics follow. One image alone has no statistics."""
        z = super().forward(features)
        n = z.shape[-2]
        if n > 1:
            mean = z.mean(dim=-2, keepdim=True)
            variance = z.var(dim=-2, keepdim=True, correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, _MOMENTUM)
                self.running_variance.lerp_(variance * (n / (n - 1)), _MOMENTUM)
                self.batches += 1
        else:
            mean, variance = self.statistics()
        return ((z - mean) * torch.rsqrt(variance + _EPSILON) * self.scale + self.shift) * self.mask

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Return the running mean and variance, float (m, 1, K) each, without their start; 0 and 1 before any batch.

        Examples:
            >>> import numpy as np
            >>> from mgah.methods.deep.encoder import random_start
            >>> start = random_start(d=2, trunk=0, n_bits=1, random=np.random.default_rng(0))
            >>> start.hash_weight[:] = [[1, 0]]
            >>> encoder = NormalizedEncoder([start], 0.0, [0])
            >>> _ = encoder(torch.tensor([[3.0, 0.0], [5.0, 0.0]]))
            >>> [round(value.item(), 5) for value in encoder.statistics()]
            [4.0, 2.0]
        """
        share = -torch.expm1(self.batches * math.log1p(-_MOMENTUM))  # 1 - 0.9^t
        seen, share = self.batches > 0, share.clamp(min=_MOMENTUM / 2)
        return self.running_mean / share, torch.where(seen, self.running_variance / share, 1.0)

    def weights(self) -> list[EncoderWeights]:
        """Return the encoders with the running statistics folded into their hash layers, without padding."""
        mean, variance = self.statistics()
        factors = self.scale * torch.rsqrt(variance + _EPSILON)
        shifts = self.shift - factors * mean
        folded = []
        for weights, factor, shift in zip(super().weights(), factors, shifts, strict=True):
            outputs = len(weights.hash_bias)
            of_bits = factor[0, :outputs].detach().cpu().numpy()
            bias = shift[0, :outputs].detach().cpu().numpy()
            folded.append(
                replace(weights, hash_weight=of_bits[:, None] * weights.hash_weight, hash_bias=bias)
            )
        return folded
