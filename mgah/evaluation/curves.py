"""``python -m mgah.evaluation.curves``: precision and recall of all cells by Hamming radius.

`mgah.tables.curves` describes the file.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.counts_file import cell_key, read_counts
from mgah.metrics.from_counts import precision_recall
from mgah.tables.curves import COLUMNS, VALUES, write_curves
from mgah.tables.keys import RUN_KEY
from mgah.tables.scores import METHOD_COLUMNS, read_scores


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the curves of all cells."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.curves", description=__doc__)
    parser.add_argument("--counts", nargs="+", type=Path, required=True, help="counts files (.npz)")
    parser.add_argument(
        "--scores", nargs="+", type=Path, required=True, help="their score files (.csv), in the same order"
    )
    parser.add_argument("--output", type=Path, required=True, metavar="CURVES.csv")
    given = parser.parse_args(arguments)
    if len(given.counts) != len(given.scores):
        raise InputError(
            f"got {len(given.counts)} counts files and {len(given.scores)} score files, expected one score "
            "file for each counts file, in the same order"
        )
    pairs = zip(given.counts, given.scores, strict=True)
    write_curves(given.output, pd.concat([curves(*pair) for pair in pairs], ignore_index=True))


def curves(counts: Path, scores: Path) -> pd.DataFrame:
    """Return the curves of the cells in the counts file ``counts`` as a table.

    ``scores`` is the score file of the same cells, which gives their display names.
    """
    named = _named(scores)
    parts = []
    for key, cell in read_counts(counts).items():
        if key not in named:
            raise InputError(
                f"counts {counts} hold the cell {key}, of which scores {scores} know nothing: make both again"
            )
        curve = precision_recall(cell["unseen_cnt"], cell["unseen_rel"])
        part = pd.DataFrame(dict(zip(VALUES, curve, strict=True)))
        parts.append(part.assign(**named[key], radius=range(len(part))))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def _named(scores: Path) -> dict[str, dict]:
    """The columns that name each cell of a score file, by `mgah.evaluation.counts_file.cell_key`."""
    cells = read_scores(scores, METHOD_COLUMNS).drop_duplicates(list(RUN_KEY))[list(RUN_KEY)]
    return {cell_key(cell): cell for cell in cells.to_dict("records")}


if __name__ == "__main__":
    run(main)
