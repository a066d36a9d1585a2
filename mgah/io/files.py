"""Atomic writes: a reader finds the complete old file or the complete new one, even after ``kill -9``."""

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mgah.errors import InputError
from mgah.io.processes import is_alive
from mgah.io.space import told_if_full

_ALLOW = "name another folder, or allow writing there"
#: Error numbers of a name that a file system does not let have a file.
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP, errno.EIO}


@contextmanager
def atomic_path(target: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside ``target``, which is renamed to ``target`` when the block ends without an error.

    The temporary file has the target's suffix, from which some writers take the format. It is flushed to disk before it
    is renamed, and removed when the block raises.

    Raises:
        InputError: where the target is a folder, the target's folder is a file or may not be written to, or the disk is
            full.
    """
    target = Path(target)
    temporary = target.with_name(f".{target.stem}.{os.getpid()}.tmp{target.suffix}")
    with told_if_full(target, part=temporary):
        make_folder(target.parent)
    check_no_folder(target)
    try:
        with told_if_full(target, part=temporary):
            yield temporary
            with open(temporary, "rb+") as stream:
                os.fsync(stream.fileno())
            os.replace(temporary, target)
    except OSError as error:
        ours = {None, os.fspath(temporary), os.fspath(target)}
        if error.errno not in _REFUSED or (error.filename and os.fspath(error.filename)) not in ours:
            raise
        raise InputError(f"{target} cannot be written ({error.strerror}): {_ALLOW}") from error
    finally:
        if os.path.lexists(temporary):  # false for a name that is too long
            temporary.unlink(missing_ok=True)


def check_no_folder(target: Path) -> None:
    """Raise `InputError` where ``target``, a file to write, is a folder."""
    if os.path.isdir(target):
        raise InputError(f"{target} is a folder, expected a file to write: name another, or remove it")


def remove_leftovers(folder: Path | str) -> list[Path]:
    """Remove the temporary files of `atomic_path` below ``folder`` whose processes have died; return them.

    Call it only where all processes that write there run on this machine.
    """
    left = [
        path
        for path in Path(folder).rglob(".*.tmp*")
        if (named := re.search(r"\.(\d+)\.tmp(\.[^.]*)?\Z", path.name)) and not is_alive(int(named[1]))
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return left


def as_found(path: Path) -> str:
    """Return what ``path`` is instead of the file or folder that is expected there, as words for a sentence.

    Examples:
        >>> as_found(Path("features.npy")), as_found(Path("/"))
        ('does not exist', 'is a folder')
    """
    if path.is_dir():
        return "is a folder"
    return "is a file" if path.exists() else "does not exist"


def make_folder(folder: Path | str) -> None:
    """Make ``folder``, and those above it, unless it is there.

    Raises:
        InputError: where it, or one above it, is a file, or may not be written to.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next(path for path in (folder, *folder.parents) if path.exists())
        raise InputError(
            f"folder {folder} cannot be made, as {file} is a file: name another folder, or remove the file"
        ) from error
    except OSError as error:
        if error.errno not in {*_REFUSED, errno.ENOENT}:  # the latter in /proc
            raise  # a full disk, which others tell
        raise InputError(f"folder {folder} cannot be made ({error.strerror}): {_ALLOW}") from error


def write_json(target: Path | str, content: object) -> None:
    """Write ``content`` as indented JSON to the file ``target``, atomically."""
    with atomic_path(target) as path:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(source: Path | str, again: str = "remove it and run again") -> dict[str, Any]:
    """Read the JSON object in the file ``source``.

    Raises:
        InputError: for a file that is not there, cannot be read or holds no JSON object; the sentence names it, and
            ends with ``again``, what to do about a file that is there.
    """
    try:
        content = parse_json(Path(source).read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError(
            f"there is no file {source}: make it again, or copy what belongs to it as well"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{source} cannot be read as JSON ({error}): {again}") from error
    if not isinstance(content, dict):
        raise InputError(f"{source} holds a {type(content).__name__}, expected a JSON object: {again}")
    return content


def parse_json(text: str) -> Any:
    """Return what the JSON ``text`` holds.

    Raises:
        ValueError: for anything else, such as text that is nested too deeply for Python, or an object with a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of keys and values, each key once."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands in one object twice, and only the last would count")
    return found


def sha256(path: Path | str) -> str:
    """Return the SHA-256, hexadecimal, of the content of the file ``path``."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
