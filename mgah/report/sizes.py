"""Says how many splits and seeds stand behind comparisons: in the caption where all rows agree, else in columns.

Rows have the columns ``splits``, ``seeds`` (of both methods, fewest of any split), ``unit`` and ``units`` of
`mgah.tables.comparisons`. Where all methods were run alike these are the same in every row, and no column is needed.
"""

from collections.abc import Sequence

import pandas as pd

from mgah.report.outputs.base import Frame
from mgah.report.wording import counted_range, span
from mgah.words import counted

UNITS_COLUMN, SPLITS_COLUMN, SEEDS_COLUMN = "Units", "Splits", "Seeds"
#: Where rows of a table differ in what was compared.
NOTE = (
    "Where methods were run on other splits or with other seeds, each is compared on the splits and seeds that it "
    "shares with the reference, and a row says on how many: the mAP of the reference is then another in each. Seeds: "
    "the fewest of any of its splits. Several numbers with slashes are those of the code lengths, in their order."
)


def size_text(rows: pd.DataFrame) -> str:
    """How many splits and seeds ``rows`` were compared on.

    Examples:
        >>> size_text(pd.DataFrame({"splits": [10, 3], "seeds": [1, 1]}))
        '3 to 10 splits, 1 seed'
    """
    return f"{counted_range(rows['splits'], 'split')}, {counted_range(rows['seeds'], 'seed')}"


def size_columns(rows: pd.DataFrame, always: Sequence[str] = ()) -> dict[str, pd.Series]:
    """Columns of the units, splits and seeds of ``rows``: those in which rows differ, and those named in ``always``.

    Where the splits are the units their number is not told twice.

    Examples:
        >>> rows = pd.DataFrame({"splits": [10, 3], "seeds": [1, 1], "unit": "splits", "units": [10, 3]})
        >>> {name: texts.tolist() for name, texts in size_columns(rows).items()}
        {'Units': ['10 splits', '3 splits']}
    """
    units = [
        counted(units, "split") if unit == "splits" else f"{units} {unit}"
        for unit, units in zip(rows["unit"], rows["units"], strict=True)
    ]
    texts = {
        UNITS_COLUMN: pd.Series(units, rows.index, dtype=str),
        SPLITS_COLUMN: rows["splits"].astype(str),
        SEEDS_COLUMN: rows["seeds"].astype(str),
    }
    if (rows["unit"] == "splits").all():
        del texts[SPLITS_COLUMN]
    return {name: found for name, found in texts.items() if found.nunique() > 1 or name in always}


def size_notes(frames: Sequence[Frame], note: str = NOTE) -> list[str]:
    """The ``note``, where one of ``frames`` has a column of `size_columns`.

    Examples:
        >>> size_notes([Frame("", pd.DataFrame({"Seeds": ["1", "3"]}))], "They differ."), size_notes([])
        (['They differ.'], [])
    """
    told = {UNITS_COLUMN, SPLITS_COLUMN, SEEDS_COLUMN}
    return [note] if any(told & set(frame.cells) for frame in frames) else []


def unit_words(rows: pd.DataFrame) -> str:
    """What the intervals of ``rows`` are taken over, and what is not in them, in sentences.

    Examples:
        >>> unit_words(pd.DataFrame({"splits": [10, 3], "seeds": [1, 1], "unit": "splits", "units": [10, 3]}))
        '3 to 10 splits decide.'
    """
    over_classes = rows[rows["unit"] == "classes"]
    over_splits = rows.loc[rows["unit"] != "classes", "units"]
    told = []
    if (over_splits > 1).any():
        told.append(f"{counted_range(over_splits[over_splits > 1], 'split')} decide.")
    if (over_splits == 1).any():
        told.append("One split has no interval.")
    if not over_classes.empty:
        told.append(
            _class_words(over_classes, "Where classes are the units, intervals" if told else "Intervals")
        )
    return " ".join(told)


def _class_words(rows: pd.DataFrame, intervals: str) -> str:
    of = "this split's" if rows["splits"].max() == 1 else f"these {span(rows['splits'])} splits'"
    spread = "the one seed" if rows["seeds"].max() == 1 else f"the {span(rows['seeds'])} seeds"
    return (
        f"{intervals} and verdicts are on {of} {span(rows['units'])} classes, as trained: the spread of {spread} is in "
        "them only as far as it differs between classes."
    )
