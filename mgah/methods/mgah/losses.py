"""The paper's Energy Magnified Softmax loss (equation 9)."""

import torch
from torch import Tensor
from torch.nn import functional


def em_softmax(logits: Tensor, target: Tensor, beta: float) -> Tensor:
    """Compute the cross-entropy after the true class's logit has been multiplied by ``beta`` (equation 9).

    Args:
        logits: s = Bt W^T, float (..., n, classes).
        target: true classes, int64 (..., n).
        beta: energy factor, 1 or above; 1 is the usual softmax loss.

    Returns:
        The mean over the n samples, float (...) of the logits' dtype: a scalar for logits (n, classes).

    Examples:
        >>> logits, target = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0, 1])
        >>> round(em_softmax(logits, target, beta=3.0).item(), 4)
        0.0255
    """
    # integers times a Python number would be float32, whatever the logits are
    true = functional.one_hot(target, logits.shape[-1]).to(logits)
    magnified = logits * (1 + (beta - 1) * true)
    classes_second = magnified if magnified.ndim == 2 else magnified.movedim(-1, 1)
    return functional.cross_entropy(classes_second, target, reduction="none").mean(dim=-1)


def linear_growth(start: float, end: float, progress: float) -> float:
    """Return the value, at ``progress`` from 0 to 1, of a schedule that goes linearly from ``start`` to ``end``.

    Examples:
        >>> linear_growth(1.0, 5.0, 0.5)
        3.0
    """
    return start + (end - start) * progress


def root_growth(start: float, end: float, progress: float) -> float:
    """Return the value, at ``progress`` from 0 to 1, of a schedule whose square goes linearly; both ends are positive.

    Examples:
        >>> root_growth(1.0, 7.0, 0.5)
        5.0
    """
    return ((1 - progress) * start**2 + progress * end**2) ** 0.5


def classifier_logits(codes: Tensor, weight: Tensor, *, center: bool = False) -> Tensor:
    """Compute the logits s = Bt W^T of stacked models: float (m, n, classes).

    Args:
        codes: mixed codes Bt, float (m, n, K).
        weight: the classifier's weight W, float (m, classes, K).
        center: whether the mean over classes is subtracted from the weight. That changes no loss at beta = 1; above it
            codes of constant bits are no longer a minimum of the loss.

    Examples:
        >>> tuple(classifier_logits(torch.ones(1, 5, 8), torch.ones(1, 3, 8)).shape)
        (1, 5, 3)
    """
    if center:
        weight = weight - weight.mean(dim=1, keepdim=True)
    return torch.matmul(codes, weight.transpose(1, 2))
