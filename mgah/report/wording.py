"""What is said beside the numbers: cells as text, the protocol, leak marks, and the notes of the scores."""

from collections.abc import Iterable

import pandas as pd

from mgah.report.aggregate import BLOCK, of_block
from mgah.report.paper.datasets import BACKBONES, DATASET_NOTES
from mgah.report.paper.published import stand_ins, table_backbone
from mgah.report.style import block_label, dataset_label
from mgah.tables.leaks import MEANING

#: Printed where the paper has no number.
MISSING = "–"

PROTOCOL = (
    "Queries are images of the classes that training never saw (the unseen classes of a split). The database "
    "holds all other images of the dataset: the rest of the unseen classes, and all seen classes with the "
    "training images. An image is relevant when its class is the query's.",
    "mAP is over the full ranking by Hamming distance, of which items at equal distance are in random order: "
    "the expected average precision of a query in closed form, then the mean over queries. Queries whose "
    "class the database lacks have no average precision: they are left out and counted.",
    "P@H≤2 is the share of relevant items within Hamming distance 2, the mean over all queries; a query with "
    "nothing that near (an empty ball) counts 0.",
    "Ours is the mean over splits of the mean over seeds. The splits of a dataset share its images, so an "
    "interval speaks of these classes of this dataset, not of new data.",
)

#: The words of a frame of what stands beside mAP.
GLOSSARY = (
    "Beside mAP: lowest and highest are the tie band, what any order of equal distances can give. Stable order: "
    "equal distances in database order, as much published code ranks. Left out: queries without average "
    "precision, all runs together. Empty balls: the share of queries with nothing within distance 2. Seen: "
    "queries of seen classes outside the training set. Harmonic mean: of unseen and seen mAP, a run at a time. "
    "Bit balance: mean over bits of |mean bit| over the database, 0 balanced, 1 constant; constant bits widen "
    "the ball and lift P@H≤2 without better codes."
)

#: Meaning of every leak mark of a score row.
LEAKS = MEANING | {"mixed": "The marks differ between splits.", "": "No mark: leaks are not known here."}


def estimate(summary: pd.Series, splits: int) -> str:
    """A summarized cell as text: ``0.251 ± 0.031``, or why there is no number or no interval.

    Args:
        summary: a row of `mgah.report.aggregate.summarize`; ``runs`` is NaN for a cell without runs.
        splits: how many splits its block has; a cell with fewer says so.
    """
    if pd.isna(summary["runs"]):
        return "n/a (not run)"
    if pd.isna(summary["mean"]):
        return f"n/a (undefined in {summary['undefined']:.0f} of {summary['runs']:.0f} runs)"
    text = f"{summary['mean']:.3f}"
    text += f" ± {summary['high'] - summary['mean']:.3f}" if pd.notna(summary["high"]) else " (one run)"
    return text if summary["splits"] == splits else f"{text} ({summary['splits']:.0f} of {splits} splits)"


def interval_words(summary: pd.DataFrame) -> str:
    """What the intervals of the cells in ``summary`` are taken over, in words."""
    done = summary[summary["runs"].notna()]
    over = {
        kind: f"{_span(done.loc[done['interval'] == kind, kind].astype(int))} {words}"
        for kind, words in (("splits", "split means"), ("seeds", "seeds where a cell has a single split"))
        if (done["interval"] == kind).any()
    }
    parts = (
        ["± is half of the 95 % Student t interval over " + ", or over ".join(over.values())] if over else []
    )
    if (done["interval"] == "none").any():
        parts.append("one run has no interval")
    return "; ".join(parts)


def size_words(summary: pd.DataFrame) -> str:
    """How many splits and seeds stand behind a full cell of ``summary``."""
    done = summary[summary["runs"].notna()].astype({"splits": int, "seeds": int})
    if done.empty:
        return "no runs"
    return " × ".join(counted(done[name].max(), name[:-1]) for name in ("splits", "seeds"))


def dataset_notes(scores: pd.DataFrame) -> list[str]:
    """What must be known of the datasets of ``scores``, one sentence a dataset."""
    return [
        f"{dataset_label(word)}: {note}"
        for word, note in DATASET_NOTES.items()
        if word in set(scores["dataset"])
    ]


def clean_words(scores: pd.DataFrame) -> str:
    """How many of the unseen classes of ``scores``, of one backbone, it has met in no form; a sentence."""
    marks = scores.loc[
        (scores["metric"] == "mAP") & (scores["class"] != ""), ["class", "leak"]
    ].drop_duplicates()
    if marks["leak"].eq("").all():
        return "which unseen classes the backbone has met is not known."
    clean = set(marks["class"]) - set(marks.loc[marks["leak"] != "clean", "class"])
    total = marks["class"].nunique()
    return f"unseen classes that the backbone has met in no form (clean): {len(clean)} of {total}."


def leak_words(rows: pd.DataFrame) -> str:
    """Which unseen classes of ``rows``, scores or sweeps, the backbones have met, a sentence each."""
    return " ".join(
        f"{block_label(dataset, backbone, '')}: {clean_words(part)}"
        for (dataset, backbone), part in rows.groupby(["dataset", "backbone"])
    )


