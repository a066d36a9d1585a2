"""An encoder whose outputs are batch-normalized in training; the normalization folds into the hash layer at the end."""

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
    that encoding stays one affine map of the hash layer's input. The hash layer's own bias changes nothing before a
    normalization; it is 0 and not trained.

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

    def __init__(self, starts: Sequence[EncoderWeights], dropout: float, seeds: Sequence[int]) -> None:
        super().__init__(starts, dropout, seeds)
        self.hash_bias.data.zero_()
        self.hash_bias.requires_grad_(False)
        mask = bit_mask(self.outputs)
        self.register_buffer("mask", mask)
        self.scale, self.shift = nn.Parameter(mask.clone()), nn.Parameter(torch.zeros_like(mask))
        self.register_buffer("running_mean", torch.zeros_like(mask))
        self.register_buffer("running_variance", torch.ones_like(mask))

    def forward(self, features: Tensor) -> Tensor:
        """Compute normalized z, float (m, n, K); the running statistics follow. One image alone has no statistics."""
        z = super().forward(features)
        n = z.shape[-2]
        mean, variance = self.running_mean, self.running_variance
        if n > 1:
            mean = z.mean(dim=-2, keepdim=True)
            variance = z.var(dim=-2, keepdim=True, correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, _MOMENTUM)
                self.running_variance.lerp_(variance * (n / (n - 1)), _MOMENTUM)
        return ((z - mean) * torch.rsqrt(variance + _EPSILON) * self.scale + self.shift) * self.mask

    def weights(self) -> list[EncoderWeights]:
        """Return the encoders with the running statistics folded into their hash layers, without padding."""
        factors = self.scale * torch.rsqrt(self.running_variance + _EPSILON)
        shifts = self.shift - factors * self.running_mean
        folded = []
        for weights, factor, shift in zip(super().weights(), factors, shifts, strict=True):
            outputs = len(weights.hash_bias)
            of_bits = factor[0, :outputs].detach().cpu().numpy()
            bias = shift[0, :outputs].detach().cpu().numpy()
            folded.append(
                replace(weights, hash_weight=of_bits[:, None] * weights.hash_weight, hash_bias=bias)
            )
        return folded
