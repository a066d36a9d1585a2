"""Table 1: mAP of every method at every code length, beside the published value."""

import math

import pandas as pd

from mgah.report.aggregate import BLOCK, CELL, mean, run_means, summarize, whole_split
from mgah.report.contract import Table
from mgah.report.reference import published
from mgah.report.style import block_label, is_control, method_order, method_style
from mgah.report.wording import (
    GLOSSARY,
    LEAKS,
    MISSING,
    PROTOCOL,
    dataset_notes,
    estimate,
    interval_words,
    paper_notes,
    run_notes,
    size_words,
)

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
BOLD = (
    "Bold: the highest of ours at a code length where two or more methods compete; controls and cells on fewer "
    "splits or clean classes than their frame do not."
)


def build(scores: pd.DataFrame, reference: pd.DataFrame) -> Table:
    """Table 1 of ``scores`` beside ``reference``; see `mgah.report.contract`."""
    paper = published(reference, "table1", "mAP", scores["backbone"])
    data = _data(scores, paper)
    frames = []
    for block, rows in _blocks(scores):
        part = data[(data[list(BLOCK)] == list(block)).all(axis=1)]
        frames += _frames(block_label(*block), part, rows)
    of_the_data = (*dataset_notes(scores), *paper_notes(scores, reference, paper), *run_notes(scores))
    notes = (*PROTOCOL, BOLD, GLOSSARY, *of_the_data)
    return Table("Table 1. mAP of unseen classes by code length", notes, tuple(frames), _tidy(data))


