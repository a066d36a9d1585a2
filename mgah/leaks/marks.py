"""Leak marks: has a backbone that was trained on labeled images already learned an "unseen" class?

An unseen class is unseen by the hashing method. A backbone trained on, say, ImageNet-1K may have seen images
of it under the same noun, a narrower or a wider one, and then scores on the class say less about unseen
classes. Each class is marked by the strongest relation in WordNet of any of the backbone's training classes
to it (`mgah.tables.leaks.MEANING`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mgah.io.names import listed
from mgah.semantics.corpus import ancestors, find_synsets, open_wordnet
from mgah.tables.leaks import COLUMNS

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset

SHOWN = 3


def leak_marks(
    classes: Sequence[str],
    synsets: Mapping[str, str | None],
    training_classes: Sequence[str] | None,
    data_dir: Path | str | None = None,
) -> pd.DataFrame:
    """Mark each class by what the backbone has met of it; returns a table of `mgah.tables.leaks`, in their order.

    Args:
        classes: class names of the dataset.
        synsets: noun of each class (``n02121620`` or ``cat.n.01``); a class without one is ``unknown``.
        training_classes: nouns of the backbone's training classes; with none, every class is ``clean``, and ``unknown``
            with None, where they are not known.
        data_dir: data folder that may hold WordNet, which is opened only if it is needed.

    Raises:
        InputError: for ids that WordNet 3.0 does not have (all are named), or where WordNet is missing.
    """
    ids = {name: synsets.get(name) or "" for name in classes}
    if not training_classes:
        marks = dict.fromkeys(classes, ("unknown" if training_classes is None else "clean", ""))
    else:
        marks = dict.fromkeys(classes, ("unknown", ""))
        named = {name: synset_id for name, synset_id in ids.items() if synset_id}
        if named:
            wordnet = open_wordnet(data_dir)
            nouns = find_synsets(wordnet, named)
            trained = find_synsets(wordnet, {f"training class {id_}": id_ for id_ in training_classes})
            marks |= _relations(nouns, list(trained.values()))
    rows = [(name, ids[name], *marks[name]) for name in classes]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def _relations(nouns: Mapping[str, "Synset"], trained: Sequence["Synset"]) -> dict[str, tuple[str, str]]:
    """Mark and its causes for every class."""
    above = {synset: ancestors(synset) for synset in trained}
    marks = {}
    for name, noun in nouns.items():
        own = ancestors(noun)
        causes = {
            "same": [synset for synset in trained if synset == noun],
            "child": [synset for synset in trained if noun in above[synset]],
            "parent": [synset for synset in trained if synset in own],
        }
        mark = next((mark for mark, found in causes.items() if found), "clean")
        marks[name] = (mark, _listed(causes.get(mark, [])))
    return marks


def _listed(synsets: Sequence["Synset"]) -> str:
    return listed((synset.lemma_names()[0].replace("_", " ") for synset in synsets), SHOWN)
