"""Reserves room on a disk before a memory map is written, and says in one sentence that a disk is full."""

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mgah.errors import InputError
from mgah.io.processes import is_alive

#: Error numbers of a disk, a quota or a limit on the size of files that is full.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: How libraries say it that give no number: safetensors, and NumPy of an array that was written in part.
_WORDS = re.compile(r"No space left on device|\(os error (28|122|27)\)|^\d+ requested and \d+ written\Z")
#: How the names of temporary folders begin.
_PREFIX = "mgah-"
#: Error numbers of a file system that cannot reserve.
_NO_RESERVING = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}


def is_full(error: BaseException) -> bool:
    """Say whether ``error``, or one that it followed from, came of a disk that is full."""
    found: BaseException | None = error
    while found is not None:
        if (isinstance(found, OSError) and found.errno in FULL) or _WORDS.search(str(found)):
            return True
        found = found.__cause__ or found.__context__
    return False


@contextlib.contextmanager
def told_if_full(path: Path | str, needed: int | None = None, part: Path | None = None) -> Iterator[None]:
    """Raise an `InputError` with the path, needed and free bytes where the block fails as the disk is full.

    Args:
        path: the file or folder that the block writes.
        needed: its size in bytes; None where it is not known before it is written.
        part: what is written under another name, and removed when the block fails; None for ``path`` itself.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        # torch says nothing of a disk that has filled up
        if not is_full(error) and not (isinstance(error, RuntimeError) and free_bytes(Path(path)) < 4096):
            raise
        raise InputError(full(path, error, needed, part)) from error


def full(path: Path | str, error: BaseException, needed: int | None = None, part: Path | None = None) -> str:
    """Return the sentence that ``path`` has no room on its disk: with needed and free bytes, and what to do.

    Arguments are those of `told_if_full`, and the ``error`` that the disk has raised.
    """
    number = error.errno if isinstance(error, OSError) else None
    reason = os.strerror(number) if number is not None and number in FULL else "No space left on device"
    free = free_bytes(Path(path)) + _size(part or Path(path))
    size = f"more than {free:,}" if needed is None else f"{needed:,}"
    folder = nearest_folder(Path(path))
    variable = " or set TMPDIR to another folder" if folder.name.startswith(_PREFIX) else ""
    return (
        f"{path} cannot be written ({reason}): it needs {size} bytes, and the disk of {folder} has {free:,} free"
        f"{no_files(folder)}: make room there{variable} and run again"
    )


def reserve(file: Path | str) -> None:
    """Make sure that the disk holds all of ``file``, which may have holes; its content is kept.

    A memory map takes room when its pages reach the disk, and where there is none the process dies of SIGBUS.

    Raises:
        OSError: where the disk has no room for it (see `told_if_full`).
    """
    with open(file, "rb+") as stream:
        state = os.fstat(stream.fileno())
        try:
            os.posix_fallocate(stream.fileno(), 0, state.st_size)  # not on macOS
        except (AttributeError, OSError) as error:
            if isinstance(error, OSError) and error.errno not in _NO_RESERVING:
                raise
            if state.st_size - state.st_blocks * 512 > free_bytes(Path(file)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


@contextlib.contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """Yield a folder in the folder for temporary files (``TMPDIR``), which is removed when the block ends.

    Folders of the same ``name`` that processes left when they were killed are removed first.

    Raises:
        InputError: where no folder can be made, or its disk fills up in the block.
    """
    try:
        place = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise InputError(
            f"no folder for temporary files can be written ({error}): set TMPDIR to one that can, with room on its disk"
        ) from error
    for left in place.glob(f"{_PREFIX}{name}-*"):
        number = left.name.split("-")[-2]
        if number.isdigit() and not is_alive(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{name}-{os.getpid()}-") as folder,
        told_if_full(folder),
    ):
        yield Path(folder)


def nearest_folder(path: Path) -> Path:
    """Return the folder that ``path`` is, or the nearest above it that exists."""
    return next(place for place in (path.absolute(), *path.absolute().parents) if place.is_dir())


def no_files(path: Path | str) -> str:
    """Return words to add to free bytes where the disk of ``path`` has no room for another file, else nothing."""
    state = os.statvfs(nearest_folder(Path(path)))
    return " and room for no more files (inodes)" if state.f_files and not state.f_favail else ""


def free_bytes(path: Path) -> int:
    """Return the free bytes of the disk of ``path``, which need not exist."""
    return shutil.disk_usage(nearest_folder(path)).free


def _size(path: Path) -> int:
    """Bytes on disk of the file or folder ``path``, which are free once it is removed."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(file.stat().st_blocks * 512 for file in files if file.is_file())
