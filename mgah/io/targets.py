"""Checks the files that a command is to write before it writes any: no folder, none that it reads, none twice."""

import os
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

from mgah.errors import InputError
from mgah.io.files import check_no_folder


def check_targets(targets: Iterable[Path | None], sources: Iterable[Path | None] = ()) -> None:
    """Raise `InputError` for a target that is a folder, a source or another target; None is no file.

    Args:
        targets: the files to write.
        sources: files that are read, and have to stay: also under another spelling of the path, or through a link.

    Examples:
        >>> check_targets([Path("photos.csv"), Path("photos.npy")], [Path("photos.npz")])
        >>> check_targets([Path("./photos.npz")], [Path("photos.npz")])
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: photos.npz would be written over photos.npz, which is read: name another file
    """
    written, read = [path for path in targets if path], [path for path in sources if path]
    for target in written:
        check_no_folder(target)
        if file := next((path for path in target.absolute().parents if os.path.isfile(path)), None):
            raise InputError(f"{target} cannot be written, as {file} is a file, no folder: name another")
        for source in read:
            if _same(target, source):
                raise InputError(f"{target} would be written over {source}, which is read: name another file")
    for one, other in combinations(written, 2):
        if _same(one, other):
            raise InputError(
                f"{one} and {other} are one file, expected one for each that is written: name another"
            )


def check_suffix(target: Path, suffixes: tuple[str, ...], what: str) -> None:
    """Raise `InputError` unless the name of ``target`` ends in one of ``suffixes``; ``what`` begins the sentence.

    Examples:
        >>> check_suffix(Path("photos.csv"), (".csv",), "a table")
        >>> check_suffix(Path("photos.npz"), (".csv", ".csv.gz"), "a table")
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: a table cannot be written to photos.npz: expected a name that ends in .csv or .csv.gz
    """
    if not target.name.lower().endswith(suffixes):
        raise InputError(
            f"{what} cannot be written to {target}: expected a name that ends in {' or '.join(suffixes)}"
        )


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are of one file, which need not be there yet; functions of ``os.path`` take any name."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)
