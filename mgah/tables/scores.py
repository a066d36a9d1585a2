"""The score file (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``bits``
Int64, empty for a line without codes; ``seed`` int64; ``metric`` str; ``class`` str, empty for the whole split;
``value`` float64, written so that it reads back bit for bit, ``nan`` where undefined; ``leak`` str, how the unseen
class is related to the classes the backbone was trained on (`mgah.tables.leaks.MEANING`, or ``mixed`` for a split
whose unseen classes differ), empty where that does not apply.

The file of one method has ``notes`` behind them, str, joined by ``"; "``; the scores of a whole run have them in a
table of their own (`mgah.tables.notes`), because every row repeats them.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path
from mgah.tables.leaks import MEANING

COLUMNS = (
    *("dataset", "backbone", "semantics", "split", "method", "label", "bits", "seed"),
    *("metric", "class", "value", "leak"),
)
#: Columns of the file of one method.
METHOD_COLUMNS = (*COLUMNS, "notes")
#: What names one value; two rows with the same key contradict each other.
KEY = ("dataset", "backbone", "semantics", "split", "method", "bits", "seed", "metric", "class")
LEAKS = ("", *MEANING, "mixed")


def write_scores(target: Path | str, scores: pd.DataFrame, columns: Sequence[str] = COLUMNS) -> None:
    """Write score rows of ``columns`` atomically: the same rows give the same bytes."""
    if tuple(scores.columns) != tuple(columns):
        raise InputError(f"scores have the columns {list(scores.columns)}, expected {list(columns)}")
    text = scores.assign(value=[repr(float(value)) for value in scores["value"]])
    with atomic_path(target) as path:
        text.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_scores(path: Path | str, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Read and check one tidy score file of ``columns``, `COLUMNS` or `METHOD_COLUMNS`.

    The types are those of the module docstring; empty text stays ``""``. Raises `InputError` for an
    unreadable or empty file, other columns, text where a number belongs, an infinite value, an unknown leak
    mark, a key that occurs twice, or a method with and without code lengths or with two display names.
    """
    scores = read_rows(path, columns)
    if scores.empty:
        raise InputError(f"scores {path} have no rows, expected at least one value: score a codes file first")
    check_scores(scores, path)
    return scores


def read_rows(path: Path | str, columns: Sequence[str]) -> pd.DataFrame:
    """Read rows with ``columns``, `COLUMNS` and text around them; `InputError` for other columns or bad numbers."""
    try:
        scores = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"scores {path} cannot be read as csv ({error}): make them again") from error
    if tuple(scores.columns) != tuple(columns):
        raise InputError(
            f"scores {path} have the columns {list(scores.columns)}, expected {list(columns)}: make them "
            "again"
        )
    scores["bits"] = _numbers(scores["bits"], int, path, empty=("",)).astype("Int64")
    scores["seed"] = _numbers(scores["seed"], int, path).astype("int64")
    scores["value"] = _numbers(scores["value"], float, path, empty=("", "nan", "NaN")).astype("float64")
    return scores


def _numbers(
    column: pd.Series, kind: type[int] | type[float], place: Path | str, empty: tuple[str, ...] = ()
) -> pd.Series:
    """``column`` of text as numbers; None where the text is one of ``empty``."""
    numbers = []
    for row, text in enumerate(column):
        try:
            number = None if text in empty else kind(text)
        except ValueError:
            number = float("inf")
        if number is not None and abs(number) == float("inf"):
            raise InputError(
                f"scores {place} hold {text!r} in column {column.name!r}, row {row + 1}, expected "
                f"{'an integer' if kind is int else 'a finite number'}{' or nothing' if empty else ''}: make "
                "them again"
            )
        numbers.append(number)
    return pd.Series(numbers, index=column.index, dtype="object")


def check_scores(scores: pd.DataFrame, place: Path | str) -> None:
    """Raise `InputError`, naming ``place``, for rows that contradict each other or hold an unknown mark."""
    unknown = sorted(set(scores["leak"]) - set(LEAKS))
    if unknown:
        raise InputError(f"scores {place} have the leak marks {unknown}, expected some of {list(LEAKS)}")
    twice = scores.duplicated(list(KEY))
    if twice.any():
        raise InputError(f"scores {place} hold {key_text(scores[twice].iloc[0])} twice, expected once")
    both = set(scores.loc[scores["bits"].isna(), "method"]) & set(
        scores.loc[scores["bits"].notna(), "method"]
    )
    if both:
        raise InputError(
            f"scores {place} give {sorted(both)} with and without a code length, expected one of the two"
        )
    labels = scores.groupby("method")["label"].unique()
    for method, names in labels[labels.map(len) > 1].items():
        raise InputError(
            f"scores {place} call the method {method!r} {' and '.join(map(repr, names))}: give it one label"
        )


def key_text(row: pd.Series) -> str:
    """What names the value of one row, as text."""
    return ", ".join(f"{name} {row[name]}" for name in KEY if not pd.isna(row[name]) and row[name] != "")
