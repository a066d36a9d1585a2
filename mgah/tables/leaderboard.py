"""Scores of several runs in one table (``.csv``), tidy.

The columns are ``source``, the name of the run or submission, and those of `mgah.tables.scores`.
"""

import pandas as pd

from mgah.tables import scores

COLUMNS = ("source", *scores.COLUMNS)


def _fault(table: pd.DataFrame) -> str | None:
    """What is wrong with the scores of one source; of two, methods of one name may differ."""
    faults = (scores.contradiction(rows) for _, rows in table.groupby("source", sort=False))
    return next((fault for fault in faults if fault), None)


LEADERBOARD = scores.SCORES.but(
    name="leaderboard", columns={"source": str} | scores.TYPES, key=("source", *scores.KEY), check=_fault
)
write_leaderboard, read_leaderboard = LEADERBOARD.write, LEADERBOARD.read
