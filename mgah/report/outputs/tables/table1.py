"""Table 1: mAP of every method at every code length, beside the published value."""

import math
from collections.abc import Collection

import pandas as pd

from mgah.metrics.statistics import mean
from mgah.report.aggregate import CELL, of_block, run_means
from mgah.report.full import Size, fewer_words, full_among, full_size
from mgah.report.grid import (
    at_length,
    bits_words,
    blocks,
    bold,
    bold_words,
    by_length,
    cells,
    lengths,
    methods_of,
    overview,
    sizes,
    tidy,
    trained_words,
)
from mgah.report.outputs.base import Frame, Table
from mgah.report.paper.published import published
from mgah.report.style import block_label, is_control
from mgah.report.valueless import valueless
from mgah.report.wording import (
    GLOSSARY,
    LEAKS,
    MISSING,
    PROTOCOL,
    dataset_notes,
    paper_notes,
    run_notes,
    stand_in_words,
)
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split

#: Metrics printed beside mAP: their column in the third frame.
BESIDE = {
    "mAP_stable": "stable order",
    "P@H<=2": "P@H≤2",
    "empty_ball_share": "empty balls",
    "P@H<=2_nonempty": "P@H≤2, not empty",
    "seen_mAP": "seen mAP",
    "seen_P@H<=2": "seen P@H≤2",
    "harmonic_mean": "harmonic mean",
    "bit_balance": "bit balance",
}

#: Columns of the tidy table behind those that every table has.
MORE = ["clean_mean", "clean_classes", "chance_mAP", "mAP_min", "mAP_max", "undefined_queries", *BESIDE]


def build(scores: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame) -> Table:
    """Table 1 of ``scores`` beside ``reference``; see `mgah.report.outputs.base`."""
    paper = published(reference, "table1", "mAP", scores["backbone"])
    data = _data(scores, paper)
    frames = overview(data, scores, reference, "mAP")
    for block, rows in blocks(scores):
        part = of_block(data, block)
        frames += _frames(block, part, rows, stand_in_words(block[:1], reference))
    of_the_data = (
        *dataset_notes(scores),
        *paper_notes(scores, reference, "table1"),
        *run_notes(scores, notes),
    )
    numbers = tidy(data, MORE).astype(dict.fromkeys(("clean_classes", "undefined_queries"), "Int64"))
    return Table(
        "Table 1. mAP of unseen classes by code length",
        (*PROTOCOL, bold_words(data), GLOSSARY, *of_the_data),
        tuple(frames),
        numbers,
    )


