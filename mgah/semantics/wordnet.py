"""Class semantics from WordNet: path similarity between the nouns of the classes, without vectors.

Path similarity of two nouns is 1 / (1 + edges on the shortest hypernym path between them). The paper uses it
directly as S_f for ImageNet.

Options:
    synsets: noun of classes, instead of those of the dataset: ``{cat: n02121620}`` or ``{cat: cat.n.01}``.
    builtin: name of a dataset whose path similarities are shipped (``digits``); WordNet is not opened then.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.base import SemanticsSource
from mgah.semantics.classes import rows_of
from mgah.semantics.corpus import RAW_FILES, find_synsets, open_wordnet, wordnet_need
from mgah.semantics.options import (
    builtin_classes,
    builtin_folder,
    builtin_notes,
    by_class,
    check_options,
)
from mgah.semantics.store import ClassSemantics

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset

OPTIONS = {"synsets": dict, "builtin": str}
BUILTIN_FILE = "path-similarity.csv"


class WordNet(SemanticsSource):
    """Path similarities, without vectors; the module's docstring lists the options.

    Examples:
        >>> WordNet(builtin="digits").class_semantics(["one", "two"]).similarity.round(2).tolist()
        [[1.0, 0.33], [0.33, 1.0]]
        >>> WordNet().needs()[0].what
        'WordNet 3.0'
    """

    raw_files = RAW_FILES

    def __init__(self, *, synsets: Mapping[str, str] | None = None, builtin: str | None = None) -> None:
        given: dict[str, Any] = {"synsets": synsets, "builtin": builtin}
        options = {name: value for name, value in given.items() if value is not None}
        check_options("wordnet", options, OPTIONS)
        if {"builtin", "synsets"} <= set(options):
            raise InputError("wordnet: got the options builtin and synsets, expected one of them")
        self.options = options

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        """Path similarities of ``classes``; ``vectors`` is None.

        Raises:
            InputError: for options that do not fit, classes without a noun, ids that WordNet 3.0 does not have
                (all are named), or where WordNet is missing.
        """
        if "builtin" in self.options:
            return _builtin(classes, builtin_folder("wordnet", self.options["builtin"]))
        given = by_class("wordnet", "synsets", self.options.get("synsets", {}), classes)
        ids = {name: given.get(name) or (synsets or {}).get(name) for name in classes}
        lacking = [name for name, synset_id in ids.items() if not synset_id]
        if lacking:
            raise InputError(
                f"wordnet: the dataset gives no noun for the {len(lacking)} classes {lacking}: "
                f"name them under synsets, for example synsets: {{{lacking[0]}: cat.n.01}}"
            )
        nouns = find_synsets(
            open_wordnet(data_dir), {name: str(synset_id) for name, synset_id in ids.items()}
        )
        return ClassSemantics(tuple(classes), path_similarity([nouns[name] for name in classes]))

    def needs(self) -> list[Need]:
        """List the files of WordNet that must lie in the data folder or where NLTK looks; none for what is shipped."""
        return [] if "builtin" in self.options else [wordnet_need()]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        return {"builtin": "digits"}, builtin_classes("digits")


def path_similarity(nouns: Sequence["Synset"]) -> np.ndarray:
    """Path similarity of every pair of NLTK synsets: float64 (c, c), symmetric, 1 on the diagonal.

    The shortest path leads over a common hypernym: one table of heights, c rows, in place of c^2 / 2 searches.
    """
    heights = [_heights(noun) for noun in nouns]
    columns = {wider: column for column, wider in enumerate(set().union(*heights))}
    table = np.full((len(nouns), len(columns)), np.inf)
    for row, of_noun in zip(table, heights, strict=True):
        row[[columns[wider] for wider in of_noun]] = list(of_noun.values())
    edges = np.stack([(table + row).min(axis=1) for row in table])
    return 1 / (1 + edges)


def _heights(noun: "Synset") -> dict["Synset", int]:
    """Edges of the shortest way from a noun up to itself and each of its hypernyms."""
    heights: dict[Synset, int] = {}
    for wider, height in noun.hypernym_distances():
        heights[wider] = min(height, heights.get(wider, height))
    return heights


def _builtin(classes: Sequence[str], folder: Path) -> ClassSemantics:
    table = pd.read_csv(folder / BUILTIN_FILE, index_col=0)
    rows = rows_of(classes, list(table.index), f"wordnet: {folder / BUILTIN_FILE}")
    similarity = table.to_numpy(dtype=np.float64)[np.ix_(rows, rows)]
    return ClassSemantics(tuple(classes), similarity, notes=tuple(builtin_notes(folder, BUILTIN_FILE)))
