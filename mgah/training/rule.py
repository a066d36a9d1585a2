"""The rule that takes one of the candidates of a choice, by their scores on tasks of held-out classes."""

import math

import numpy as np

from mgah.metrics.statistics import mean


def best_variant(scores: np.ndarray) -> int:
    """Return the row of ``scores``, float (variants, tasks), that is taken.

    It is the row with the highest mean, of equal ones the first; with two tasks and more, unless its lead over row 0,
    the default, is no larger than one standard error of a mean lead over tasks (`lead_error`), and then it is row 0.
    That error is one number for all rows, so the highest mean passes whenever any does. On a single task the noise is
    not known, and any lead counts. A row with a 0, of a training that diverged, is out, unless every row has one.

    Examples:
        >>> best_variant(np.array([[0.2, 0.3], [0.6, 0.0], [0.4, 0.5]]))
        2
        >>> best_variant(np.array([[0.2, 0.3], [0.4, 0.5], [0.3, 0.3]]))
        1
        >>> best_variant(np.array([[0.2, 0.3], [0.4, 0.5], [0.6, 0.01]]))  # the third row tells of much noise
        0
    """
    converged = np.asarray(scores.all(axis=1))
    if converged.any() and not converged.all():
        rows = np.flatnonzero(converged)
        if not converged[0]:  # without the default there are no leads over it
            return int(max(rows, key=lambda row: mean(scores[row].tolist())))
        return int(rows[best_variant(scores[rows])])
    means = [mean(row) for row in scores.tolist()]
    best = means.index(max(means))
    lead = means[best] - means[0]
    if scores.shape[1] > 1 and best:
        error = lead_error(scores)
        # a lead that is the error but for rounding is no larger
        return best if lead > error and not math.isclose(lead, error) else 0
    return best


def lead_error(scores: np.ndarray) -> float:
    """Return one standard error of a row's mean lead over row 0, pooled over rows; ``scores`` as in `best_variant`.

    Leads are paired by tasks. The variance of a lead is the mean, over all rows but row 0, of the variances over n - 1
    of their leads on the n tasks, as a few tasks alone tell little of the noise of one row. There are two rows and two
    tasks, or more.

    Examples:
        >>> round(lead_error(np.array([[0.25, 0.25], [0.25, 0.75], [0.5, 0.5]])), 4)  # variances 1/8 and 0
        0.1768
    """
    leads = scores[1:] - scores[0]
    return math.sqrt(leads.var(axis=1, ddof=1).mean() / leads.shape[1])
