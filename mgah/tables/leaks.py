"""The leak marks file (csv). Writer and reader side by side.

Columns: ``class`` str; ``synset`` str, empty where the dataset gives none; ``mark`` one of `MEANING`; ``via`` str,
the training classes that cause the mark: up to three, and how many more.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path

#: One sentence a mark, the strongest first.
MEANING = {
    "same": "The class itself is one of the backbone's training classes.",
    "child": "A kind of the class is one of the backbone's training classes.",
    "parent": "The class is a kind of one of the backbone's training classes.",
    "unknown": "The dataset gives no WordNet noun for the class, so nothing can be said of it.",
    "clean": "No training class of the backbone is the class, a kind of it, or a wider class that holds it.",
}
COLUMNS = ("class", "synset", "mark", "via")


def write_marks(target: Path | str, marks: pd.DataFrame) -> None:
    """Check and write leak marks atomically."""
    _check(marks, target)
    with atomic_path(target) as path:
        marks.to_csv(path, index=False)


def read_marks(source: Path | str) -> pd.DataFrame:
    """Read and check leak marks; anything unreadable is an `InputError` that names the file."""
    try:
        marks = pd.read_csv(source, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"leak marks {source} cannot be read ({error}): remove the file and run again"
        ) from error
    _check(marks, source)
    return marks


def read_marks_by_class(source: Path | str | None) -> dict[str, str] | None:
    """The mark of every class; None where there is no file. Errors as of `read_marks`."""
    if source is None:
        return None
    marks = read_marks(source)
    return dict(zip(marks["class"], marks["mark"], strict=True))


def _check(marks: pd.DataFrame, place: Path | str) -> None:
    if tuple(marks.columns) != COLUMNS:
        raise InputError(
            f"leak marks {place} have the columns {list(marks.columns)}, expected {list(COLUMNS)}"
        )
    unknown = sorted(set(marks["mark"]) - set(MEANING))
    if unknown:
        raise InputError(f"leak marks {place} have the marks {unknown}, expected {list(MEANING)}")
    if marks["class"].duplicated().any():
        raise InputError(f"leak marks {place} name a class twice, expected every class once: make them again")
