"""The notes of a run's class semantics (``.csv``), tidy: what figures must say of the vectors. Writer and reader.

Columns: ``dataset``, ``semantics``, ``note``, all str: one sentence a row. They come from the semantics stores alone,
so that a figure that needs no scores waits for none.
"""

from mgah.tables.format import TableFormat

COLUMNS = ("dataset", "semantics", "note")
SEMANTICS_NOTES = TableFormat(name="semantics notes", columns=dict.fromkeys(COLUMNS, str), key=COLUMNS)
write_semantics_notes, read_semantics_notes = SEMANTICS_NOTES.write, SEMANTICS_NOTES.read
