"""The scores of sweeps (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``sweep``, its name in the config; ``parameter``, what it varies; ``setting``, the value of that parameter, a
number as text; ``default``, the value that the other fits have, empty where there is none; and those of
`mgah.tables.scores`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.tables import scores

#: One value of the parameter that a sweep varies.
VALUE = ("sweep", "parameter", "setting")
#: What a row says of its sweep.
SWEEP = (*VALUE, "default")
COLUMNS = (*SWEEP, *scores.COLUMNS)
KEY = (*VALUE, *scores.KEY)


def _fault(sweeps: pd.DataFrame) -> str | None:
    for name in ("setting", "default"):
        texts = sweeps[name] if name == "setting" else sweeps.loc[sweeps[name] != "", name]
        wrong = texts[pd.to_numeric(texts, errors="coerce").isna()]
        if not wrong.empty:
            return f"holds the {name} {wrong.iloc[0]!r}, expected a number"
    for setting, rows in sweeps.groupby(list(VALUE)):
        if fault := scores.contradiction(rows):
            return f"{fault} (of the sweep {' '.join(setting)})"
    return None


SWEEPS = scores.SCORES.but(
    columns=dict.fromkeys(SWEEP, str) | scores.TYPES, key=KEY, order=KEY, empty=True, check=_fault
)
write_sweeps, read_sweeps = SWEEPS.write, SWEEPS.read


def check_setting(cell: Mapping, where: str) -> None:
    """Raise `InputError` unless ``cell`` has all columns that name a setting of a sweep."""
    if missing := [key for key in SWEEP if key not in cell]:
        raise InputError(f"the cell of {where} lacks {missing}, expected one of a sweep: score it with score")


def collect_sweeps(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join files of sweeps into one table, in the order of `KEY` whatever the order of ``paths``."""
    return scores.join(SWEEPS, paths)
