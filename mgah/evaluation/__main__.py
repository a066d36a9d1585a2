"""The evaluation stage, ``python -m mgah.evaluation COMMAND``: score codes files.

``score`` ranks by Hamming distance and writes a table of scores and the counts that they are computed from; ``sweep``
scores the codes of a sweep and writes the table of `mgah.tables.sweeps`.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.cells import read_cell, unseen_classes
from mgah.evaluation.counts_file import cell_key, write_counts
from mgah.evaluation.rows import score_rows
from mgah.evaluation.score import score_codes
from mgah.io.targets import check_targets
from mgah.methods.codes import Codes
from mgah.tables.leaks import read_marks_by_class
from mgah.tables.scores import METHOD_COLUMNS, write_scores
from mgah.tables.sweeps import SWEEP, check_setting, write_sweeps


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and run the command that it names."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation", description=__doc__)
    commands = parser.add_subparsers(required=True)
    score = commands.add_parser("score", help="score codes files")
    score.add_argument("--counts", required=True, type=Path, help="counts file to write (.npz)")
    score.add_argument("codes", nargs="+", type=Path, help="codes files (.npz)")
    score.set_defaults(command=_score)
    sweep = commands.add_parser("sweep", help="score the codes of a sweep")
    sweep.add_argument(
        "folders", nargs="+", type=Path, help="folders of codes files (.npz) of mgah.training sweep"
    )
    sweep.set_defaults(command=_sweep)
    for command in (score, sweep):
        command.add_argument("--output", required=True, type=Path, help="score file to write (.csv)")
        command.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    given = parser.parse_args(arguments)
    given.command(given)


def _score(arguments: argparse.Namespace) -> None:
    check_targets([arguments.output, arguments.counts], [*arguments.codes, arguments.leaks])
    leaks = read_marks_by_class(arguments.leaks)
    tables, counts = [], {}
    for path in tqdm(arguments.codes, desc="score", unit="cell", disable=None):
        codes = read_cell(path)
        key = cell_key(codes.cell)
        if key in counts:
            raise InputError(
                f"codes file {path} is the cell {key}, which another file is already: leave one out"
            )
        rows, counts[key] = _scored(codes, path, leaks)
        tables.append(rows)
    _check_leak_scope(tables, leaks)
    write_counts(arguments.counts, counts)
    write_scores(arguments.output, pd.concat(tables, ignore_index=True), METHOD_COLUMNS)


def _sweep(arguments: argparse.Namespace) -> None:
    leaks = read_marks_by_class(arguments.leaks)
    paths = [path for folder in arguments.folders for path in sorted(folder.rglob("*.npz"))]
    if not paths:
        raise InputError(f"{', '.join(map(str, arguments.folders))} hold no codes: fit the sweep first")
    check_targets([arguments.output], [*paths, arguments.leaks])
    tables = []
    for path in tqdm(paths, desc="score", unit="cell", disable=None):
        codes = read_cell(path)
        check_setting(codes.cell, f"codes file {path}")
        rows = _scored(codes, path, leaks)[0].drop(columns="notes")
        tables.append(rows.assign(**{key: codes.cell[key] for key in SWEEP})[[*SWEEP, *rows.columns]])
    _check_leak_scope(tables, leaks)
    write_sweeps(arguments.output, pd.concat(tables, ignore_index=True))


def _scored(
    codes: Codes, path: Path, leaks: Mapping[str, str] | None
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Score rows of one cell, and its counts; an error names the file ``path``."""
    try:
        values, counts = score_codes(codes)
    except InputError as error:
        raise InputError(f"codes file {path}: {error}") from error
    return score_rows(codes.cell, values, unseen_classes(codes), leaks), counts


def _check_leak_scope(tables: list[pd.DataFrame], leaks: Mapping[str, str] | None) -> None:
    """Raise `InputError` for leak marks beside several settings: they belong to one dataset and one backbone."""
    scopes = {(table["dataset"].iloc[0], table["backbone"].iloc[0]) for table in tables}
    if leaks is not None and len(scopes) > 1:
        raise InputError(
            f"--leaks holds the marks of one dataset and backbone, the codes are of {sorted(scopes)}: score them apart"
        )


if __name__ == "__main__":
    run(main)
