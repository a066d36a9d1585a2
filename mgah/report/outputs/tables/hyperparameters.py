"""The settings tried for methods whose sources leave parameters open, and the numbers that chose among them."""

import json

import pandas as pd

from mgah.metrics.statistics import student_half_width
from mgah.report.aggregate import of_block
from mgah.report.full import Size, fewer_words
from mgah.report.outputs.base import Frame, Table
from mgah.report.style import block_label
from mgah.report.wording import counted_range
from mgah.tables.keys import SETTING
from mgah.training.rule import best_variant
from mgah.words import counted

NOTES = (
    "On each split some of the seen classes are held out of the training images and play unseen ones: up to a tenth "
    "of their images are queries, all other training images the database. Nothing of a split's unseen classes, or of "
    "its queries and database, is read.",
    "Lead: mean over splits of a setting's mAP minus that of the default; ± is half of the 95 % Student t interval. "
    "The splits share images and held-out classes, so the interval is a description, not a test.",
)
#: The rule of `mgah.training.rule`, where one draw of held-out classes was made and where several were.
ONE_DRAW = "With one draw of held-out classes a split takes the setting with the highest mAP."
SEVERAL_DRAWS = (
    "With several draws of held-out classes a split takes the setting with the highest mAP, a mean over the draws, "
    "unless its lead over the default is no larger than one standard error; then it takes the default. The standard "
    "error is that of a mean lead over draws, one for all settings of the split: their variances are pooled."
)
#: Where the training of a setting diverged: the records have 0 there.
DIVERGED = (
    "A setting whose training diverged on a split has no mAP there, and so neither a mean nor a lead; it is taken only "
    "where all have diverged on some draw."
)
_COLUMNS = ["Method", "Setting", "mAP", "Lead over the default", "Taken by"]
_NUMBERS = ["splits", "diverged", "mAP", "lead", "half_interval", "taken_by"]


def build(selections: pd.DataFrame) -> Table:
    """The table of ``selections``; see `mgah.report.outputs.base`."""
    by_split = _by_split(selections)
    data = _over_splits(by_split)
    frames = [
        Frame(
            f"{block_label(*block)}\n{_caption(selections, block)}",
            _cells(rows, _splits(selections, block)),
            block,
        )
        for block, rows in data.groupby(list(SETTING), sort=True)
    ]
    if not frames:
        frames = [Frame("Nothing was chosen", pd.DataFrame(columns=_COLUMNS))]
    diverged = (DIVERGED,) if data["diverged"].any() else ()
    notes = (NOTES[0], *_rule_notes(selections), *diverged, *NOTES[1:])
    return Table("Hyper-parameters chosen on seen classes", notes, tuple(frames), data)


def _rule_notes(selections: pd.DataFrame) -> list[str]:
    """The rule by which a setting is taken, for the draws that were made, and how many choices are by another."""
    choices = [
        (
            rows.pivot_table(index="trial", columns="held_out", values="mAP").to_numpy(),
            rows["trial"][rows["chosen"]].min(),
        )
        for _, rows in selections.groupby([*SETTING, "method", "split"], sort=False)
    ]
    single = {scores.shape[1] == 1 for scores, _ in choices}
    rules = [text for text, holds in ((ONE_DRAW, True), (SEVERAL_DRAWS, False)) if holds in single]
    notes = [" ".join([*rules, "The setting is then used at every code length."])] if rules else []
    others = sum(best_variant(scores) != taken for scores, taken in choices)
    if others:
        notes.append(
            f"In {others} of the {len(choices)} choices this rule takes another setting than was used: these choices "
            "were made by the rule of an earlier version."
        )
    return notes


def _by_split(selections: pd.DataFrame) -> pd.DataFrame:
    """One row a (block, method, setting, split): its mAP over draws, its lead over the default, whether taken.

    mAP is NaN where a training diverged, which has 0 in the record (`mgah.training.choice`).
    """
    cell = [*SETTING, "method", "label", "split", "trial", "setting"]
    rows = selections.sort_values([*cell, "held_out"]).groupby(cell, as_index=False, sort=True)
    rows = rows.agg(mAP=("mAP", "mean"), lowest=("mAP", "min"), chosen=("chosen", "first"))
    rows["mAP"] = rows["mAP"].where(rows["lowest"] > 0)
    default = rows[rows["trial"] == 0].set_index([*SETTING, "method", "split"])["mAP"].rename("default")
    rows = rows.join(default, on=[*SETTING, "method", "split"])
    return rows.assign(lead=rows["mAP"] - rows["default"])


def _over_splits(by_split: pd.DataFrame) -> pd.DataFrame:
    """One row a (block, method, setting): means over splits, the half interval of the lead, who took it."""
    cell = [*SETTING, "method", "label", "trial", "setting"]
    rows = [
        {
            **dict(zip(cell, key, strict=True)),
            "splits": len(group),
            "diverged": int(group["mAP"].isna().sum()),
            "mAP": group["mAP"].mean(skipna=False),
            "lead": group["lead"].mean(skipna=False),
            "half_interval": float(student_half_width(group["lead"])),
            "taken_by": " ".join(group.loc[group["chosen"], "split"]),
        }
        for key, group in by_split.groupby(cell, sort=True)
    ]
    return pd.DataFrame(rows, columns=[*cell, *_NUMBERS])


def _caption(selections: pd.DataFrame, block: tuple) -> str:
    rows = of_block(selections, block)
    draws = rows.groupby(["split", "method", "trial"])["held_out"].nunique()
    splits = rows.groupby(["method", "trial"])["split"].nunique()
    return (
        f"{counted_range(splits, 'split')}, {counted_range(draws, 'draw')} each, {rows['bits'].iloc[0]} bits."
    )


def _splits(selections: pd.DataFrame, block: tuple) -> int:
    """How many splits a setting was tried on that was tried on all."""
    return int(of_block(selections, block)["split"].nunique())


def _cells(rows: pd.DataFrame, splits: int) -> pd.DataFrame:
    size = Size(splits, seeds=1)  # a choice is made once a split
    cells = [
        (row["label"], _setting(row["setting"]), _mean(row, size), _lead(row), _takers(row))
        for _, row in rows.iterrows()
    ]
    return pd.DataFrame(cells, columns=_COLUMNS)


def _mean(row: pd.Series, size: Size) -> str:
    """The mAP of a setting; one that diverged, or was tried on fewer splits than ``size``, says so."""
    diverged = f"n/a (diverged on {row['diverged']} of {counted(row['splits'], 'split')})"
    text = diverged if row["diverged"] else f"{row['mAP']:.3f}"
    return f"{text}{fewer_words(pd.Series({'splits': row['splits'], 'seeds': size.seeds}), size)}"


def _setting(text: str) -> str:
    return ", ".join(f"{key} {value}" for key, value in json.loads(text).items()) or "default"


def _lead(row: pd.Series) -> str:
    if row["trial"] == 0:
        return "–"
    if pd.isna(row["lead"]):
        return "n/a (undefined)"
    half = "" if pd.isna(row["half_interval"]) else f" ± {row['half_interval']:.3f}"
    return f"{row['lead']:+.3f}{half}"


def _takers(row: pd.Series) -> str:
    taken = row["taken_by"].split()
    names = f": {', '.join(taken)}" if 0 < len(taken) < row["splits"] else ""
    return f"{len(taken)} of {row['splits']} splits{names}"
