"""The leak marks file (csv). Writer and reader side by side.

Columns: ``class`` str; ``synset`` str, empty where the dataset gives none; ``mark`` one of `MEANING`; ``via`` str,
the training classes that cause the mark: up to three, and how many more.
"""

from pathlib import Path

import pandas as pd

from mgah.tables.format import TableFormat

#: One sentence a mark, the strongest first.
MEANING = {
    "same": "The class itself is one of the backbone's training classes.",
    "child": "A kind of the class is one of the backbone's training classes.",
    "parent": "The class is a kind of one of the backbone's training classes.",
    "unknown": "The backbone's training classes are not known, or the dataset gives no WordNet noun for the class: "
    "nothing can be said of it.",
    "clean": "No training class of the backbone is the class, a kind of it, or a wider class that holds it.",
}
#: Marks of a class that the backbone has met in some form, and of one of which that is not known.
MET, NOT_KNOWN = frozenset({"same", "child", "parent"}), frozenset({"", "unknown"})


def _unknown(marks: pd.DataFrame) -> str | None:
    unknown = sorted(set(marks["mark"]) - set(MEANING))
    return f"has the marks {unknown}, expected {list(MEANING)}" if unknown else None


LEAKS = TableFormat(
    name="leak marks",
    columns=dict.fromkeys(("class", "synset", "mark", "via"), str),
    key=("class",),
    check=_unknown,
)
COLUMNS = tuple(LEAKS.columns)
write_marks, read_marks = LEAKS.write, LEAKS.read


def read_marks_by_class(source: Path | str | None) -> dict[str, str] | None:
    """The leak mark of each class, as a dict by class; None where there is no file. Errors as of `read_marks`."""
    if source is None:
        return None
    marks = read_marks(source)
    return dict(zip(marks["class"], marks["mark"], strict=True))
