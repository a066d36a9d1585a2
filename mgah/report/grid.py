"""Cells of a table: methods by code length in each block, ours beside the published value, and all blocks at once."""

from collections.abc import Iterable, Sequence

import pandas as pd

from mgah.report.aggregate import CELL, summarize, with_trained
from mgah.report.full import Size, fewer_words, full_among, full_size, is_full
from mgah.report.order import in_method_order
from mgah.report.outputs.base import BACKBONE_COLUMN, METHOD_COLUMN, Frame
from mgah.report.paper.published import stand_ins
from mgah.report.style import block_label, dataset_label, is_control, method_order, method_style
from mgah.report.wording import MISSING, estimate, interval_words, size_words, stand_in_words
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split

#: Columns of `tidy`.
TIDY = (*CELL, "trained", "published", "ours", "low", "high", "interval", "splits", "seeds", "runs", "reason")


def bold_words(data: pd.DataFrame) -> str:
    """What is bold in the frames of the `cells` ``data``; seeds are named where methods of a frame differ in them.

    Examples:
        >>> place = {"dataset": "cifar10", "semantics": "glove", "runs": 10}
        >>> data = pd.DataFrame([place | {"method": "itq", "seeds": 3}, place | {"method": "ksh", "seeds": 1}])
        >>> bold_words(data).endswith("fewer splits, seeds or clean classes than their frame do not.")
        True
    """
    rivals = data[data["runs"].notna() & ~data["method"].map(is_control).astype(bool)]
    mixed = (rivals.groupby(["dataset", "semantics"])["seeds"].nunique() > 1).any()
    return (
        "Bold: the highest of ours at a code length where two or more methods compete; controls and cells on fewer "
        f"splits{', seeds' if mixed else ''} or clean classes than their frame do not."
    )


