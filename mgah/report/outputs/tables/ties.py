"""What the order of equal distances does to mAP: the tie band, the expected mAP and the one in database order."""

import pandas as pd

from mgah.report.aggregate import CELL, of_block, run_means, summarize
from mgah.report.full import Size, fewer_words, full_size
from mgah.report.grid import blocks
from mgah.report.order import in_method_order
from mgah.report.outputs.base import Frame, Note, Table
from mgah.report.style import block_label
from mgah.report.wording import dataset_notes, leak_notes, run_notes, size_words, stand_in_marks
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split

NOTES = (
    "Many database images are at the same Hamming distance from a query, and mAP depends on the order in "
    "which they are listed. Lowest and highest are the mAP of the worst and of the best order, a query at a "
    "time; every evaluator's number lies between them. Width is their difference.",
    "Expected: the mean over all orders, which depends on the codes alone and is what every other table "
    "gives.",
    "Database order: equal distances in the order of the database, what a stable argsort reports. Usual "
    "evaluators do this, or with NumPy's default sort, whose order of ties differs between processors: their "
    "number is an accident of the order in which images are stored. Shift: it minus expected.",
    "All values are means over splits of the mean over seeds.",
)
_COLUMNS = {"mAP_min": "lowest", "mAP": "expected", "mAP_stable": "database order", "mAP_max": "highest"}
#: How many runs stand behind a row.
_SIZES = ("splits", "seeds", "runs")


def build(scores: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame) -> Table:
    """The tie bands of ``scores``; see `mgah.report.outputs.base`."""
    scores_with_codes = scores[scores["bits"].notna()]
    data = _data(scores_with_codes)
    frames = []
    for block, _ in blocks(scores_with_codes):
        part = of_block(data, block)
        size = full_size(part, of_block(scores, block)["split"].nunique())
        text = f"{size_words(part)}. {stand_in_marks(block[:1], reference)}".strip()
        frames.append(Frame(f"{block_label(*block)}: mAP and ties\n{text}", _cells(part, size), block))
    if not frames:
        frames = [Frame("No codes", pd.DataFrame({"Method": ["no method of the scores makes codes"]}))]
    told: tuple[str | Note, ...] = (
        *NOTES,
        *dataset_notes(scores),
        *leak_notes(scores),
        *run_notes(scores, notes),
    )
    return Table("Tie bands of mAP", told, tuple(frames), data.astype(dict.fromkeys(_SIZES, "Int64")))


def _data(scores: pd.DataFrame) -> pd.DataFrame:
    """One row a (block, method, bits), sorted, with the columns of `_COLUMNS`, width, shift and `_SIZES`."""
    expected = summarize(whole_split(scores, "mAP"))[[*CELL, "mean", *_SIZES]]
    data = scores[list(CELL)].drop_duplicates().merge(expected, how="left", on=list(CELL))
    data = data.rename(columns={"mean": "mAP"})
    for metric in [name for name in _COLUMNS if name != "mAP"]:
        means = run_means(whole_split(scores, metric), CELL).rename(columns={"mean": metric})
        data = data.merge(means, how="left", on=list(CELL))
    data = data.assign(width=data["mAP_max"] - data["mAP_min"], shift=data["mAP_stable"] - data["mAP"])
    data = data[[*CELL, *_COLUMNS, "width", "shift", *_SIZES]]
    return in_method_order(data, SETTING, ["bits"]).reset_index(drop=True)


def _cells(part: pd.DataFrame, size: Size) -> pd.DataFrame:
    """The rows for people; an expected mAP on fewer splits or seeds than ``size`` says so."""
    frame = pd.DataFrame({"Method": part["label"], "Bits": part["bits"].astype(str)})
    for name, heading in (_COLUMNS | {"width": "width"}).items():
        frame[heading] = part[name].map(lambda value: _number(value, ".3f"))
    fewer = ["" if pd.isna(row["mAP"]) else fewer_words(row, size) for _, row in part.iterrows()]
    frame["expected"] += fewer
    return frame.assign(shift=part["shift"].map(lambda value: _number(value, "+.3f")))


def _number(value: float, form: str) -> str:
    return "n/a (undefined or not scored)" if pd.isna(value) else f"{value:{form}}"
