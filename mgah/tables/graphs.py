"""Similarity graphs of some images of a training batch as a tidy table (``.csv``). Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``seed``,
``bits`` int64; ``trained`` str, as in `mgah.tables.scores`; ``matrix`` str, one of `MATRICES`; ``row``, ``column``
int64, numbers of two images from 0, sorted by class; ``row_class``, ``column_class`` str; ``value`` float64, six
decimals.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.tables.format import RUN_TYPES, TableFormat
from mgah.tables.keys import RUN_KEY

#: S_f (equation 3), S_a (equation 5), S (equation 6).
MATRICES = ("fixed", "attention", "joint")


def _whole(table: pd.DataFrame) -> str | None:
    if table.empty:
        return None
    n = table["row"].max() + 1
    places = {(name, row, column) for name in MATRICES for row in range(n) for column in range(n)}
    found = list(table[["matrix", "row", "column"]].itertuples(index=False, name=None))
    if len(found) == len(places) and set(found) == places:
        return None
    return (
        f"has {len(found)} values, expected one for each pair of {n} images in each of {', '.join(MATRICES)}"
    )


GRAPHS = TableFormat(
    name="graphs",
    columns=RUN_TYPES
    | {
        "trained": str,
        "matrix": str,
        "row": int,
        "column": int,
        "row_class": str,
        "column_class": str,
        "value": float,
    },
    key=(*RUN_KEY, "matrix", "row", "column"),
    float_format="%.6f",
    check=_whole,
)
COLUMNS = tuple(GRAPHS.columns)
write_graphs, read_graphs = GRAPHS.write, GRAPHS.read


def graph_table(cell: dict, graphs: dict[str, np.ndarray], classes: list[str]) -> pd.DataFrame:
    """The tidy table of ``graphs``, a dict from each of `MATRICES` to float (n, n), of n images of ``classes`` (n)."""
    n = len(classes)
    row, column = (places.ravel() for places in np.indices((n, n)))
    parts = [
        pd.DataFrame({"matrix": name, "row": row, "column": column, "value": graphs[name].ravel()})
        for name in MATRICES
    ]
    place = {name: cell[name] for name in (*RUN_KEY, "trained")}
    table = pd.concat(parts, ignore_index=True).assign(**place)
    names = dict(enumerate(classes))
    table = table.assign(row_class=table["row"].map(names), column_class=table["column"].map(names))
    return table[list(COLUMNS)]


def collect_graphs(paths: Sequence[Path | str]) -> pd.DataFrame:
    """The table of the one file of ``paths``; no file gives no rows."""
    return pd.concat([read_graphs(path) for path in paths], ignore_index=True) if paths else GRAPHS.rows([])


def matrix(table: pd.DataFrame, name: str) -> np.ndarray:
    """One of the `MATRICES` of a table as an array, float64 (n, n)."""
    part = table[table["matrix"] == name]
    return part.pivot(index="row", columns="column", values="value").to_numpy()


def asymmetry(table: pd.DataFrame, name: str) -> float:
    """The largest difference of a matrix to its transpose."""
    values = matrix(table, name)
    return float(np.abs(values - values.T).max())
