"""Precision and recall over the Hamming radius of every cell (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits``, ``radius`` int64, a row for every radius 0..bits; ``precision``, ``recall`` and ``empty_share``, the share of
queries with nothing within the radius: float64, means over the queries of unseen classes
(`mgah.metrics.from_counts.precision_recall`), written so that they read back bit for bit, ``nan`` where no query has a
relevant item.
"""

from pathlib import Path

import pandas as pd

from mgah.tables.tidy import CELL, read_tidy, write_tidy

KEY = (*CELL, "radius")
VALUES = ("precision", "recall", "empty_share")
COLUMNS = (*KEY, *VALUES)
_TYPES = {"seed": int, "bits": int, "radius": int} | dict.fromkeys(VALUES, float)


def write_curves(target: Path | str, table: pd.DataFrame) -> None:
    """Write curves atomically, in the order of their key: the same rows give the same bytes."""
    write_tidy(target, table, KEY, na_rep="nan")


def read_curves(source: Path | str) -> pd.DataFrame:
    """Read curves; other columns, text where a number belongs or a key that occurs twice are an `InputError`."""
    return read_tidy(source, "curves", "make them again", COLUMNS, KEY, _TYPES)
