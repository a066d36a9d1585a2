"""A folder that is replaced as a whole: a kill loses neither the old one nor the new one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give the path of a folder to make, which takes the place of ``target`` when the block ends without an error.

    Its files are on the disk before it does. After a kill ``target`` is in its place, or lies beside it under the name
    from which `restore` takes it back.
    """
    target = target.resolve()
    restore(target)
    fresh, old = _beside(target, "publishing"), _beside(target, "replaced")
    for leftover in (fresh, old):  # of a command that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        yield fresh
        _flush(fresh)
        _replace(fresh, target, old)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def restore(target: Path) -> None:
    """Give the folder ``target`` its name back, where `replacing` was killed before the new one had it.

    Call it before reading a folder that `replacing` makes.
    """
    target = target.resolve()
    if not target.exists() and (old := _beside(target, "replaced")).is_dir():
        os.rename(old, target)


def _beside(target: Path, word: str) -> Path:
    """The hidden folder beside ``target`` that ``word`` stands for."""
    return target.parent / f".{target.name}.{word}"


def _flush(folder: Path) -> None:
    """Wait until all files in ``folder`` are on the disk."""
    for file in (path for path in folder.rglob("*") if path.is_file()):
        with open(file, "rb+") as stream:
            os.fsync(stream.fileno())


def _replace(fresh: Path, target: Path, old: Path) -> None:
    """Put the whole folder ``fresh`` in the place of ``target``."""
    if not target.exists():
        os.rename(fresh, target)
        return
    os.rename(target, old)
    try:
        os.rename(fresh, target)
    except OSError:
        os.rename(old, target)
        raise
    shutil.rmtree(old)
