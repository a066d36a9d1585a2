"""Precision and recall over the Hamming radius of every cell (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits``, ``radius`` int64, a row for every radius 0..bits; ``precision``, ``recall`` and ``empty_share``, the share of
queries with nothing within the radius: float64, means over the queries of unseen classes
(`mgah.evaluation.metrics.precision_recall`), written so that they read back bit for bit, ``nan`` where no query has a
relevant item.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.files import atomic_path

CELL = ("dataset", "backbone", "semantics", "split", "method", "label", "seed", "bits")
KEY = (*CELL, "radius")
VALUES = ("precision", "recall", "empty_share")
COLUMNS = (*KEY, *VALUES)


def write_curves(target: Path | str, table: pd.DataFrame) -> None:
    """Write curves atomically, in the order of their key: the same rows give the same bytes."""
    ordered = table.sort_values(list(KEY), ignore_index=True)
    with atomic_path(target) as path:
        ordered.to_csv(path, index=False, na_rep="nan", lineterminator="\n", encoding="utf-8")


def read_curves(source: Path | str) -> pd.DataFrame:
    """Read curves; other columns, text where a number belongs or a key that occurs twice are an `InputError`."""
    try:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        table = table.astype({"seed": int, "bits": int, "radius": int} | dict.fromkeys(VALUES, float))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"curves {source} cannot be read as csv ({error}): make them again") from error
    if tuple(table.columns) != COLUMNS or table.duplicated(list(KEY)).any():
        raise InputError(
            f"curves {source} have the columns {list(table.columns)}, expected {list(COLUMNS)} with one row a cell "
            "and radius: make them again"
        )
    return table
