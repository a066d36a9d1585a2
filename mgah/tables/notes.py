"""The notes of a run (``.csv``), tidy: what a reader must be told beside the scores. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``method``, ``note``, all str: one sentence a row, said of every
split, code length and seed of the method there.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path

COLUMNS = ("dataset", "backbone", "semantics", "method", "note")


def notes_of(scores: pd.DataFrame) -> pd.DataFrame:
    """The notes of score rows with a column ``notes`` of sentences joined by ``"; "``, once each and sorted."""
    notes = scores[[*COLUMNS[:-1], "notes"]].drop_duplicates()
    notes = notes.assign(note=notes["notes"].str.split("; ")).explode("note")
    notes = notes.loc[notes["note"] != "", list(COLUMNS)].drop_duplicates()
    return notes.sort_values(list(COLUMNS), ignore_index=True)


def write_notes(target: Path | str, notes: pd.DataFrame) -> None:
    """Write notes atomically."""
    with atomic_path(target) as path:
        notes.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_notes(path: Path | str) -> pd.DataFrame:
    """Read the notes of a run; a file of other columns is an `InputError` that names it."""
    try:
        notes = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"notes {path} cannot be read as csv ({error}): make them again") from error
    if tuple(notes.columns) != COLUMNS:
        raise InputError(
            f"notes {path} have the columns {list(notes.columns)}, expected {list(COLUMNS)}: make them again"
        )
    return notes
