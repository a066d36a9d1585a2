"""The rows of one cell in a table of scores: metric values, and the columns that name the cell."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from mgah.errors import InputError
from mgah.io.records import check_fields
from mgah.methods.codes import CELL
from mgah.tables.keys import FIT_KEY, METHOD_KEY
from mgah.tables.scores import METHOD_COLUMNS

METRICS = (
    *("mAP", "mAP_min", "mAP_max", "mAP_stable", "P@H<=2", "P@H<=2_nonempty", "empty_ball_share"),
    *("seen_mAP", "seen_P@H<=2", "harmonic_mean", "bit_balance", "undefined_queries", "chance_mAP"),
)
#: Metrics that have a row for every class of the queries as well, and whether those classes are unseen ones.
CLASS_METRICS = {"mAP": True, "P@H<=2": True, "seen_mAP": False}
#: What the description of a cell must hold; that of a reference line has no ``bits``.
_CELL = (*FIT_KEY, "trained", "notes")


class Value(NamedTuple):
    """One value of a metric in a cell, of one class of the queries or, with an empty ``class_name``, of all."""

    metric: str
    class_name: str
    value: float


def check_cell(cell: Mapping, where: str) -> None:
    """Raise `InputError`, naming the file ``where``, unless ``cell`` holds all that a score row says of its cell."""
    check_fields(cell, {key: CELL[key] for key in _CELL}, f"the cell of {where}", again="make it again")


def score_rows(
    cell: Mapping, values: Sequence[Value], unseen: Sequence[str], leaks: Mapping[str, str] | None
) -> pd.DataFrame:
    """Return the rows of one cell, with the columns of `mgah.tables.scores`.

    Args:
        cell: description of the cell: dataset, backbone, semantics, split, method, label, seed, trained, notes, and
            bits where there are codes.
        values: the cell's metric values.
        unseen: names of the unseen classes.
        leaks: leak mark of every unseen class by its name; None where no marks are known.

    Raises:
        InputError: for marks that lack an unseen class.
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

    row = {key: cell[key] for key in METHOD_KEY} | {"bits": str(cell.get("bits", "")), "seed": cell["seed"]}
    notes = json.dumps(list(cell["notes"]), ensure_ascii=False)
    return pd.DataFrame(
        [
            row
            | {"metric": v.metric, "class": v.class_name, "value": v.value, "leak": leak(v)}
            | {"trained": cell["trained"], "notes": notes}
            for v in values
        ],
        columns=list(METHOD_COLUMNS),
    )