def _blocks(scores: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    """Each block and its scores; the blocks with most methods first, then by name."""
    blocks = scores.groupby(list(BLOCK), sort=True)
    return sorted(blocks, key=lambda block: -block[1]["method"].nunique())


def _data(scores: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """One row a (block, method, bits), whether it was run or not, in the order of print."""
    whole = scores[scores["class"] == ""]
    data = _grid(scores, paper).merge(summarize(whole_split(scores, "mAP")), how="left", on=list(CELL))
    data = data.merge(paper, how="left", on=["dataset", "backbone", "method", "bits"])
    for metric in ("mAP_min", "mAP_max", *BESIDE):
        means = run_means(whole[whole["metric"] == metric], CELL).rename(columns={"mean": metric})
        data = data.merge(means, how="left", on=list(CELL))
    left_out = whole[whole["metric"] == "undefined_queries"].rename(columns={"value": "undefined_queries"})
    left_out = left_out.groupby(list(CELL), dropna=False)["undefined_queries"].agg(list).map(math.fsum)
    data = data.merge(left_out.astype("float64").reset_index(), how="left", on=list(CELL))
    data = data.merge(_clean(scores), how="left", on=list(CELL))
    chance = run_means(whole_split(scores, "chance_mAP"), BLOCK).rename(columns={"mean": "chance_mAP"})
    return data.merge(chance, how="left", on=list(BLOCK))


def _grid(scores: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """The cells of each block: its methods and the paper's, at all of its code lengths."""
    cells = []
    for block, rows in _blocks(scores):
        labels = dict(zip(rows["method"], rows["label"], strict=True))
        line_up = paper.loc[(paper[["dataset", "backbone"]] == list(block[:2])).all(axis=1), "method"]
        labels |= {word: method_style(word).label for word in line_up if word not in labels}
        without_codes = set(rows.loc[rows["bits"].isna(), "method"])
        lengths = sorted(rows["bits"].dropna().unique())
        for word in sorted(labels, key=method_order):
            cells += [
                (*block, word, labels[word], n) for n in ([pd.NA] if word in without_codes else lengths)
            ]
    return pd.DataFrame(cells, columns=list(CELL)).astype({"bits": "Int64"})


def _clean(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean mAP over the clean unseen classes of each cell, each class a mean over its splits and seeds."""
    rows = scores[(scores["metric"] == "mAP") & (scores["class"] != "") & (scores["leak"] == "clean")]
    by_class = run_means(rows, [*CELL, "class"]).groupby(list(CELL), dropna=False)["mean"].agg(list)
    clean = pd.DataFrame({"clean_mean": by_class.map(mean), "clean_classes": by_class.map(len)})
    return clean.astype("float64").reset_index()


def _tidy(data: pd.DataFrame) -> pd.DataFrame:
    """The numbers for programs; ``reason`` says why ``ours`` is empty."""
    reason = data["runs"].isna().map({True: "not run", False: ""})
    reason = reason.mask(data["undefined"] > 0, "undefined")
    counts = ["splits", "seeds", "runs", "clean_classes", "undefined_queries"]
    tidy = data.rename(columns={"mean": "ours"}).assign(reason=reason).astype(dict.fromkeys(counts, "Int64"))
    first = [*CELL, "published", "ours", "low", "high", "interval", "splits", "seeds", "runs", "reason"]
    first += ["clean_mean", "clean_classes", "chance_mAP", "mAP_min", "mAP_max", "undefined_queries"]
    return tidy[[*first, *BESIDE]]


def _frames(name: str, part: pd.DataFrame, rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The frames of one block: methods, controls, clean classes, marks, and what stands beside mAP."""
    controls = part["method"].map(is_control)
    chance = part["chance_mAP"].iloc[0]
    level = "n/a (undefined or not scored)" if pd.isna(chance) else f"{chance:.3f}"
    size = f"{size_words(part)}; {interval_words(part)}. Chance level (a database in random order): {level}."
    caption = f"{name}: mAP\n{size}"
    frames = [(caption, _map_frame(part[~controls], part, rows, rivals=True))]
    if controls.any():
        caption = f"{name}: controls\nWithout codes there is no code length: the same value in every column."
        frames.append((caption, _map_frame(part[controls], part, rows, rivals=False)))
    return [
        *frames,
        _clean_frame(name, part, rows),
        _marks_frame(name, rows),
        _beside_frame(name, part, rows),
    ]


def _map_frame(part: pd.DataFrame, block: pd.DataFrame, rows: pd.DataFrame, rivals: bool) -> pd.DataFrame:
    """Methods by code length: the published value where the block has any, and ours, the best of rivals in bold."""
    with_paper = rivals and block["published"].notna().any()
    splits = rows["split"].nunique()
    frame = pd.DataFrame({"Method": part.drop_duplicates("method")["label"].tolist()})
    for length in _lengths(block):
        cells = _column(part, length)
        if with_paper:
            paper = [MISSING if pd.isna(value) else f"{value:.4f}" for value in cells["published"]]
            frame[f"{_bits(length)} paper"] = paper
        texts = [estimate(cell, splits) for _, cell in cells.iterrows()]
        comparable = cells["splits"] == splits
        frame[f"{_bits(length)} ours"] = _bold(texts, cells["mean"].where(comparable)) if rivals else texts
    return frame


def _clean_frame(name: str, part: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """Methods by code length: ours over the unseen classes that the backbone has not met in any form."""
    classes = rows[(rows["metric"] == "mAP") & (rows["class"] != "")]
    clean = sorted(classes.loc[classes["leak"] == "clean", "class"].unique())
    caption = f"{name}: mAP, clean unseen classes only\n"
    if not clean:
        return f"{caption}No unseen class is marked clean.", pd.DataFrame(
            {"Mean over clean classes": ["no clean class"]}
        )
    caption += f"{len(clean)} of {classes['class'].nunique()} unseen classes: {', '.join(clean)}."
    frame = pd.DataFrame({"Method": part.drop_duplicates("method")["label"].tolist()})
    for length in _lengths(part):
        cells = _column(part, length)
        texts = [_clean_text(cell, len(clean)) for _, cell in cells.iterrows()]
        comparable = (cells["clean_classes"] == len(clean)) & ~cells["method"].map(is_control)
        frame[_bits(length)] = _bold(texts, cells["clean_mean"].where(comparable))
    return caption, frame


def _clean_text(cell: pd.Series, classes: int) -> str:
    if pd.isna(cell["runs"]):
        return "n/a (not run)"
    if pd.isna(cell["clean_classes"]):
        return f"n/a (0 of {classes} classes)"
    text = "n/a (undefined)" if pd.isna(cell["clean_mean"]) else f"{cell['clean_mean']:.3f}"
    return (
        text
        if cell["clean_classes"] == classes
        else f"{text} ({cell['clean_classes']:.0f} of {classes} classes)"
    )


def _marks_frame(name: str, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
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


def _beside_frame(name: str, part: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, pd.DataFrame]:
    """One row a method and code length that was run: the metrics that mAP is to be read with."""
    caption = f"{name}: beside mAP"
    part = part[part["runs"].notna()]
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
            "mAP": texts("mAP", "mean"),
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


def _column(part: pd.DataFrame, length: int | None) -> pd.DataFrame:
    """The cells of one code length, one a method; a line without codes stands in every column."""
    return part[part["bits"].isna() | (part["bits"] == length).fillna(False)]


def _lengths(part: pd.DataFrame) -> list[int | None]:
    return sorted(part["bits"].dropna().unique()) or [None]


def _bits(length: int | None) -> str:
    return "no codes" if length is None else f"{length} bits"


def _bold(texts: list[str], means: pd.Series) -> list[str]:
    """``texts`` with the highest of two or more means in bold, by its printed digits; NaN means do not compete."""
    if means.notna().sum() < 2:
        return texts
    printed = [None if pd.isna(value) else f"{value:.3f}" for value in means]
    best = max(filter(None, printed))
    return [
        text.replace(value, f"**{value}**", 1) if value is not None and value == best else text
        for text, value in zip(texts, printed, strict=True)
    ]
