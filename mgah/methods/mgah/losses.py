"""The Energy Magnified Softmax loss (equation 9)."""

import torch
from torch import Tensor
from torch.nn import functional


def em_softmax(logits: Tensor, target: Tensor, beta: float) -> Tensor:
    """Cross-entropy after the true class's logit has been magnified by ``beta`` (equation 9).

    Args:
        logits: s = Bt W^T, float (..., n, classes).
        target: true classes, int64 (..., n).
        beta: energy factor, 1 or above; 1 is the usual softmax loss.

    Returns:
        The mean over the n samples, of the dtype of the logits, (...): a scalar for logits (n, classes).

    Example:
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
    """Value of a schedule (delta, beta) that grows from ``start`` to ``end`` as ``progress`` goes from 0 to 1.

    Example:
        >>> linear_growth(1.0, 5.0, 0.5)
        3.0
    """
    return start + (end - start) * progress


def classifier_logits(codes: Tensor, weight: Tensor, *, center: bool = False) -> Tensor:
    """s = Bt W^T of stacked models: codes (m, n, K), weight (m, classes, K) -> (m, n, classes).

    ``center`` subtracts the mean over classes from the weight: nothing changes at beta = 1, and above it the
    degenerate minimum of constant bits is gone.

    Example:
        >>> tuple(classifier_logits(torch.ones(1, 5, 8), torch.ones(1, 3, 8)).shape)
        (1, 5, 3)
    """
    if center:
        weight = weight - weight.mean(dim=1, keepdim=True)
    return torch.matmul(codes, weight.transpose(1, 2))
