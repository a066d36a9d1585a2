"""Unseen classes without a value: those of whose queries none has a relevant image in the database, for any method.

They are left out of means over classes, as `mgah.metrics.statistics.paired_difference` does, and are named beside them.
"""

from collections.abc import Sequence

import pandas as pd

from mgah.report.aggregate import of_block
from mgah.report.outputs.base import Note
from mgah.report.style import block_label
from mgah.tables.keys import SETTING

#: What a class has a value in: a split of a setting.
PLACE = (*SETTING, "split", "class")


def valueless(rows: pd.DataFrame, by: Sequence[str] = PLACE) -> pd.Series:
    """Whether each of ``rows``, scores of one metric, is of a class that has no value on its split in any of them.

    A row of a whole split is of none, and a value that only some of the rows lack is undefined, and no lack of a class.

    Args:
        rows: ``class``, ``value`` and the columns ``by``.
        by: what names a class on a split.

    Examples:
        >>> rows = pd.DataFrame({"split": "0", "class": ["deer", "deer", "frog", "frog", ""]})
        >>> nan = float("nan")
        >>> valueless(rows.assign(value=[nan, nan, nan, 0.5, nan]), ["split", "class"]).tolist()
        [True, True, False, False, False]
    """
    none = pd.Series(False, rows.index)
    if not rows["value"].isna().any():
        return none
    defined = rows["value"].notna().groupby([rows[name] for name in by], dropna=False).transform("any")
    return (rows["class"] != "") & ~defined.astype(bool)


def valueless_notes(scores: pd.DataFrame) -> list[Note]:
    """Which unseen classes of ``scores`` have no mAP on some splits, a sentence a setting."""
    rows = scores[scores["metric"] == "mAP"]
    rows = rows[valueless(rows)]
    found = []
    for block in rows[list(SETTING)].drop_duplicates().sort_values(list(SETTING)).itertuples(index=False):
        places = of_block(rows, block).groupby("class")["split"].unique()
        named = [f"{name} (split {', '.join(sorted(splits))})" for name, splits in places.items()]
        text = (
            f"{block_label(*block)}: unseen classes without a value, as the database holds no image of them, are left "
            f"out of what is taken over classes: {'; '.join(named)}."
        )
        found.append(Note(text, frozenset({(tuple(block), "")})))
    return found
