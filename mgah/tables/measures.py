"""Measures beside the paper's (``.csv``), tidy: one row a value. Names, writer and reader side by side.

The columns are those of `mgah.tables.scores`; every row is of a whole split. The metrics are ``mAP@R`` and ``P@k`` with
their numbers of ranks; ``mAP_among_unseen`` and ``chance_mAP_among_unseen``, which rank the images of the database that
are of unseen classes; and ``asymmetric_mAP`` and ``asymmetric_mAP@R``, which rank by real query values.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.tables import scores

#: What begins the name of a measure that ranks by real query values.
ASYMMETRIC = "asymmetric_"
AMONG_UNSEEN, CHANCE_AMONG_UNSEEN = "mAP_among_unseen", "chance_mAP_among_unseen"

MEASURES = scores.SCORES.but(name="measures", empty=True)
write_measures, read_measures = MEASURES.write, MEASURES.read


def map_at(rank: int) -> str:
    """Name of the mean average precision of the first ``rank`` ranks."""
    return f"mAP@{rank}"


def asymmetric_map_at(rank: int | None) -> str:
    """Name of the mean average precision by real query values, of the first ``rank`` ranks or, for None, of all."""
    return ASYMMETRIC + ("mAP" if rank is None else map_at(rank))


def is_asymmetric(metric: str) -> bool:
    """Say whether a measure ranks by real query values."""
    return metric.startswith(ASYMMETRIC)


def precision_at(rank: int) -> str:
    """Name of the precision of the first ``rank`` ranks."""
    return f"P@{rank}"


def collect_measures(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join files of single methods into one table, in the order of its key whatever the order of ``paths``."""
    return scores.join(MEASURES, paths)