def blocks(scores: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    """Each block and its scores; the blocks with most methods first, then by name."""
    found = scores.groupby(list(SETTING), sort=True)
    return sorted(found, key=lambda block: -block[1]["method"].nunique())


def cells(scores: pd.DataFrame, paper: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row a (block, method, bits), run or not, in the order of print.

    Columns: those of `mgah.report.aggregate.summarize` over the runs of ``metric``, ``trained``, which is empty for
    what was not run, and ``published``.
    ``paper`` is what `mgah.report.paper.published.published` gives; its methods stand in the block also where they
    were not run.
    """
    grid = _grid(scores, paper).merge(summarize(whole_split(scores, metric)), how="left", on=list(CELL))
    grid = with_trained(grid, scores)
    return grid.merge(paper, how="left", on=["dataset", "backbone", "method", "bits"])


def _grid(scores: pd.DataFrame, paper: pd.DataFrame) -> pd.DataFrame:
    """The cells of each block: its methods and the paper's, at all of its code lengths."""
    found = []
    for block, rows in blocks(scores):
        labels = dict(zip(rows["method"], rows["label"], strict=True))
        line_up = paper.loc[(paper[["dataset", "backbone"]] == list(block[:2])).all(axis=1), "method"]
        labels |= {word: method_style(word).label for word in line_up if word not in labels}
        without_codes = set(rows.loc[rows["bits"].isna(), "method"])
        bits = sorted(rows["bits"].dropna().unique())
        for word in sorted(labels, key=method_order):
            found += [(*block, word, labels[word], n) for n in ([pd.NA] if word in without_codes else bits)]
    return pd.DataFrame(found, columns=list(CELL)).astype({"bits": "Int64"})


def tidy(data: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    """`cells` for programs, with the columns ``more``; ``mean`` is ``ours``, ``reason`` says why it is empty."""
    reason = data["runs"].isna().map({True: "not run", False: ""})
    reason = reason.mask(data["undefined"] > 0, "undefined")
    data = data.rename(columns={"mean": "ours"}).assign(reason=reason)
    data = data.astype(dict.fromkeys(("splits", "seeds", "runs"), "Int64"))
    return data[[*TIDY, *more]]


def sizes(part: pd.DataFrame) -> str:
    """Splits, seeds and intervals of one block of `cells` in words."""
    return "; ".join(filter(None, (size_words(part), interval_words(part))))


def trained_words(shown: pd.DataFrame) -> str:
    """What was trained in the cells ``shown``, a sentence with a space before it, where it is one thing in all."""
    found = set(shown["trained"]) - {""}
    return f" Trained: {found.pop()}." if len(found) == 1 else ""


def joined_texts(texts: Iterable[str]) -> str:
    """Each of ``texts`` that is not empty once, such as what a method trained in several settings, with slashes."""
    return " / ".join(sorted(set(texts) - {""}))


def trained_column(shown: pd.DataFrame) -> dict[str, list[str]]:
    """The column of what was trained in the rows ``shown``, under its heading; none where it is one thing in all."""
    several = shown.loc[shown["trained"] != "", "trained"].nunique() > 1
    return {"Trained": [trained or MISSING for trained in shown["trained"]]} if several else {}


def methods_of(part: pd.DataFrame) -> tuple[str, ...]:
    """The names of the methods of ``part``, in the order of its rows, as those of frames like `by_length`."""
    return tuple(part["method"].drop_duplicates())


def by_length(part: pd.DataFrame, block: pd.DataFrame, rows: pd.DataFrame, rivals: bool) -> pd.DataFrame:
    """Methods by code length: the published value where the block has any, and ours, the best of rivals in bold.

    Args:
        part: the cells to show, some or all of those of ``block``.
        rows: the scores of the block.
        rivals: whether the methods compete; those that do not have no published value either.
    """
    with_paper = rivals and block["published"].notna().any()
    splits = rows["split"].nunique()
    size = full_size(block, splits)
    shown = part.drop_duplicates("method")
    frame = pd.DataFrame({METHOD_COLUMN: shown["label"].tolist(), **trained_column(shown)})
    for length in lengths(block):
        column = at_length(part, length)
        if with_paper:
            paper = [MISSING if pd.isna(value) else f"{value:.4f}" for value in column["published"]]
            frame[f"{bits_words(length)} paper"] = paper
        texts = [estimate(cell, *size) for _, cell in column.iterrows()]
        full = full_among(column, at_length(block, length), splits)
        frame[f"{bits_words(length)} ours"] = bold(texts, column["mean"].where(full)) if rivals else texts
    return frame


def overview(data: pd.DataFrame, scores: pd.DataFrame, reference: pd.DataFrame, heading: str) -> list[Frame]:
    """One frame over all datasets of ``data``, a row a method and backbone, a column a dataset and code length.

    An empty list where there is one dataset only. Methods that were run nowhere, and controls, do not stand in it.
    """
    data = data[data["runs"].notna() & data["bits"].notna() & ~data["method"].map(is_control)]
    if data["dataset"].nunique() < 2:
        return []
    trained = data.groupby(["method", "backbone"])["trained"].agg(joined_texts)
    rows = in_method_order(data.drop_duplicates(["method", "backbone"]).drop(columns="trained"))
    rows = rows.merge(trained.reset_index(), on=["method", "backbone"])
    keys = list(zip(rows["method"], rows["backbone"], strict=True))
    names = {METHOD_COLUMN: rows["label"].tolist(), BACKBONE_COLUMN: rows["backbone"].tolist()}
    frame = pd.DataFrame(names | trained_column(rows))
    columns = []
    for (dataset, semantics), group in data.groupby(["dataset", "semantics"], sort=True):
        alone = data.loc[data["dataset"] == dataset, "semantics"].nunique() == 1
        name = dataset_label(dataset) if alone else block_label(dataset, "", semantics)
        splits = scores.loc[
            (scores["dataset"] == dataset) & (scores["semantics"] == semantics), "split"
        ].nunique()
        for length in lengths(group):
            here = group[group["bits"] == length]
            column = here.set_index(["method", "backbone"]).reindex(keys)
            size = full_size(here, splits)
            texts = [_brief(cell, size) for _, cell in column.iterrows()]
            means = column["mean"].where(is_full(column, size))
            name_of_column = f"{name}, {bits_words(length)}"
            frame[name_of_column] = bold(texts, means)
            if dataset in stand_ins(reference):
                columns.append(name_of_column)
    text = (
        "Ours, and the paper's in brackets where it has a number for this dataset and method. Intervals, splits, "
        "what was not run and the notes of a dataset: in the frames of each dataset."
        f"{trained_words(rows)}{stand_in_words(sorted(data['dataset'].unique()), reference)}"
    )
    methods = tuple(rows["method"])
    return [Frame(f"All datasets: {heading}\n{text}", frame, stand_ins=tuple(columns), methods=methods)]


def _brief(cell: pd.Series, size: Size) -> str:
    """Ours, and the published value in brackets; a cell on fewer splits or seeds than ``size`` says so."""
    if pd.isna(cell["runs"]):
        return MISSING
    text = "n/a (undefined)" if pd.isna(cell["mean"]) else f"{cell['mean']:.3f}"
    text += "" if pd.isna(cell["published"]) else f" ({cell['published']:.4f})"
    return f"{text}{fewer_words(cell, size)}"


def at_length(part: pd.DataFrame, length: int | None) -> pd.DataFrame:
    """The cells of one code length, one a method; a line without codes stands in every column."""
    return part[part["bits"].isna() | (part["bits"] == length).fillna(False)]


def lengths(part: pd.DataFrame) -> list[int | None]:
    """Code lengths of cells, ascending; ``[None]`` where none has codes."""
    return sorted(part["bits"].dropna().unique()) or [None]


def bits_words(length: int | None) -> str:
    """Column heading of a code length."""
    return "no codes" if length is None else f"{length} bits"


def bold(texts: list[str], means: pd.Series) -> list[str]:
    """``texts`` with the highest of two or more means in bold, by its printed digits; NaN means do not compete."""
    if means.notna().sum() < 2:
        return texts
    printed = [None if pd.isna(value) else f"{value:.3f}" for value in means]
    best = max(filter(None, printed))
    return [
        text.replace(value, f"**{value}**", 1) if value is not None and value == best else text
        for text, value in zip(texts, printed, strict=True)
    ]
