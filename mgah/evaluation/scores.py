"""The score file (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``bits``
int, empty for a line without codes; ``seed`` int; ``metric`` str, one of `METRICS`; ``class`` str, empty for the
whole split; ``value`` float, written so that it reads back bit for bit, ``nan`` where undefined; ``leak`` str, how
the unseen class is related to the classes the backbone was trained on (one of `MARKS`, ``mixed`` for a split whose
unseen classes differ), empty where that does not apply; ``notes`` str, joined by ``"; "``.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mgah.errors import InputError
from mgah.files import atomic_path

COLUMNS = (
    *("dataset", "backbone", "semantics", "split", "method", "label", "bits", "seed"),
    *("metric", "class", "value", "leak", "notes"),
)
METRICS = (
    *("mAP", "mAP_min", "mAP_max", "mAP_stable", "P@H<=2", "P@H<=2_nonempty", "empty_ball_share"),
    *("seen_mAP", "seen_P@H<=2", "harmonic_mean", "bit_balance", "undefined_queries", "chance_mAP"),
)
#: Metrics that have a row for every class of the queries, and whether those classes are the unseen ones.
CLASS_METRICS = {"mAP": True, "P@H<=2": True, "seen_mAP": False}
MARKS = ("clean", "same", "child", "parent", "unknown")
_CELL = ("dataset", "backbone", "semantics", "split", "method", "label", "seed", "notes")


class Value(NamedTuple):
    """One metric value of a cell; ``class_name`` is empty for the whole split."""

    metric: str
    class_name: str
    value: float


def check_cell(cell: Mapping, where: str) -> None:
    """Raise `InputError` unless ``cell`` names everything that a score row says of its cell."""
    missing = [key for key in _CELL if key not in cell]
    if missing:
        raise InputError(f"the cell of {where} lacks {missing}, it has {sorted(cell)}: make it again")


def score_rows(
    cell: Mapping, values: Sequence[Value], unseen: Sequence[str], leaks: Mapping[str, str] | None
) -> pd.DataFrame:
    """Rows of the score file for the values of one cell.

    Args:
        cell: dataset, backbone, semantics, split, method, label, seed, notes, and bits where there are codes.
        values: the cell's values.
        unseen: names of the unseen classes.
        leaks: mark of every unseen class, None where none is known.
    """
    missing = [] if leaks is None else [name for name in unseen if name not in leaks]
    if missing:
        raise InputError(f"the leak marks lack the unseen classes {missing}: make them for this dataset")
    marks = {} if leaks is None else {name: leaks[name] for name in unseen}
    common = "" if not marks else "mixed" if len(set(marks.values())) > 1 else next(iter(marks.values()))

    def leak(value: Value) -> str:
        if not value.class_name:
            return common
        return marks.get(value.class_name, "") if CLASS_METRICS[value.metric] else ""

    row = {key: cell[key] for key in _CELL[:6]} | {"bits": str(cell.get("bits", "")), "seed": cell["seed"]}
    notes = "; ".join(cell["notes"])
    return pd.DataFrame(
        [
            row
            | {"metric": v.metric, "class": v.class_name, "value": v.value, "leak": leak(v), "notes": notes}
            for v in values
        ],
        columns=list(COLUMNS),
    )


def write_scores(target: Path | str, scores: pd.DataFrame) -> None:
    """Write score rows atomically: the same rows give the same bytes."""
    if tuple(scores.columns) != COLUMNS:
        raise InputError(f"scores have the columns {list(scores.columns)}, expected {list(COLUMNS)}")
    text = scores.assign(value=[repr(float(value)) for value in scores["value"]])
    with atomic_path(target) as path:
        text.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_scores(source: Path | str) -> pd.DataFrame:
    """Read score rows: ``bits`` Int64, ``seed`` int64, ``value`` float64, all else str, ``""`` where empty."""
    try:
        scores = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8")
        if tuple(scores.columns) != COLUMNS:
            raise ValueError(f"its columns are {list(scores.columns)}, expected {list(COLUMNS)}")
        scores["bits"] = pd.array([int(text) if text else None for text in scores["bits"]], dtype="Int64")
        return scores.assign(seed=scores["seed"].map(int), value=scores["value"].map(float))
    except (OSError, ValueError) as error:
        raise InputError(f"scores {source} cannot be read ({error}): remove them and run again") from error


def read_leaks(source: Path | str) -> dict[str, str]:
    """Mark of every class, from the csv columns ``class``, ``synset``, ``mark``, ``via``."""
    try:
        leaks = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(
            f"leak marks {source} cannot be read ({error}): remove them and run again"
        ) from error
    if tuple(leaks.columns) != ("class", "synset", "mark", "via"):
        raise InputError(
            f"leak marks {source} have the columns {list(leaks.columns)}, expected class, synset, mark, via"
        )
    bad = leaks[~leaks["mark"].isin(MARKS) | leaks["class"].duplicated()]
    if len(bad):
        raise InputError(
            f"leak marks {source} hold {bad.iloc[0]['mark']!r} for class {bad.iloc[0]['class']!r}, expected every "
            f"class once with one of {', '.join(MARKS)}: make them again"
        )
    return dict(zip(leaks["class"], leaks["mark"], strict=True))
