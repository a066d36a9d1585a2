"""Signs in training, with a gradient: what the methods with a discrete layer share."""

import torch
from torch import Tensor


class StraightThroughSign(torch.autograd.Function):
    """Signs, +1 at 0; backward passes the gradient on, with ``clip`` only where the input lies in [-1, 1]."""

    @staticmethod
    def forward(ctx, values: Tensor, clip: bool) -> Tensor:
        """-1 and +1 of the shape and type of ``values``."""
        ctx.save_for_backward(values.abs() <= 1 if clip else torch.ones_like(values, dtype=torch.bool))
        return torch.where(values >= 0, 1.0, -1.0).to(values)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient on the passing entries, 0 elsewhere."""
        return gradient * ctx.saved_tensors[0], None
