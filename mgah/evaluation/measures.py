"""``python -m mgah.evaluation.measures``: score codes files by what other papers print, beside the paper's measures.

They are the mean average precision and the precision of the first ranks, and the mean average precision among images of
unseen classes alone. Codes files are read as they are, so that nothing is trained again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.cells import read_cell, unseen_classes
from mgah.evaluation.rows import Value, score_rows
from mgah.methods.codes import Codes
from mgah.metrics.at_k import average_precision_at_k, precision_at_k
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import chance_average_precision, expected_average_precision, mean_defined
from mgah.metrics.index import build_index, words_of_packed
from mgah.tables.leaks import read_marks_by_class
from mgah.tables.measures import AMONG_UNSEEN, CHANCE_AMONG_UNSEEN, map_at, precision_at, write_measures
from mgah.tables.scores import COLUMNS


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the measures of all codes files."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.measures", description=__doc__)
    parser.add_argument("--ranks", nargs="*", type=int, default=[], help="each R of mAP@R")
    parser.add_argument("--precision-ranks", nargs="*", type=int, default=[], help="each k of P@k")
    parser.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    parser.add_argument("--output", required=True, type=Path, help="table of measures to write (.csv)")
    parser.add_argument("codes", nargs="+", type=Path, help="codes files (.npz)")
    given = parser.parse_args(arguments)
    leaks = read_marks_by_class(given.leaks)
    tables = []
    for path in tqdm(given.codes, desc="measure", unit="cell", disable=None):
        codes = read_cell(path)
        try:
            values = measured(codes, given.ranks, given.precision_ranks)
        except InputError as error:
            raise InputError(f"codes file {path}: {error}") from error
        tables.append(score_rows(codes.cell, values, unseen_classes(codes), leaks)[list(COLUMNS)])
    write_measures(given.output, pd.concat(tables, ignore_index=True))


def measured(codes: Codes, ranks: Sequence[int], precision_ranks: Sequence[int]) -> list[Value]:
    """Return the measures of one cell, means over its queries, which are images of unseen classes.

    Args:
        codes: the cell's codes.
        ranks: each R of mAP@R, the average precision of the first R ranks over the hits within them.
        precision_ranks: each k of P@k.

    Returns:
        The values, expected over all orders of items at equal distance. mAP among unseen classes, and what a random
        order has there, only where there are two or more unseen classes: with one every item is relevant.

    Raises:
        InputError: for a k above the size of the database.
    """
    queries, words = words_of_packed(codes.query_codes), words_of_packed(codes.database_codes)
    index = build_index(words, codes.n_bits, codes.database_labels)
    cnt, rel = counts(queries, codes.query_labels, index)
    found = {map_at(rank): average_precision_at_k(cnt, rel, rank) for rank in ranks}
    found |= {precision_at(rank): precision_at_k(cnt, rel, rank) for rank in precision_ranks}
    classes = np.unique(codes.query_labels)
    if len(classes) > 1:
        unseen = np.isin(codes.database_labels, classes)
        index = build_index(words[:, unseen], codes.n_bits, codes.database_labels[unseen])
        cnt, rel = counts(queries, codes.query_labels, index)
        found[AMONG_UNSEEN] = expected_average_precision(cnt, rel)
        found[CHANCE_AMONG_UNSEEN] = chance_average_precision(cnt, rel)
    return [Value(name, "", mean_defined(values)[0]) for name, values in found.items()]


if __name__ == "__main__":
    run(main)