def _data(scores: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """One row a (block, method, bits), whether it was run or not, in the order of print."""
    whole = scores[scores["class"] == ""]
    data = cells(scores, paper, "mAP")
    for metric in ("mAP_min", "mAP_max", *BESIDE):
        means = run_means(whole[whole["metric"] == metric], CELL).rename(columns={"mean": metric})
        data = data.merge(means, how="left", on=list(CELL))
    left_out = whole[whole["metric"] == "undefined_queries"].rename(columns={"value": "undefined_queries"})
    left_out = left_out.groupby(list(CELL), dropna=False)["undefined_queries"].agg(list).map(math.fsum)
    data = data.merge(left_out.astype("float64").reset_index(), how="left", on=list(CELL))
    data = data.merge(_clean_means(scores), how="left", on=list(CELL))
    chance = run_means(whole_split(scores, "chance_mAP"), SETTING).rename(columns={"mean": "chance_mAP"})
    return data.merge(chance, how="left", on=list(SETTING))


def _clean_means(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean mAP over the clean unseen classes of each cell, each class a mean over its splits and seeds.

    A class without a value on a split is left out there.
    """
    rows = scores[(scores["metric"] == "mAP") & (scores["class"] != "")]
    rows = rows[(rows["leak"] == "clean") & ~valueless(rows)]
    by_class = run_means(rows, [*CELL, "class"]).groupby(list(CELL), dropna=False)["mean"].agg(list)
    clean = pd.DataFrame({"clean_mean": by_class.map(mean), "clean_classes": by_class.map(len)})
    return clean.astype("float64").reset_index()


def _frames(
    block: tuple[str, str, str], part: pd.DataFrame, rows: pd.DataFrame, stand_in: str
) -> list[Frame]:
    """The frames of one block: methods, controls, clean classes, marks, and what stands beside mAP."""
    name = block_label(*block)
    controls = part["method"].map(is_control)
    chance = part["chance_mAP"].iloc[0]
    level = "n/a (undefined or not scored)" if pd.isna(chance) else f"{chance:.3f}"
    caption = f"{name}: mAP\n{sizes(part)}.{trained_words(part[~controls])} Chance level (a database in random order): "
    caption += f"{level}.{stand_in}"
    shown = [(caption, by_length(part[~controls], part, rows, rivals=True), methods_of(part[~controls]))]
    if controls.any():
        caption = f"{name}: controls\nWithout codes there is no code length: the same value in every column."
        caption += trained_words(part[controls])
        shown.append(
            (caption, by_length(part[controls], part, rows, rivals=False), methods_of(part[controls]))
        )
    caption, clean = _clean(name, part, rows)
    shown.append((caption, clean, methods_of(part) if "Method" in clean else ()))
    shown.append((*_marks(name, rows), ()))
    shown.append((*_beside(name, part, rows), tuple(part.loc[part["runs"].notna(), "method"])))
    return [Frame(caption, cells, block, methods=methods) for caption, cells, methods in shown]


def _clean(name: str, part: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Methods by code length: ours over the unseen classes that the backbone has not met in any form."""
    classes = rows[(rows["metric"] == "mAP") & (rows["class"] != "")]
    marked = set(classes.loc[classes["leak"] == "clean", "class"])
    clean = sorted(marked & set(classes.loc[~valueless(classes), "class"]))
    caption = f"{name}: mAP, clean unseen classes only\n"
    if marked and not clean:
        return f"{caption}{_left_out(marked)}", pd.DataFrame(
            {"Mean over clean classes": ["no clean class with a value"]}
        )
    if not clean:
        return f"{caption}No unseen class is marked clean.", pd.DataFrame(
            {"Mean over clean classes": ["no clean class"]}
        )
    caption += f"{len(clean)} of {classes['class'].nunique()} unseen classes: {', '.join(clean)}."
    if left_out := marked - set(clean):
        caption += f" {_left_out(left_out)}"
    size = full_size(part, rows["split"].nunique())
    frame = pd.DataFrame({"Method": part.drop_duplicates("method")["label"].tolist()})
    for length in lengths(part):
        column = at_length(part, length)
        texts = [_clean_text(cell, len(clean), size) for _, cell in column.iterrows()]
        comparable = (column["clean_classes"] == len(clean)) & full_among(column, column, size.splits)
        comparable &= ~column["method"].map(is_control)
        frame[bits_words(length)] = bold(texts, column["clean_mean"].where(comparable))
    return caption, frame


def _left_out(classes: Collection[str]) -> str:
    """That clean ``classes`` have no value, as a sentence."""
    return (
        f"Clean as well, and left out, as the database holds no image of them: {', '.join(sorted(classes))}."
    )


def _clean_text(cell: pd.Series, classes: int, size: Size) -> str:
    if pd.isna(cell["runs"]):
        return "n/a (not run)"
    if pd.isna(cell["clean_classes"]):
        return f"n/a (0 of {classes} classes)"
    text = "n/a (undefined)" if pd.isna(cell["clean_mean"]) else f"{cell['clean_mean']:.3f}"
    if cell["clean_classes"] < classes:
        text += f" ({cell['clean_classes']:.0f} of {classes} classes)"
    return f"{text}{fewer_words(cell, size)}"


def _marks(name: str, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Each leak mark with its unseen classes, the strongest mark first."""
    caption = f"{name}: has the backbone met the unseen classes?"
    classes = rows[(rows["metric"] == "mAP") & (rows["class"] != "")]
    marks = classes.groupby("class")["leak"].agg(
        lambda found: found.iloc[0] if found.nunique() == 1 else "mixed"
    )
    if marks.empty:
        return caption, pd.DataFrame({"Unseen classes": ["n/a (no scores by class)"]})
    grouped = [(mark, marks.index[marks == mark], meaning) for mark, meaning in LEAKS.items()]
    return caption, pd.DataFrame(
        [(mark or MISSING, ", ".join(found), meaning) for mark, found, meaning in grouped if len(found)],
        columns=["Mark", "Unseen classes", "Meaning"],
    )


def _beside(name: str, part: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """One row a method and code length that was run: the metrics that mAP is to be read with."""
    caption = f"{name}: beside mAP"
    size = full_size(part, rows["split"].nunique())
    part = part[part["runs"].notna()]
    fewer = [fewer_words(row, size) for _, row in part.iterrows()]
    scored = set(
        rows.loc[rows["class"] == "", ["method", "bits", "metric"]].itertuples(index=False, name=None)
    )

    def texts(metric: str, column: str, digits: int = 3) -> list[str]:
        return [
            _value(row, column, digits, (row["method"], row["bits"], metric) in scored)
            for _, row in part.iterrows()
        ]

    frame = pd.DataFrame(
        {
            "Method": part["label"],
            "Bits": [MISSING if pd.isna(length) else str(length) for length in part["bits"]],
            "mAP": [f"{text}{words}" for text, words in zip(texts("mAP", "mean"), fewer, strict=True)],
            "lowest": texts("mAP_min", "mAP_min"),
            "highest": texts("mAP_max", "mAP_max"),
            "left out": texts("undefined_queries", "undefined_queries", digits=0),
        }
    )
    for metric, heading in BESIDE.items():
        frame[heading] = texts(metric, metric)
    return caption, frame


def _value(row: pd.Series, column: str, digits: int, scored: bool) -> str:
    if pd.notna(row[column]):
        return f"{row[column]:.{digits}f}"
    return "n/a (undefined)" if scored else "n/a (no codes)" if pd.isna(row["bits"]) else "n/a (not scored)"
