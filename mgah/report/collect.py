"""All score files of a run as one table."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.evaluation.scores import KEY, check_scores, key_text, read_scores


def collect_scores(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join score files into one table in the order of `KEY`, whatever the order of ``paths``."""
    if not paths:
        raise InputError("no score files were given, expected at least one")
    scores = pd.concat([read_scores(path).assign(file=str(path)) for path in paths], ignore_index=True)
    twice = scores[scores.duplicated(list(KEY), keep=False)]
    if not twice.empty:
        _, group = next(iter(twice.groupby(list(KEY), dropna=False)))
        raise InputError(
            f"the value of {key_text(group.iloc[0])} stands in {len(group)} files "
            f"({', '.join(group['file'])}), expected in one: leave the others out"
        )
    scores = scores.drop(columns="file")
    check_scores(scores, f"collected from {len(paths)} files")
    return scores.sort_values(list(KEY), ignore_index=True, na_position="last")
