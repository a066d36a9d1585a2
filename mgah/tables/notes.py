"""The notes of a run (``.csv``), tidy: sentences that belong beside the scores. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``method``, ``note``, all str: one sentence a row, which holds
for every split, code length and seed of the method there.
"""

import json

import pandas as pd

from mgah.tables.format import TableFormat
from mgah.tables.keys import SETTING

COLUMNS = (*SETTING, "method", "note")
NOTES = TableFormat(name="notes", columns=dict.fromkeys(COLUMNS, str), key=COLUMNS)
write_notes, read_notes = NOTES.write, NOTES.read


def notes_of(scores: pd.DataFrame) -> pd.DataFrame:
    """The notes table of score rows whose column ``notes`` holds JSON lists of sentences: each note once, sorted."""
    notes = scores[[*COLUMNS[:-1], "notes"]].drop_duplicates()
    notes = notes.assign(note=notes["notes"].map(json.loads)).explode("note").dropna(subset="note")
    return notes[list(COLUMNS)].drop_duplicates().sort_values(list(COLUMNS), ignore_index=True)
