"""WordNet through NLTK: opens the corpus and finds nouns by their ids. Opening it takes seconds."""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from mgah.errors import InputError
from mgah.needs import Need

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset, WordNetCorpusReader

VERSION = "3.0"  # noun ids are byte offsets, which differ between versions
#: Where it may lie in the data folder.
RAW_FILES = ("nltk_data/corpora/wordnet.zip", "nltk_data/corpora/wordnet")


def wordnet_need() -> Need:
    """What `open_wordnet` needs, in the data folder or where NLTK looks.

    Examples:
        >>> wordnet_need().what
        'WordNet 3.0'
    """
    import nltk

    files = [file.removeprefix("nltk_data/") for file in RAW_FILES]
    places = (*RAW_FILES, *(f"{folder}/{file}" for folder in nltk.data.path for file in files))
    how = "python -m nltk.downloader -d <data folder>/nltk_data wordnet"
    return Need(f"WordNet {VERSION}", "11 MB", "NLTK", how, places)


def open_wordnet(data_dir: Path | str | None = None) -> "WordNetCorpusReader":
    """WordNet 3.0 from ``nltk_data`` in the data folder, or from where NLTK looks (NLTK_DATA and others)."""
    import nltk
    from nltk.corpus import wordnet

    command = "run: python -m nltk.downloader wordnet"
    if data_dir is not None:
        folder = str(Path(data_dir).resolve() / "nltk_data")
        command = f"run: python -m nltk.downloader -d {folder} wordnet"
        if folder not in nltk.data.path:
            nltk.data.path.insert(0, folder)
    try:
        wordnet.ensure_loaded()
        version = wordnet.get_version()
    except (LookupError, OSError, ValueError, AssertionError, BadZipFile) as error:
        problem = (
            "its folder can be written by others (chmod go-w)" if _refused(error) else "missing or damaged"
        )
        raise InputError(f"WordNet cannot be opened, {problem}, in {nltk.data.path}: {command}") from error
    if version != VERSION:
        raise InputError(
            f"WordNet in {wordnet.root} has version {version}, expected {VERSION}, whose ids datasets use: "
            f"{command}"
        )
    return wordnet


def _refused(error: Exception) -> bool:
    return isinstance(error, LookupError) and "Refused, writable by other accounts" in str(error)


def find_synsets(wordnet: "WordNetCorpusReader", ids: Mapping[str, str]) -> dict[str, "Synset"]:
    """The noun of every class. Ids: ``n`` and the eight-digit offset, or a name such as ``cat.n.01``.

    All classes with an id that WordNet does not have are named in one `InputError`.
    """
    found = {name: _find(wordnet, synset_id) for name, synset_id in ids.items()}
    unknown = [f"{ids[name]!r} of {name}" for name, synset in found.items() if synset is None]
    if unknown:
        raise InputError(
            f"WordNet {VERSION} has no noun {', '.join(unknown)}: "
            "expected n and an eight-digit offset, or a name such as cat.n.01"
        )
    return found


def _find(wordnet: "WordNetCorpusReader", synset_id: str) -> "Synset | None":
    from nltk.corpus.reader.wordnet import WordNetError

    if re.fullmatch(r"n\d{8}", synset_id):
        with warnings.catch_warnings(action="ignore"):  # NLTK warns and gives None for an unknown offset
            return wordnet.synset_from_pos_and_offset("n", int(synset_id[1:]))
    if re.fullmatch(r".+\.n\.\d+", synset_id):
        try:
            return wordnet.synset(synset_id)
        except WordNetError:
            return None
    return None