def stand_in_words(datasets: Iterable[str], reference: pd.DataFrame) -> str:
    """Which of ``datasets`` stand beside the published values of another one: a sentence each, a space before it."""
    stands_for = stand_ins(reference)
    return "".join(
        f" {dataset_label(word)} is a stand-in: the paper's values beside it are of "
        f"{dataset_label(stands_for[word])}, which it is not."
        for word in datasets
        if word in stands_for
    )


def stand_in_marks(datasets: Iterable[str], reference: pd.DataFrame) -> str:
    """Which of ``datasets`` are no data of the paper but stand in for them, where no published value is shown."""
    stands_for = stand_ins(reference)
    return " ".join(
        f"{dataset_label(word)} is a stand-in for {dataset_label(stands_for[word])}."
        for word in datasets
        if word in stands_for
    )


def counted(count: int, thing: str) -> str:
    """``1 split``, ``10 splits``."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def setting_words(datasets: Iterable[str], reference: pd.DataFrame) -> str:
    """What a figure must say of ``datasets``: which stand in for others, and what else a reader must know."""
    words = sorted(set(datasets))
    told = stand_in_marks(words, reference), *dataset_notes(pd.DataFrame({"dataset": words}))
    return " ".join(filter(None, told))


def paper_notes(scores: pd.DataFrame, reference: pd.DataFrame, table: str) -> list[str]:
    """Where datasets and backbones part from those of the published ``table``."""
    own = table_backbone(reference, table)
    others = set(reference["backbone"]) - {own}
    known = set(reference.loc[reference["table"] == table, "dataset"])
    known |= {word for word, dataset in stand_ins(reference).items() if dataset in known}
    notes = []
    for dataset, backbone in _unique(scores, ["dataset", "backbone"]):
        if dataset not in known:
            notes.append(
                f"{dataset_label(dataset)} (backbone `{backbone}`): the paper does not use this dataset, so "
                "there is no published number to compare with."
            )
        elif backbone in others:
            notes.append(
                f"{dataset_label(dataset)}: the paper's numbers in this table are of {BACKBONES[own][0]}, and "
                f"those of the backbone `{backbone}` belong to another of its tables; none is shown beside ours."
            )
        else:
            notes.append(
                f"{dataset_label(dataset)}: the published numbers are of {', '.join(BACKBONES[own])}; ours are of "
                f"the backbone `{backbone}`. A difference between the two is a difference of the whole setting."
                f"{stand_in_words([dataset], reference)}"
            )
    return list(dict.fromkeys(notes))


def leak_notes(scores: pd.DataFrame) -> list[str]:
    """Which unseen classes each backbone has met: a sentence a dataset and backbone, the strongest mark first."""
    classes = scores[(scores["metric"] == "mAP") & (scores["class"] != "")]
    found = []
    for (dataset, backbone), rows in classes.groupby(["dataset", "backbone"], sort=True):
        marks = rows.groupby("class")["leak"].agg(
            lambda leak: leak.iloc[0] if leak.nunique() == 1 else "mixed"
        )
        parts = [f"{mark or 'no mark'} {(marks == mark).sum()}" for mark in LEAKS if (marks == mark).any()]
        found.append(
            f"{block_label(dataset, backbone, '')}: leak marks of the {len(marks)} unseen classes: {', '.join(parts)} "
            "(only classes marked clean has the backbone met in no form; Table 1 says which)."
        )
    return found


def run_notes(scores: pd.DataFrame, notes: pd.DataFrame) -> list[str]:
    """Every one of ``notes`` that is of the scores, once, with the blocks and methods it belongs to."""
    cells = scores.drop_duplicates([*BLOCK, "method", "label"])
    told = cells.merge(notes, on=[*BLOCK, "method"])
    return sorted(f"{_scope(rows, cells)}: {note.rstrip('.')}." for note, rows in told.groupby("note"))


def _scope(told: pd.DataFrame, cells: pd.DataFrame) -> str:
    """The methods and blocks of one note, which is of the rows ``told`` of ``cells``; blocks with the same together."""
    blocks_of: dict[str, list[tuple]] = {}
    for block, rows in told.groupby(list(BLOCK), sort=True):
        blocks_of.setdefault(_methods(rows, of_block(cells, block)), []).append(block)
    n_blocks = cells.groupby(list(BLOCK)).ngroups
    return "; ".join(
        f"{methods} ({'everywhere' if len(blocks) == n_blocks else ', '.join(block_label(*b) for b in blocks)})"
        for methods, blocks in blocks_of.items()
    )


def _methods(told: pd.DataFrame, cells: pd.DataFrame) -> str:
    """Which of the methods of ``cells``, those of one block, the rows ``told`` are of."""
    labels = set(told["label"])
    if labels == set(cells["label"]):
        return "all methods"
    if len(labels) > 1 and labels == set(cells.loc[cells["bits"].notna(), "label"]):
        return "all methods with codes"
    return " / ".join(sorted(labels))  # labels may hold commas


def _span(counts: pd.Series) -> str:
    return str(counts.min()) if counts.min() == counts.max() else f"{counts.min()} to {counts.max()}"


def _unique(rows: pd.DataFrame, columns: list[str]) -> list[tuple]:
    return sorted(set(rows[columns].itertuples(index=False, name=None)))
