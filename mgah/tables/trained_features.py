"""Scores on the features of trained networks (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``network``, the name in the config of the method that trained the network; and those of
`mgah.tables.scores`. ``method`` and ``label`` are those of the method that was fitted on the network's features, or of
the line that ranks these without codes; ``bits`` is the code length that the network was trained for, which is also
that of the codes; ``trained`` says what the method ``network`` trained.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.tables import scores

COLUMNS = ("network", *scores.COLUMNS)
KEY = ("network", *scores.KEY)


def _fault(table: pd.DataFrame) -> str | None:
    for network, rows in table.groupby("network"):
        if fault := scores.contradiction(rows):
            return f"{fault} (on the network of {network})"
    return None


TRAINED_FEATURES = scores.SCORES.but(
    name="scores on trained features",
    columns={"network": str} | scores.TYPES,
    key=KEY,
    order=KEY,
    optional=("value",),
    empty=True,
    check=_fault,
)
write_trained_features, read_trained_features = TRAINED_FEATURES.write, TRAINED_FEATURES.read


def collect_trained_features(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join files of single fits into one table, in the order of `KEY` whatever the order of ``paths``."""
    return scores.join(TRAINED_FEATURES, paths)
