"""What is said beside the numbers: cells as text, the protocol, leak marks, and the notes of the scores."""

from collections.abc import Iterable, Sequence

import pandas as pd

from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.report.aggregate import of_block
from mgah.report.full import Size, fewer_words
from mgah.report.order import in_method_order
from mgah.report.outputs.base import Block, Note
from mgah.report.paper.datasets import BACKBONES, DATASET_NOTES, MEASURE_NOTES
from mgah.report.paper.line_up import END_TO_END, TRAINED_ALONG
from mgah.report.paper.published import stand_ins, table_backbone
from mgah.report.style import base_of, block_label, dataset_label, is_control
from mgah.tables.keys import SETTING
from mgah.tables.leaks import MEANING, MET, NOT_KNOWN
from mgah.words import counted

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


def estimate(summary: pd.Series, splits: int, seeds: int = 1) -> str:
    """A summarized cell as text: ``0.251 ± 0.031``, or why there is no number or no interval.

    Args:
        summary: a row of `mgah.report.aggregate.summarize`; ``runs`` is NaN for a cell without runs.
        splits, seeds: what a full cell of its frame has (`mgah.report.full.full_size`); a cell with fewer says so.
    """
    if pd.isna(summary["runs"]):
        return "n/a (not run)"
    if pd.isna(summary["mean"]):
        return f"n/a (undefined in {summary['undefined']:.0f} of {summary['runs']:.0f} runs)"
    text = f"{summary['mean']:.3f}"
    text += f" ± {summary['high'] - summary['mean']:.3f}" if pd.notna(summary["high"]) else " (one run)"
    return f"{text}{fewer_words(summary, Size(splits, seeds))}"


