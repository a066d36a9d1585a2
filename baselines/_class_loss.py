"""The cross-entropy of stacked models, of logits or of cosines with a margin."""

from torch import Tensor
from torch.nn import functional


def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Mean cross-entropy of logits (m, n, classes) for labels (n,) or (m, n): (m,)."""
    targets = labels.expand(logits.shape[:-1])
    return functional.cross_entropy(logits.transpose(-2, -1), targets, reduction="none").mean(dim=-1)


def margin_loss(cosines: Tensor, labels: Tensor, scale: float, margin: float) -> Tensor:
    """`classification_loss` of ``scale`` times the cosines, that of the own class lowered by ``margin``: (m,)."""
    own = functional.one_hot(labels, cosines.shape[-1])
    return classification_loss(scale * (cosines - margin * own), labels)
