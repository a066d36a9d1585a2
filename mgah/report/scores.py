"""Tidy scores, as the report reads them: one row a value, every run kept.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str;
``bits`` Int64, empty for the line without codes; ``seed`` int64; ``metric`` str; ``class`` str, empty for the
whole split; ``value`` float64, NaN where undefined; ``leak`` str, how the unseen class is related to the
classes the backbone was trained on, empty where that does not apply; ``notes`` str, sentences joined by ``";
"``.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.files import atomic_path

COLUMNS = (
    "dataset",
    "backbone",
    "semantics",
    "split",
    "method",
    "label",
    "bits",
    "seed",
    "metric",
    "class",
    "value",
    "leak",
    "notes",
)
#: What names one value; two rows with the same key contradict each other.
KEY = ("dataset", "backbone", "semantics", "split", "method", "bits", "seed", "metric", "class")
LEAKS = ("", "clean", "same", "child", "parent", "unknown", "mixed")


def read_scores(path: Path | str) -> pd.DataFrame:
    """Read and check one tidy score file.

    Returns the columns of the module docstring; empty text stays ``""``. Raises `InputError` for an
    unreadable or empty file, other columns, text where a number belongs, an infinite value, an unknown leak
    mark, a key that occurs twice, or a method with and without code lengths or with two display names.
    """
    try:
        scores = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"scores {path} cannot be read as csv ({error}): make them again") from error
    if tuple(scores.columns) != COLUMNS:
        raise InputError(
            f"scores {path} have the columns {list(scores.columns)}, expected {list(COLUMNS)}: make them "
            "again"
        )
    if scores.empty:
        raise InputError(f"scores {path} have no rows, expected at least one value: score a codes file first")
    scores["bits"] = _numbers(scores["bits"], int, path, empty=("",)).astype("Int64")
    scores["seed"] = _numbers(scores["seed"], int, path).astype("int64")
    scores["value"] = _numbers(scores["value"], float, path, empty=("", "nan", "NaN")).astype("float64")
    _check(scores, path)
    return scores


def collect_scores(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join score files into one table in the order of `KEY`, whatever the order of ``paths``."""
    if not paths:
        raise InputError("no score files were given, expected at least one")
    scores = pd.concat([read_scores(path).assign(file=str(path)) for path in paths], ignore_index=True)
    twice = scores[scores.duplicated(list(KEY), keep=False)]
    if not twice.empty:
        _, group = next(iter(twice.groupby(list(KEY), dropna=False)))
        raise InputError(
            f"the value of {_key_text(group.iloc[0])} stands in {len(group)} files "
            f"({', '.join(group['file'])}), expected in one: leave the others out"
        )
    scores = scores.drop(columns="file")
    _check(scores, f"collected from {len(paths)} files")
    return scores.sort_values(list(KEY), ignore_index=True, na_position="last")


def write_scores(target: Path | str, scores: pd.DataFrame) -> None:
    """Write tidy scores atomically; floats in their shortest exact form, NaN as an empty cell."""
    with atomic_path(target) as path:
        scores.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


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


def _check(scores: pd.DataFrame, place: Path | str) -> None:
    unknown = sorted(set(scores["leak"]) - set(LEAKS))
    if unknown:
        raise InputError(f"scores {place} have the leak marks {unknown}, expected some of {list(LEAKS)}")
    twice = scores.duplicated(list(KEY))
    if twice.any():
        raise InputError(f"scores {place} hold {_key_text(scores[twice].iloc[0])} twice, expected once")
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


def _key_text(row: pd.Series) -> str:
    return ", ".join(f"{name} {row[name]}" for name in KEY if not pd.isna(row[name]) and row[name] != "")
