"""Similarity graphs of some images of a training batch as a tidy table (``.csv``). Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits`` int64; ``matrix`` str, one of `MATRICES`; ``row``, ``column`` int64, places of two images, which are sorted by
class; ``row_class``, ``column_class`` str; ``value`` float64, six decimals.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path
from mgah.tables.tidy import CELL

#: S_f (equation 3), S_a (equation 5), S (equation 6).
MATRICES = ("fixed", "attention", "joint")
COLUMNS = (*CELL, "matrix", "row", "column", "row_class", "column_class", "value")


def graph_table(cell: dict, graphs: dict[str, np.ndarray], classes: list[str]) -> pd.DataFrame:
    """The table of ``graphs``, float (n, n) each by the words of `MATRICES`, of images of ``classes`` (n)."""
    n = len(classes)
    row, column = (places.ravel() for places in np.indices((n, n)))
    parts = [
        pd.DataFrame({"matrix": name, "row": row, "column": column, "value": graphs[name].ravel()})
        for name in MATRICES
    ]
    table = pd.concat(parts, ignore_index=True).assign(**{name: cell[name] for name in CELL})
    names = dict(enumerate(classes))
    table = table.assign(row_class=table["row"].map(names), column_class=table["column"].map(names))
    return table[list(COLUMNS)]


def matrix(table: pd.DataFrame, name: str) -> np.ndarray:
    """One matrix of a table, float64 (n, n)."""
    part = table[table["matrix"] == name]
    return part.pivot(index="row", columns="column", values="value").to_numpy()


def write_graphs(target: Path | str, table: pd.DataFrame) -> None:
    """Write a table of graphs atomically."""
    with atomic_path(target) as path:
        table.to_csv(path, index=False, float_format="%.6f", lineterminator="\n", encoding="utf-8")


def read_graphs(source: Path | str) -> pd.DataFrame:
    """Read a table of graphs; an `InputError` names a file that is none or whose matrices are not whole."""
    try:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        table = table.astype(dict.fromkeys(("seed", "bits", "row", "column"), int) | {"value": float})
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"graphs {source} cannot be read as csv ({error}): make them again") from error
    if tuple(table.columns) != COLUMNS:
        raise InputError(f"graphs {source} have the columns {list(table.columns)}, expected {list(COLUMNS)}")
    n = table["row"].max() + 1
    places = {(name, row, column) for name in MATRICES for row in range(n) for column in range(n)}
    found = list(table[["matrix", "row", "column"]].itertuples(index=False, name=None))
    if len(found) != len(places) or set(found) != places:
        raise InputError(
            f"graphs {source} hold {len(found)} values, expected one for each pair of {n} images in each of "
            f"{', '.join(MATRICES)}: make them again"
        )
    return table
