"""A projection of centered features as a module of torch, for methods whose outputs are one."""

import numpy as np
import torch
from torch import Tensor, nn

from mgah.normalization_of_tensors import unit_rows


class Projection(nn.Module):
    """Maps features x to (x - mean) projection, computed in the precision that these two have.

    Args:
        mean: what is subtracted, float (d,).
        projection: directions, float (d, K).
        normalize: whether rows are brought to unit length first.

    Examples:
        >>> projection = Projection(np.array([1.0, 0.0]), np.array([[2.0], [5.0]]), normalize=False)
        >>> projection(torch.tensor([[3.0, 1.0]])).tolist()
        [[9.0]]
    """

    mean: Tensor
    projection: Tensor

    def __init__(self, mean: np.ndarray, projection: np.ndarray, normalize: bool) -> None:
        super().__init__()
        self.normalize = normalize
        self.register_buffer("mean", torch.from_numpy(np.array(mean)))
        self.register_buffer("projection", torch.from_numpy(np.array(projection)))

    def forward(self, features: Tensor) -> Tensor:
        """Project ``features``, float (n, d): (n, K)."""
        rows = unit_rows(features) if self.normalize else features
        return (rows.to(self.projection.dtype) - self.mean) @ self.projection
