"""How much differences between methods vary, from published scores: by split, class, seed and query."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mgah.errors import InputError

#: Variance of one query's difference inside its class, over that of the classes' means. On the published runs it is 2
#: (awa2-mini) to 4 (imagenet-mini); score files hold no queries.
QUERY_RATIO = 4.0


class Spread(NamedTuple):
    """Standard deviations of a difference between two methods of which each was trained with its own seeds.

    ``split`` and ``seed`` move all classes of a split together, ``class_`` one class, ``class_seed`` one class under
    one seed, ``query`` one query.
    """

    split: float
    class_: float
    seed: float
    class_seed: float
    query: float


def measure(
    scores: pd.DataFrame,
    ablations: pd.DataFrame,
    reference: str,
    baselines: Sequence[str],
    bits: int,
    queries: int,
) -> pd.DataFrame:
    """`Spread` of every dataset of ``scores``, of the mAP of ``reference`` less that of ``baselines`` at ``bits``.

    The variance between units is measured, which are splits where a split has one class and else the classes inside
    splits. What of it is due to seeds is measured where ``ablations`` has several of them, and is the same share
    everywhere. Drawing other training images moves a split as much as other seeds do, and a query varies by
    `QUERY_RATIO`; the classes have the rest. ``queries`` is their number in a split.

    Returns the columns ``dataset`` and those of `Spread`. Raises `InputError` for scores that lack a method, or
    ablations of one seed.
    """
    ours = _by_class(scores, bits)
    lacking = [method for method in (reference, *baselines) if method not in set(ours["method"])]
    if lacking:
        raise InputError(f"scores have no mAP of classes at {bits} bits of {lacking}, expected all of them")
    totals = {}
    for dataset, part in ours.groupby("dataset", sort=True):
        table = part.groupby(["method", "split", "class"])["value"].mean().unstack(["split", "class"])
        totals[dataset] = _variance((table.loc[reference] - table.loc[list(baselines)]).T)
    tables = [
        (dataset, rows.pivot_table(index="class", columns="seed", values="value").to_numpy())
        for (dataset, _, _), rows in _by_class(ablations, bits).groupby(["dataset", "split", "method"])
    ]
    if not tables or min(table.shape[1] for _, table in tables) < 2:
        raise InputError(
            f"ablations have one seed or none at {bits} bits, expected several to tell their spread"
        )
    # the difference of two methods has twice the variance of one
    shares = [2 * np.array(of_seeds(table)) / totals[dataset][0] for dataset, table in tables]
    seed, class_seed = np.maximum(np.mean(shares, axis=0), 0)
    rows = []
    for dataset, (total, classes) in totals.items():
        left = 1 - class_seed - QUERY_RATIO * classes / queries - (2 * seed if classes == 1 else 0)
        parts = np.array([seed, max(left, 0), seed, class_seed, QUERY_RATIO])
        rows.append({"dataset": dataset} | Spread(*np.sqrt(total * parts).tolist())._asdict())
    return pd.DataFrame(rows)


def of_seeds(table: np.ndarray) -> tuple[float, float]:
    """Variances that seeds add to a method's scores (classes, seeds): to all classes together, and to each.

    Those of a two-way layout without repetition; the first is unbiased, so that it may be below 0.

    Examples:
        >>> of_seeds(np.array([[0.0, 0.5], [1.0, 1.0]]))
        (0.0, 0.0625)
    """
    centered = table - table.mean(axis=1, keepdims=True)
    shared = centered.mean(axis=0)
    classes, seeds = table.shape
    each = float(((centered - shared) ** 2).sum() / ((classes - 1) * (seeds - 1)))
    return float(np.var(shared, ddof=1) - each / classes), each


def _by_class(scores: pd.DataFrame, bits: int) -> pd.DataFrame:
    """mAP of the unseen classes at one code length."""
    return scores[(scores["metric"] == "mAP") & (scores["class"] != "") & (scores["bits"] == bits)]


def _variance(differences: pd.DataFrame) -> tuple[float, int]:
    """Mean variance between units and classes a split; rows (split, class), a column a baseline."""
    sizes = differences.groupby("split").size()
    if sizes.max() == 1:
        return float(differences.var(ddof=1).mean()), 1
    return float(differences.groupby("split").var(ddof=1).mean(axis=None)), int(sizes.max())
