"""Which classes stand nearest to the queries of unseen classes (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits`` int64; ``top`` int64, how many nearest images are looked at; ``query_class``, ``class`` str; ``unseen`` bool,
whether ``class`` is an unseen class of the split; ``share`` float64, expected share of ``class`` among the nearest
images, mean over the queries of ``query_class``; ``database_share`` float64, its share of the database, which is what
a random order gives. Shares of a query class add up to 1.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.files import atomic_path

CELL = ("dataset", "backbone", "semantics", "split", "method", "label", "seed", "bits")
KEY = (*CELL, "query_class", "class")
COLUMNS = (*CELL, "top", "query_class", "class", "unseen", "share", "database_share")


def write_confusion(target: Path | str, table: pd.DataFrame) -> None:
    """Write shares atomically, to 6 decimals and in the order of their key: the same rows give the same bytes."""
    ordered = table.sort_values(list(KEY), ignore_index=True)
    with atomic_path(target) as path:
        ordered.to_csv(path, index=False, float_format="%.6f", lineterminator="\n", encoding="utf-8")


def read_confusion(source: Path | str) -> pd.DataFrame:
    """Read shares; a file that is none, or a key that occurs twice, is an `InputError`."""
    try:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        table = table.astype({"seed": int, "bits": int, "top": int, "share": float, "database_share": float})
        table["unseen"] = table["unseen"] == "True"
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"confusion {source} cannot be read as csv ({error}): make it again") from error
    if tuple(table.columns) != COLUMNS or table.duplicated(list(KEY)).any():
        raise InputError(
            f"confusion {source} has the columns {list(table.columns)}, expected {list(COLUMNS)} with one row a cell "
            "and pair of classes: make it again"
        )
    return table
