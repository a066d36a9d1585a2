"""The scores of sweeps (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``sweep``, its config word; ``parameter``, what it varies; ``setting``, the value of that parameter, a
number as text; ``default``, the value that the other fits have, empty where there is none; and those of
`mgah.tables.scores`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.tables import scores

SETTING = ("sweep", "parameter", "setting", "default")
COLUMNS = (*SETTING, *scores.COLUMNS)
KEY = (*SETTING[:3], *scores.KEY)


def check_setting(cell: Mapping, where: str) -> None:
    """Raise `InputError` unless ``cell`` tells which setting of a sweep it is."""
    if missing := [key for key in SETTING if key not in cell]:
        raise InputError(f"the cell of {where} lacks {missing}, expected one of a sweep: score it with score")


def write_sweeps(target: Path | str, sweeps: pd.DataFrame) -> None:
    """Write rows in the order of `KEY`, atomically: the same rows give the same bytes."""
    sweeps = sweeps.sort_values(list(KEY), ignore_index=True, na_position="last")
    scores.write_scores(target, sweeps, COLUMNS)


def read_sweeps(path: Path | str) -> pd.DataFrame:
    """Read and check scores of sweeps; a file without rows is one of no sweep. Errors as of `read_scores`."""
    sweeps = scores.read_rows(path, COLUMNS)
    for name in ("setting", "default"):
        texts = sweeps[name] if name == "setting" else sweeps.loc[sweeps[name] != "", name]
        wrong = texts[pd.to_numeric(texts, errors="coerce").isna()]
        if not wrong.empty:
            raise InputError(
                f"scores {path} hold the {name} {wrong.iloc[0]!r}, expected a number: make them again"
            )
    _check_settings(sweeps, path)
    return sweeps


def _check_settings(sweeps: pd.DataFrame, place: Path | str) -> None:
    """Raise `InputError` for rows of one setting that contradict each other."""
    for setting, rows in sweeps.groupby(list(SETTING[:3])):
        scores.check_scores(rows, f"{place} ({' '.join(setting)})")


def collect_sweeps(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join files of sweeps into one table, in the order of `KEY` whatever the order of ``paths``."""
    if not paths:
        return pd.DataFrame(columns=list(COLUMNS))
    sweeps = pd.concat([read_sweeps(path) for path in paths], ignore_index=True)
    _check_settings(sweeps, f"collected from {len(paths)} files")
    return sweeps.sort_values(list(KEY), ignore_index=True, na_position="last")
