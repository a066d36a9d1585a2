"""Notes of a table become footnotes: each once, numbered in the order in which the frames first refer to them.

A frame's heading refers to the notes of the frame and of its block, the row of a method to those of the method. What
concerns every block of the table has no number, and what concerns nothing that is shown is left out.
"""

from collections.abc import Sequence
from dataclasses import replace

from mgah.report.outputs.base import BACKBONE_COLUMN, METHOD_COLUMN, Frame, Note, Printed, Table


def numbered(table: Table) -> Printed:
    """``table`` as it is printed: the numbers of its footnotes stand at headings and rows."""
    blocks = {frame.block for frame in table.frames if frame.block}
    notes, scoped = [], []
    for note in table.notes:
        if isinstance(note, str):
            notes.append(note)
        elif blocks and blocks <= {block for block, label in note.of if not label}:
            notes.append(note.text)
        else:
            scoped.append(note)
    numbers = dict[str, int]()
    frames = tuple(_marked(_without(frame, notes), scoped, numbers) for frame in table.frames)
    return Printed(table.title, frames, tuple(numbers), tuple(dict.fromkeys(notes)))


def mark_text(marks: Sequence[int]) -> str:
    """Marks as text, with a space before it: `` [1, 3–5]``, nothing where there are none."""
    runs: list[list[int]] = []
    for mark in marks:
        if runs and mark == runs[-1][-1] + 1:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f" [{', '.join(parts)}]" if parts else ""


def _without(frame: Frame, notes: Sequence[str]) -> Frame:
    """``frame`` without those of its own notes that stand among the ``notes`` of the whole table."""
    return replace(frame, notes=tuple(note for note in frame.notes if note not in notes))


def _marked(frame: Frame, scoped: Sequence[Note], numbers: dict[str, int]) -> Frame:
    """``frame`` with its marks; texts that had no number get the next one."""
    whole = [*frame.notes, *(note.text for note in scoped if frame.block and (frame.block, "") in note.of)]
    marks = _marks(whole, numbers)
    if METHOD_COLUMN not in frame.cells:
        return replace(frame, marks=marks)
    backbones = frame.cells.get(BACKBONE_COLUMN, [None] * len(frame.cells))
    names = frame.methods or frame.cells[METHOD_COLUMN]
    row_marks = tuple(
        _marks([note.text for note in scoped if _concerns(note, frame, name, backbone)], numbers)
        for name, backbone in zip(names, backbones, strict=True)
    )
    return replace(frame, marks=marks, row_marks=row_marks if any(row_marks) else ())


def _marks(texts: Sequence[str], numbers: dict[str, int]) -> tuple[int, ...]:
    return tuple(sorted({numbers.setdefault(text, len(numbers) + 1) for text in texts}))


def _concerns(note: Note, frame: Frame, name: str, backbone: str | None) -> bool:
    """Whether ``note`` is of the method ``name``: in the block of the frame, or in any of its row's backbone.

    The name is a label where the rows of the frame have no other.
    """
    return any(
        name == own and (block == frame.block if frame.block else backbone in (None, block[1]))
        for block, own in (note.methods if frame.methods else note.of)
    )
