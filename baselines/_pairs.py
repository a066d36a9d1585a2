"""Means over the pairs and over the bits of a batch, and the quantization loss: what deep losses share."""

import math

import torch
from torch import Tensor
from torch.nn import functional


def same_class(labels: Tensor) -> Tensor:
    """Whether two images are of one class: labels (n,) or (m, n) -> bool (n, n) or (m, n, n)."""
    return labels.unsqueeze(-1) == labels.unsqueeze(-2)


def distinct(n: int, device: torch.device) -> Tensor:
    """The pairs of two different images, bool (n, n): a pair of an image with itself teaches nothing."""
    return ~torch.eye(n, dtype=torch.bool, device=device)


def mean_over(values: Tensor, chosen: Tensor) -> Tensor:
    """Mean of values (m, a, b) over the pairs ``chosen``, bool (a, b) or (m, a, b) -> (m,); 0 where there are none."""
    count = chosen.sum(dim=(-2, -1)).clamp_min(1)
    return (values * chosen).sum(dim=(-2, -1)) / count


def balanced_mean(values: Tensor, positive: Tensor, chosen: Tensor) -> Tensor:
    """Mean of the means over positive and over negative pairs among ``chosen``; arguments as in `mean_over`.

    With c classes all but one in c pairs are negative; without balance they outweigh the positive ones.
    """
    return (mean_over(values, positive & chosen) + mean_over(values, ~positive & chosen)) / 2


def log_cosh(values: Tensor) -> Tensor:
    """log cosh, without overflow."""
    size = values.abs()
    return size + functional.softplus(-2 * size) - math.log(2)


def mean_over_bits(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of values (m, n, K) over samples and real bits, those where ``mask`` (m, 1, K) is 1 and not 0 -> (m,)."""
    return (values * mask).sum(dim=(-2, -1)) / (values.shape[-2] * mask.sum(dim=(-2, -1)))


def quantization_loss(codes: Tensor, mask: Tensor) -> Tensor:
    """Mean of log cosh(|code| - 1) over samples and bits, a smooth | |code| - 1 | (DHN, equation 8).

    Args:
        codes: relaxed codes (m, n, K).
        mask: 1 for bits and 0 for padding, (m, 1, K).

    Returns:
        (m,); not the sum over bits, which some copies weigh, and which grows with the code length.
    """
    return mean_over_bits(log_cosh(codes.abs() - 1), mask)