def interval_words(summary: pd.DataFrame) -> str:
    """What the intervals of the cells in ``summary`` are taken over, in words."""
    done = summary[summary["runs"].notna()]
    over = {
        kind: f"{span(done.loc[done['interval'] == kind, kind].astype(int))} {words}"
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
    """How many splits and seeds stand behind the cells of ``summary``: ``10 splits × 3 seeds``, or which there are.

    Reference lines, which have no seeds, are not counted where there are others.
    """
    done = summary[summary["runs"].notna()].astype({"splits": int, "seeds": int})
    lines = done["method"].isin(REFERENCE_LINES)
    done = done if lines.all() else done[~lines]
    if done.empty:
        return "no runs"
    if done["splits"].nunique() == 1 or done["seeds"].nunique() == 1:
        return f"{counted_range(done['splits'], 'split')} × {counted_range(done['seeds'], 'seed')}"
    found = sorted(set(zip(done["splits"], done["seeds"], strict=True)), reverse=True)
    *most, last = (f"{counted(splits, 'split')} × {counted(seeds, 'seed')}" for splits, seeds in found)
    return f"{', '.join(most)} or {last}"


def dataset_notes(scores: pd.DataFrame) -> list[Note]:
    """What must be known of the datasets of ``scores``, one sentence a dataset."""
    return [
        Note(f"{dataset_label(word)}: {note}", _whole(scores[scores["dataset"] == word]))
        for word, note in DATASET_NOTES.items()
        if word in set(scores["dataset"])
    ]


def measure_notes(measures: pd.DataFrame) -> list[Note]:
    """What must be known before the numbers of others are laid beside ``measures``, a sentence a matter."""
    named = zip(measures["metric"], measures["dataset"], strict=True)
    told = measures.assign(note=[MEASURE_NOTES.get(metric, {}).get(word, "") for metric, word in named])
    return [Note(note, _whole(rows)) for note, rows in told[told["note"] != ""].groupby("note")]


def clean_words(scores: pd.DataFrame) -> str:
    """How many of the unseen classes of ``scores``, of one backbone, it has met in no form; a sentence."""
    classes = scores[(scores["metric"] == "mAP") & (scores["class"] != "")]
    marks = [set(found) for _, found in classes.groupby("class")["leak"]]
    clean = marks.count({"clean"})
    open_ = sum(bool(found & NOT_KNOWN) and not found & MET for found in marks)
    if open_ == len(marks):
        return "which unseen classes the backbone has met is not known."
    known = f"unseen classes that the backbone has met in no form (clean): {clean} of {len(marks)}"
    return f"{known}, not known of {open_}." if open_ else f"{known}."


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


def counted_range(counts: pd.Series, thing: str) -> str:
    """The numbers ``counts`` of a thing in words.

    Examples:
        >>> counted_range(pd.Series([1, 1]), "seed"), counted_range(pd.Series([7, 10]), "split")
        ('1 seed', '7 to 10 splits')
    """
    return counted(counts.max(), thing) if counts.nunique() == 1 else f"{span(counts)} {thing}s"


def paper_notes(scores: pd.DataFrame, reference: pd.DataFrame, table: str) -> list[Note]:
    """Where datasets, backbones and what was trained part from those of the published ``table``, and where not."""
    own = table_backbone(reference, table)
    others = set(reference["backbone"]) - {own}
    known = set(reference.loc[reference["table"] == table, "dataset"])
    known |= {word for word, dataset in stand_ins(reference).items() if dataset in known}
    elsewhere = {*reference["dataset"], *stand_ins(reference)}
    notes = []
    for (dataset, backbone), rows in scores.groupby(["dataset", "backbone"], sort=True):
        if dataset not in known:
            whose = (
                "this table of the paper does not have" if dataset in elsewhere else "the paper does not use"
            )
            text = (
                f"{dataset_label(dataset)} (backbone `{backbone}`): {whose} this dataset, so "
                "there is no published number to compare with."
            )
        elif backbone in others:
            text = (
                f"{dataset_label(dataset)}: the paper's numbers in this table are of {BACKBONES[own][0]}, and "
                f"those of the backbone `{backbone}` belong to another of its tables; none is shown beside ours."
            )
        else:
            text = (
                f"{dataset_label(dataset)}: the published numbers are of {', '.join(BACKBONES[own])}; "
                f"{_parting(rows, backbone, own, table, reference)}{stand_in_words([dataset], reference)}"
            )
        notes.append(Note(text, _whole(rows)))
    return notes


def _parting(rows: pd.DataFrame, backbone: str, own: str, table: str, reference: pd.DataFrame) -> str:
    """How ``rows`` of one dataset and backbone part from the published ``table``, of the backbone ``own``."""
    if backbone != own:
        return (
            f"ours are of the backbone `{backbone}`. A difference between the two is a difference of the whole "
            "setting."
        )
    shown = rows[rows["method"].isin(reference.loc[reference["table"] == table, "method"])]
    fine_tuned = shown["method"].map(base_of).isin(TRAINED_ALONG)
    other = shown[fine_tuned != (shown["trained"] == END_TO_END)]
    if other.empty:
        return "ours are of the same backbone, trained as there."
    return (
        f"ours are of the same backbone, trained as there, but not {trained_labels(other)}: a difference of these "
        "to the published numbers is one of the setting as well."
    )


def trained_labels(rows: pd.DataFrame) -> str:
    """What was trained, and by which methods of ``rows``: ``frozen features (ITQ, KSH); end to end (MGAH)``.

    Controls are not among them.
    """
    shown = rows[(rows["trained"] != "") & ~rows["method"].map(is_control).astype(bool)]
    labels = in_method_order(shown.drop_duplicates(["label", "trained"]))
    return "; ".join(
        f"{trained} ({', '.join(part['label'])})" for trained, part in labels.groupby("trained", sort=True)
    )


def leak_notes(scores: pd.DataFrame) -> list[Note]:
    """Which unseen classes each backbone has met: a sentence a dataset and backbone, the strongest mark first."""
    classes = scores[(scores["metric"] == "mAP") & (scores["class"] != "")]
    found = []
    for (dataset, backbone), rows in classes.groupby(["dataset", "backbone"], sort=True):
        marks = rows.groupby("class")["leak"].agg(
            lambda leak: leak.iloc[0] if leak.nunique() == 1 else "mixed"
        )
        parts = [f"{mark or 'no mark'} {(marks == mark).sum()}" for mark in LEAKS if (marks == mark).any()]
        text = (
            f"{block_label(dataset, backbone, '')}: leak marks of the {len(marks)} unseen classes: {', '.join(parts)} "
            "(only classes marked clean has the backbone met in no form; Table 1 says which)."
        )
        found.append(Note(text, _whole(rows)))
    return found


def run_notes(scores: pd.DataFrame, notes: pd.DataFrame) -> list[Note]:
    """Every one of ``notes`` that is of the scores, once, with the blocks and methods that it concerns."""
    cells = scores.drop_duplicates([*SETTING, "method", "label"])
    told = cells.merge(notes, on=[*SETTING, "method"])
    return [
        Note(f"{note.rstrip('.')}.", _scope(rows, cells, "label"), _scope(rows, cells, "method"))
        for note, rows in told.groupby("note")
    ]


def notes_of(notes: Iterable[str | Note], block: Block) -> tuple[str, ...]:
    """The texts of those of ``notes`` that concern ``block``, or a method there, and not all of a table."""
    return tuple(
        note.text for note in notes if isinstance(note, Note) and block in {place for place, _ in note.of}
    )


def without_words(splits: Sequence[str]) -> str:
    """That ``splits``, on which defaults were chosen, are left out: the end of a heading, nothing where there are none.

    Examples:
        >>> without_words(["cat", "horse", "truck"])
        ', without development splits (cat, horse, truck)'
    """
    return f", without development splits ({', '.join(splits)})" if splits else ""


def _whole(scores: pd.DataFrame) -> frozenset[tuple[Block, str]]:
    """The blocks of ``scores``, each as a whole."""
    return frozenset((block, "") for block in scores[list(SETTING)].itertuples(index=False, name=None))


def _scope(told: pd.DataFrame, cells: pd.DataFrame, name: str) -> frozenset[tuple[Block, str]]:
    """What one note concerns, which is of the rows ``told`` of ``cells``: blocks as a whole, or methods there.

    Methods are given by the column ``name``. A note of all methods with codes, if they are several, is one of the
    block.
    """
    found = set[tuple[Block, str]]()
    for block, rows in told.groupby(list(SETTING), sort=True):
        here, methods = of_block(cells, block), set(rows["method"])
        coded = set(here.loc[here["bits"].notna(), "method"])
        whole = methods == set(here["method"]) or (len(methods) > 1 and methods == coded)
        found |= {(block, text) for text in ([""] if whole else set(rows[name]))}
    return frozenset(found)


def span(counts: pd.Series) -> str:
    """The range of ``counts``, or of shares as texts of one form.

    Examples:
        >>> span(pd.Series([10, 10])), span(pd.Series([10, 3]))
        ('10', '3 to 10')
    """
    low, high = counts.min(), counts.max()
    return str(high) if low == high else f"{low} to {high}"
