"""All score files of a run as one table, and their notes as another."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.tables.notes import COLUMNS as NOTE_COLUMNS
from mgah.tables.notes import notes_of
from mgah.tables.scores import COLUMNS, KEY, METHOD_COLUMNS, METHOD_SCORES, SCORES, read_scores


def collect_scores(paths: Sequence[Path | str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join score files into one table in the order of `KEY`, and their notes, whatever the order of ``paths``.

    No files give no rows.
    """
    if not paths:
        return pd.DataFrame(columns=list(COLUMNS)), pd.DataFrame(columns=list(NOTE_COLUMNS))
    tables = [read_scores(path, METHOD_COLUMNS).assign(file=str(path)) for path in paths]
    scores = pd.concat(tables, ignore_index=True)
    twice = scores[scores.duplicated(list(KEY), keep=False)]
    if not twice.empty:
        _, group = next(iter(twice.groupby(list(KEY), dropna=False)))
        raise InputError(
            f"the value of {SCORES.key_text(group.iloc[0])} stands in {len(group)} files "
            f"({', '.join(group['file'])}), expected in one: leave the others out"
        )
    METHOD_SCORES.validate(scores.drop(columns="file"), f"collected from {len(paths)} files")
    notes = notes_of(scores)
    return scores[list(COLUMNS)].sort_values(list(KEY), ignore_index=True, na_position="last"), notes
