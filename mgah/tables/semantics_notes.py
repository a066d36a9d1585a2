"""The notes of a run's class semantics (``.csv``), tidy: what figures must say of the vectors. Writer and reader.

Columns: ``dataset``, ``semantics``, ``note``, all str: one sentence a row. They come from the semantics stores alone,
so that a figure that needs no scores waits for none.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.semantics.store import read_semantics
from mgah.tables.format import TableFormat

COLUMNS = ("dataset", "semantics", "note")
SEMANTICS_NOTES = TableFormat(name="semantics notes", columns=dict.fromkeys(COLUMNS, str), key=COLUMNS)
write_semantics_notes, read_semantics_notes = SEMANTICS_NOTES.write, SEMANTICS_NOTES.read


def collect_semantics_notes(paths: Sequence[Path | str]) -> pd.DataFrame:
    """The notes of the semantics stores ``paths``, ``<dataset>/<semantics>.npz`` each, once and sorted."""
    rows = [
        {"dataset": Path(path).parent.name, "semantics": Path(path).stem, "note": note}
        for path in paths
        for note in read_semantics(path).notes
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).drop_duplicates()
    return table.sort_values(list(COLUMNS), ignore_index=True)
