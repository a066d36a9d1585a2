"""Finds why NLTK does not read the WordNet that lies in a folder, and what helps.

NLTK refuses what another account could have written: files and folders that others can write to, that belong to others,
or that have a second name, as a hard link or a link that leads out of NLTK's folder. It says so in a warning, in an
exception behind another one, or not at all.
"""

import os
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path

#: Files without which there is no WordNet.
_FILES = (
    "lexnames",
    *(f"{part}.{kind}" for part in ("index", "data") for kind in ("adj", "adv", "noun", "verb")),
)
_WRITABLE_BY_OTHERS = 0o022
_ROOT = 0


def places_in(folder: Path) -> tuple[Path, Path]:
    """Return where WordNet may lie in NLTK's data folder ``folder``: unpacked, or as an archive.

    Examples:
        >>> [place.as_posix() for place in places_in(Path("nltk_data"))]
        ['nltk_data/corpora/wordnet', 'nltk_data/corpora/wordnet.zip']
    """
    return folder / "corpora/wordnet", folder / "corpora/wordnet.zip"


def fault_of(folder: Path, command: str) -> str:
    """Say why NLTK does not read the WordNet in its data folder ``folder``, with what helps; "" for no reason found.

    ``command`` is what gets WordNet again.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     fault_of(Path(folder), "run: python -m nltk.downloader wordnet")
        ''
    """
    faults = [_fault(folder, place, command) for place in places_in(folder)]
    return "; ".join(fault for fault in faults if fault)


def _fault(folder: Path, place: Path, command: str) -> str:
    if not (place.exists() or place.is_symlink()):
        return ""
    files = sorted(path for path in place.iterdir() if path.is_file()) if place.is_dir() else [place]
    chain = list(dict.fromkeys([folder, place.parent, place, *files]))
    return _refusal(folder, chain) or _incomplete(place, f"remove it, then {command}")


def _refusal(folder: Path, chain: Sequence[Path]) -> str:
    """Why NLTK refuses one of the folders and files of ``chain`` by what it is, not by what is in it."""
    root = folder.resolve()
    for path in chain:
        if not path.exists():
            return f"{path} is a link to {os.readlink(path)}, where nothing is: put the file there"
        if not path.resolve().is_relative_to(root):
            return (
                f"{path} is a link that leads out of {folder}, to {path.resolve()}, which NLTK refuses: put a copy in "
                "the place of the link"
            )
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
            return (
                f"{path} has {status.st_nlink} names, as a hard link has, which NLTK refuses: put a copy in its place "
                f"(cp {path} {path}.copy && mv {path}.copy {path})"
            )
        if status.st_uid not in (_ROOT, os.geteuid()):
            return (
                f"{path} belongs to another account (user id {status.st_uid}), which NLTK refuses: copy {folder} to a "
                "folder of your own"
            )
        if not os.access(path, os.R_OK):
            return f"{path} cannot be read by this account: make it readable (chmod a+rX {path})"
    open_ones = [path for path in chain if path.stat().st_mode & _WRITABLE_BY_OTHERS]
    if open_ones:
        more = f" and {len(open_ones) - 1} more" if len(open_ones) > 1 else ""
        target = f"-R go-w {folder}" if more else f"go-w {open_ones[0]}"
        return (
            f"{open_ones[0]}{more} can be written by other accounts, which NLTK refuses: run chmod {target}"
        )
    return ""


def _incomplete(place: Path, again: str) -> str:
    if place.is_dir():
        names = {path.name for path in place.iterdir()}
    else:
        try:
            with zipfile.ZipFile(place) as archive:
                if archive.testzip():
                    return f"{place} is damaged: {again}"
                names = {name.removeprefix("wordnet/") for name in archive.namelist()}
        except Exception as error:  # a damaged archive can raise nearly anything
            return f"{place} is damaged, or no zip archive ({error}): {again}"
    lacking = [name for name in _FILES if name not in names]
    return f"{place} lacks {', '.join(lacking)}: {again}" if lacking else ""
