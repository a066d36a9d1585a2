"""WordNet through NLTK: opens the corpus and finds nouns by their ids. Opening it takes seconds."""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.corpus_faults import fault_of, places_in

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import Synset, WordNetCorpusReader

VERSION = "3.0"  # noun ids are byte offsets, which differ between versions
#: Where it may lie in the data folder.
RAW_FILES = ("nltk_data/corpora/wordnet.zip", "nltk_data/corpora/wordnet")
#: The noun at the end of the file of nouns, which a file that was cut lacks.
_LAST = 15300051


class _WordNetNeed(Need):
    """WordNet, which NLTK may refuse where it is: that is told before the first job."""

    def fault(self, data_dir: Path) -> str:
        try:
            open_wordnet(data_dir)
        except InputError as error:
            return str(error)
        return ""


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
    return _WordNetNeed(f"WordNet {VERSION}", "11 MB", "NLTK", how, places)


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
        with warnings.catch_warnings(action="ignore"):  # NLTK's reasons are told in the error
            wordnet.ensure_loaded()
            version = wordnet.get_version()
            whole = version != VERSION or wordnet.synset_from_pos_and_offset("n", _LAST) is not None
    except Exception as error:  # NLTK raises nearly anything
        raise InputError(_told(error, command)) from error
    if not whole:
        raise InputError(f"WordNet in {wordnet.root} lacks the end of data.noun: remove it, then {command}")
    if version != VERSION:
        raise InputError(
            f"WordNet in {wordnet.root} has version {version}, expected {VERSION}, whose ids datasets use: "
            f"{command}"
        )
    return wordnet


def _told(error: Exception, command: str) -> str:
    """What to say where WordNet cannot be opened: the reason in each folder that has it, or that there is none."""
    import nltk

    folders = [Path(folder) for folder in nltk.data.path]
    if faults := [fault for folder in folders if (fault := fault_of(folder, command))]:
        return f"WordNet cannot be opened: {'; '.join(faults)}"
    if any(place.exists() for folder in folders for place in places_in(folder)):
        return f"WordNet cannot be opened ({' '.join(str(error).split())}): remove it, then {command}"
    return f"WordNet is in none of {', '.join(map(str, folders))}: {command}"


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


def ancestors(synset: "Synset") -> set["Synset"]:
    """Return all hypernyms of a noun, transitively, instances included, without itself."""
    return set().union(*synset.hypernym_paths()) - {synset}


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
