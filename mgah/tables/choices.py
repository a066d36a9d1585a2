"""All choices of settings of a run (``selections.csv``), tidy: one row a setting tried and a task.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` str; ``default`` str,
the method that has the default setting and is fitted beside it, empty where none is; ``bits``, ``seed`` of the trials
int64; ``trial`` int64, number of the setting from 0; ``setting`` and ``held_out``, the classes of the task,
JSON; ``mAP`` float64; ``chosen`` bool, whether the setting was taken.
"""

import pandas as pd

from mgah.io.files import parse_json
from mgah.io.records import OBJECT, TEXTS
from mgah.tables.format import RUN_TYPES, TableFormat, not_shares


def _fault(choices: pd.DataFrame) -> str | None:
    for column, kind in (("setting", OBJECT), ("held_out", TEXTS)):
        for text in choices[column].unique():
            try:
                fits = kind.holds(parse_json(text))
            except ValueError:
                fits = False
            if not fits:
                return f"has the {column} {text!r}, expected {kind.words} as JSON"
    return not_shares(choices, ["mAP"])


#: Two tasks may hold out the same classes, so rows may repeat.
CHOICES = TableFormat(
    name="choices",
    columns={name: kind for name, kind in RUN_TYPES.items() if kind is str}
    | {
        "default": str,
        "bits": int,
        "seed": int,
        "trial": int,
        "setting": str,
        "held_out": str,
        "mAP": float,
        "chosen": bool,
    },
    check=_fault,
)
COLUMNS = tuple(CHOICES.columns)
write_choices, read_choices = CHOICES.write, CHOICES.read
