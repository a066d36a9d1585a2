"""The loss of deep methods without labels: cosines of codes as those of the features."""

import torch
from torch import Tensor
from torch.nn import functional


def similarity_loss(codes: Tensor, features: Tensor) -> Tensor:
    """Mean of (cos(b_i, b_j) - cos(x_i, x_j))^2 where i and j are the same place in the two halves of a batch.

    An odd last image is left out; a batch of one image has the loss 0 (Su et al., NeurIPS 2018).

    Args:
        codes: (m, n, K), with zeros as padding.
        features: (n, d) or (m, n, d); they get no gradient.

    Returns:
        (m,).
    """
    half = codes.shape[-2] // 2
    of_codes, of_features = (
        functional.cosine_similarity(rows[..., :half, :], rows[..., half : 2 * half, :], dim=-1)
        for rows in (codes, features.detach())
    )
    return torch.square(of_codes - of_features).sum(dim=-1) / max(half, 1)
