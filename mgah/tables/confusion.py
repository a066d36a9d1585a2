"""Which classes stand nearest to the queries of unseen classes (``.csv``), tidy. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits`` int64; ``top`` int64, how many nearest images are looked at; ``query_class``, ``class`` str; ``unseen`` bool,
whether ``class`` is an unseen class of the split; ``share`` float64, expected share of ``class`` among the nearest
images, mean over the queries of ``query_class``; ``database_share`` float64, its share of the database, which is what
a random order gives. Shares of a query class add up to 1.
"""

from pathlib import Path

import pandas as pd

from mgah.tables.tidy import CELL, read_tidy, write_tidy

KEY = (*CELL, "query_class", "class")
COLUMNS = (*CELL, "top", "query_class", "class", "unseen", "share", "database_share")
_TYPES = {"seed": int, "bits": int, "top": int, "unseen": bool, "share": float, "database_share": float}


def write_confusion(target: Path | str, table: pd.DataFrame) -> None:
    """Write shares atomically, to 6 decimals and in the order of their key: the same rows give the same bytes."""
    write_tidy(target, table, KEY, float_format="%.6f")


def read_confusion(source: Path | str) -> pd.DataFrame:
    """Read shares; a file that is none, or a key that occurs twice, is an `InputError`."""
    return read_tidy(source, "confusion", "make it again", COLUMNS, KEY, _TYPES)
