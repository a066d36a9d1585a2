"""``python -m mgah.report.collect KIND``: the files of a run's jobs as one tidy table.

Kinds: ``scores`` of methods, with their notes as a table of their own; ``sweeps``, scores of sweeps;
``trained_features``, scores on the features of trained networks; ``measures``, what other papers print; ``choices``,
records of chosen hyper-parameters; ``history``, loss and beta by epoch from the cards of models; ``graphs``, similarity
graphs of a training batch; ``semantics_notes``, what stores of class semantics tell.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import json_object, run
from mgah.errors import InputError
from mgah.io.targets import check_targets
from mgah.semantics.store import read_semantics
from mgah.tables.choices import write_choices
from mgah.tables.graphs import collect_graphs, write_graphs
from mgah.tables.history import write_history
from mgah.tables.measures import collect_measures, write_measures
from mgah.tables.notes import COLUMNS as NOTE_COLUMNS
from mgah.tables.notes import notes_of, write_notes
from mgah.tables.scores import COLUMNS, KEY, METHOD_COLUMNS, METHOD_SCORES, SCORES, read_scores, write_scores
from mgah.tables.semantics_notes import COLUMNS as SEMANTICS_NOTE_COLUMNS
from mgah.tables.semantics_notes import write_semantics_notes
from mgah.tables.sweeps import collect_sweeps, write_sweeps
from mgah.tables.trained_features import collect_trained_features, write_trained_features
from mgah.training.collect_choices import collect_choices
from mgah.training.history import collect_history


def collect_scores(paths: Sequence[Path | str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join score files into one table in the order of `KEY`, and their notes, whatever the order of ``paths``.

    No files give no rows.
    """
    if not paths:
        return pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(columns=list(NOTE_COLUMNS))
    tables = [read_scores(path, METHOD_COLUMNS).assign(file=str(path)) for path in paths]
    scores = pd.concat(tables, ignore_index=True)
    twice = scores[scores.duplicated(list(KEY), keep=False)]
    if not twice.empty:
        _, group = next(iter(twice.groupby(list(KEY), dropna=False)))
        raise InputError(
            f"the value of {SCORES.key_text(group.iloc[0])} stands in {len(group)} files "
            f"({', '.join(group['file'])}), expected in one: leave the others out"
        )
    METHOD_SCORES.validate(scores.drop(columns="file"), f"collected from {len(paths)} files")
    notes = notes_of(scores)
    return scores[list(COLUMNS)].sort_values(list(KEY), ignore_index=True, na_position="last"), notes


def collect_semantics_notes(paths: Sequence[Path | str]) -> pd.DataFrame:
    """The notes of the semantics stores ``paths``, ``<dataset>/<semantics>.npz`` each, once and sorted."""
    rows = [
        {"dataset": Path(path).parent.name, "semantics": Path(path).stem, "note": note}
        for path in paths
        for note in read_semantics(path).notes
    ]
    table = pd.DataFrame(rows, columns=list(SEMANTICS_NOTE_COLUMNS)).drop_duplicates()
    return table.sort_values(list(SEMANTICS_NOTE_COLUMNS), ignore_index=True)


#: Of each kind but scores: what joins the files, and what writes the table.
KINDS: dict[str, tuple[Callable[..., pd.DataFrame], Callable[..., None]]] = {
    "sweeps": (collect_sweeps, write_sweeps),
    "trained_features": (collect_trained_features, write_trained_features),
    "measures": (collect_measures, write_measures),
    "choices": (collect_choices, write_choices),
    "history": (collect_history, write_history),
    "graphs": (collect_graphs, write_graphs),
    "semantics_notes": (collect_semantics_notes, write_semantics_notes),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the table; no files give no rows."""
    parser = argparse.ArgumentParser(
        prog="python -m mgah.report.collect",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = parser.add_subparsers(dest="kind", required=True)
    scores = kinds.add_parser("scores")
    scores.add_argument("--notes", required=True, type=Path, metavar="NOTES.csv")
    others = {name: kinds.add_parser(name) for name in KINDS}
    others["choices"].add_argument(
        "--defaults", type=json_object, default={}, help="methods with the default settings, as JSON"
    )
    for kind in (scores, *others.values()):
        kind.add_argument("--output", required=True, type=Path, metavar="TABLE.csv")
        kind.add_argument("inputs", nargs="*", type=Path, metavar="INPUT")
    given = parser.parse_args(arguments)
    check_targets([given.output, getattr(given, "notes", None)], given.inputs)
    if given.kind == "scores":
        table, notes = collect_scores(given.inputs)
        write_notes(given.notes, notes)
        write_scores(given.output, table)
    else:
        collect, write = KINDS[given.kind]
        more = [given.defaults] if given.kind == "choices" else []
        write(given.output, collect(given.inputs, *more))


if __name__ == "__main__":
    run(main)
