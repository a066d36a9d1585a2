"""Normalization of the rows of a tensor, as `mgah.normalization` does it for arrays."""

import math

import torch
from torch import Tensor


def unit_rows(rows: Tensor) -> Tensor:
    """Scale each row of ``rows``, float (..., d), to unit Euclidean length, dtype kept; a zero row stays zero.

    Rows may have any finite size, as in `mgah.normalization.l2_rows`: where squares would be too large for the dtype or
    so small that they lose digits, the row is multiplied by a power of two first, which rounds nothing. Any other row
    is divided by its length, bit by bit as `torch.nn.functional.normalize` does it, in gradients too. All steps have
    operators in ONNX.

    Examples:
        >>> unit_rows(torch.tensor([[3.0, 4.0], [0.0, 0.0], [1e-30, 0.0], [0.0, 3e38]])).tolist()
        [[0.6000000238418579, 0.800000011920929], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    """
    # 2^-exponent is near the smallest number, and 2^exponent too large: of float32 with 128, of float64 with 1024
    exponent = math.frexp(torch.finfo(rows.dtype).max)[1]
    largest = rows.detach().abs().amax(dim=-1, keepdim=True)
    factor = torch.ones_like(largest)
    factor = torch.where(largest > 2.0 ** (exponent * 7 // 16), 2.0 ** -(exponent * 5 // 8), factor)
    factor = torch.where(largest < 2.0 ** -(exponent * 5 // 16), 2.0 ** (exponent * 11 // 16), factor)
    scaled = rows * factor
    norms = torch.linalg.vector_norm(scaled, dim=-1, keepdim=True)
    return scaled / torch.where(norms > 0, norms, 1)
