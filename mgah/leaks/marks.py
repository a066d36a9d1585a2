"""Leak marks: has a backbone that was trained on labeled images already learned an "unseen" class?

An unseen class is unseen by the hashing method. A backbone trained on, say, ImageNet-1K may have seen images
of it under the same noun, a narrower or a wider one, and then scores on the class say less about unseen
classes. Each class is marked by the strongest relation in WordNet of any of the backbone's training classes
to it (`MEANING`).

File (csv): ``class`` str, ``synset`` str (empty where the dataset gives none), ``mark`` one of `MEANING`,
``via`` str, the training classes that cause the mark: up to three, and how many more. Writer and reader are
below.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mgah.errors import InputError
from mgah.files import atomic_path
from mgah.semantics.corpus import find_synsets, open_wordnet

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset

#: One sentence a mark, the strongest first.
MEANING = {
    "same": "The class itself is one of the backbone's training classes.",
    "child": "A kind of the class is one of the backbone's training classes.",
    "parent": "The class is a kind of one of the backbone's training classes.",
    "unknown": "The dataset gives no WordNet noun for the class, so nothing can be said of it.",
    "clean": "No training class of the backbone is the class, a kind of it, or a wider class that holds it.",
}
COLUMNS = ("class", "synset", "mark", "via")
SHOWN = 3


def leak_marks(
    classes: Sequence[str],
    synsets: Mapping[str, str | None],
    training_classes: Sequence[str],
    data_dir: Path | str | None = None,
) -> pd.DataFrame:
    """One row a class, in the order of ``classes``; the columns are described in the module's docstring.

    Args:
        classes: class names of the dataset.
        synsets: noun of each class (``n02121620`` or ``cat.n.01``); a class without one is ``unknown``.
        training_classes: nouns of the backbone's training classes; with none, every class is ``clean``.
        data_dir: data folder that may hold WordNet, which is opened only if it is needed.

    Raises:
        InputError: for ids that WordNet 3.0 does not have (all are named), or where WordNet is missing.
    """
    ids = {name: synsets.get(name) or "" for name in classes}
    if not training_classes:
        marks = dict.fromkeys(classes, ("clean", ""))
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
    above = {synset: _ancestors(synset) for synset in trained}
    marks = {}
    for name, noun in nouns.items():
        own = _ancestors(noun)
        causes = {
            "same": [synset for synset in trained if synset == noun],
            "child": [synset for synset in trained if noun in above[synset]],
            "parent": [synset for synset in trained if synset in own],
        }
        mark = next((mark for mark, found in causes.items() if found), "clean")
        marks[name] = (mark, _listed(causes.get(mark, [])))
    return marks


def _ancestors(synset: "Synset") -> set["Synset"]:
    """All hypernyms of a noun, transitively, instances included, without itself."""
    return set().union(*synset.hypernym_paths()) - {synset}


def _listed(synsets: Sequence["Synset"]) -> str:
    shown = ", ".join(synset.lemma_names()[0].replace("_", " ") for synset in synsets[:SHOWN])
    return shown + (f" and {len(synsets) - SHOWN} more" if len(synsets) > SHOWN else "")


def write_marks(target: Path | str, marks: pd.DataFrame) -> None:
    """Check and write leak marks atomically."""
    _check(marks, target)
    with atomic_path(target) as path:
        marks.to_csv(path, index=False)


def read_marks(source: Path | str) -> pd.DataFrame:
    """Read and check leak marks; anything unreadable is an `InputError` that names the file."""
    try:
        marks = pd.read_csv(source, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"leak marks {source} cannot be read ({error}): remove the file and run again"
        ) from error
    _check(marks, source)
    return marks


def _check(marks: pd.DataFrame, place: Path | str) -> None:
    if tuple(marks.columns) != COLUMNS:
        raise InputError(
            f"leak marks {place} have the columns {list(marks.columns)}, expected {list(COLUMNS)}"
        )
    unknown = sorted(set(marks["mark"]) - set(MEANING))
    if unknown:
        raise InputError(f"leak marks {place} have the marks {unknown}, expected {list(MEANING)}")
