"""``python -m mgah.evaluation.confusion``: the shares of each class among the nearest images of the queries.

`mgah.tables.confusion` describes the file.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.cli import run
from mgah.evaluation.cells import read_cell
from mgah.methods.codes import Codes
from mgah.metrics.counting import counts
from mgah.metrics.index import build_index, words_of_packed
from mgah.tables.confusion import COLUMNS, write_confusion
from mgah.tables.keys import RUN_KEY

#: Number of nearest images that the shares are of.
TOP = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the shares of all cells."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.confusion", description=__doc__)
    parser.add_argument("codes", nargs="+", type=Path, help="codes files (.npz)")
    parser.add_argument("--output", type=Path, required=True, metavar="CONFUSION.csv")
    given = parser.parse_args(arguments)
    tables = [confusion(read_cell(path)) for path in given.codes]
    write_confusion(given.output, pd.concat(tables, ignore_index=True))


def confusion(codes: Codes, top: int = TOP) -> pd.DataFrame:
    """Return the rows of one cell: the mean share of every class of the database for every class of the queries."""
    names = codes.class_names
    present, sizes = np.unique(codes.database_labels, return_counts=True)
    shares = nearest_shares(codes, top)
    unseen = np.unique(codes.query_labels)
    parts = [
        pd.DataFrame(
            {
                "query_class": names[label],
                "class": [names[other] for other in present],
                "unseen": np.isin(present, unseen),
                "share": shares[codes.query_labels == label].mean(axis=0),
                "database_share": sizes / sizes.sum(),
            }
        )
        for label in unseen
    ]
    cell = {name: codes.cell[name] for name in RUN_KEY}
    return pd.concat(parts, ignore_index=True).assign(**cell, top=top)[list(COLUMNS)]


def nearest_shares(codes: Codes, top: int = TOP, *, backend: str | None = None) -> np.ndarray:
    """Return each class's share among the ``top`` nearest images of each query: float64 (queries, classes).

    The classes are those of the database, ascending. Where images at one distance do not all belong to the nearest
    ``top``, the share is the expected one over their random order: each of them counts with the same probability.
    """
    words, queries = words_of_packed(codes.database_codes), words_of_packed(codes.query_codes)
    items = np.stack(  # (queries, classes, distances)
        [
            _items(words[:, codes.database_labels == label], queries, codes.n_bits, backend)
            for label in np.unique(codes.database_labels)
        ],
        axis=1,
    )
    at_distance = items.sum(axis=1)
    before = np.cumsum(at_distance, axis=1) - at_distance
    taken = np.clip(top - before, 0, at_distance) / np.maximum(at_distance, 1)
    found = (items * taken[:, None, :]).sum(axis=2)
    return found / min(top, len(codes.database_ids))


def _items(words: np.ndarray, queries: np.ndarray, n_bits: int, backend: str | None) -> np.ndarray:
    """Number of images of one class at every distance from every query, int64 (queries, n_bits + 1)."""
    index = build_index(words, n_bits, np.zeros(words.shape[1], np.int64))
    cnt, _ = counts(queries, np.zeros(queries.shape[1], np.int64), index, backend=backend)
    return cnt


if __name__ == "__main__":
    run(main)
