"""The cross-entropy of stacked models."""

from torch import Tensor
from torch.nn import functional


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of logits (m, n, classes) for labels (n,) or (m, n): (m,)."""
    targets = labels.expand(logits.shape[:-1])
    return functional.cross_entropy(logits.transpose(-2, -1), targets, reduction="none").mean(dim=-1)
