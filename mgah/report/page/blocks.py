"""What a reader must know of the data behind a number: stand-ins, and classes that the backbone has met."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mgah.report.figure_words import stand_in_vectors
from mgah.report.paper.published import stand_ins
from mgah.report.style import block_label, dataset_label
from mgah.tables.keys import SETTING
from mgah.tables.leaks import MET


@dataclass(frozen=True)
class Block:
    """One (dataset, backbone, semantics) of the run: its name as in headings, its size, and its labels."""

    name: str
    dataset: str
    backbone: str
    semantics: str
    methods: int
    splits: int
    seeds: int
    bits: tuple[int, ...]
    labels: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, backbone, semantics."""
        return self.dataset, self.backbone, self.semantics


def blocks(
    scores: pd.DataFrame, reference: pd.DataFrame, config: Mapping, told: pd.DataFrame | None = None
) -> list[Block]:
    """The blocks of ``scores``, sorted by name; ``told`` are the notes on class semantics, if the run has any."""
    vectors = stand_in_vectors(told) if told is not None else set()
    return [
        _block(key, rows, reference, config, vectors)
        for key, rows in scores.groupby(list(SETTING), sort=True)
    ]


def _block(
    key: tuple[str, str, str],
    rows: pd.DataFrame,
    reference: pd.DataFrame,
    config: Mapping,
    vectors: set[tuple[str, str]],
) -> Block:
    dataset, _, semantics = key
    stands_for = stand_ins(reference).get(dataset)
    source = config["datasets"].get(dataset, {}).get("semantics", {}).get(semantics, {})
    labels = [f"stand-in for {dataset_label(stands_for)}"] if stands_for else []
    labels += ["stand-in vectors"] if source.get("stand_in") or (dataset, semantics) in vectors else []
    return Block(
        block_label(*key),
        *key,
        methods=rows["method"].nunique(),
        splits=rows["split"].nunique(),
        seeds=rows["seed"].nunique(),
        bits=tuple(sorted(map(int, rows["bits"].dropna().unique()))),
        labels=tuple(filter(None, (*labels, _leak(rows)))),
    )


def _leak(rows: pd.DataFrame) -> str:
    """How many unseen classes the backbone has met, of those with scores of their own; empty where all are clean."""
    classes = rows[(rows["metric"] == "mAP") & (rows["class"] != "")]
    marks = classes.groupby("class")["leak"].agg(set)
    if marks.empty:
        return "leaks not known"
    met = int(marks.map(lambda found: bool(found & MET)).sum())
    clean = int(marks.map(lambda found: found == {"clean"}).sum())
    if clean == len(marks):
        return ""
    unknown = len(marks) - met - clean
    if unknown == len(marks):
        return "leaks not known"
    text = f"leak: {met} of {len(marks)} unseen classes met"
    return f"{text}, {unknown} not known" if unknown else text
