"""Marks of files that the project downloaded, by which they differ from files that a person put there.

The mark is the file ``.<name>.downloaded`` beside the downloaded one, with its size and modification time. Light to
import.
"""

from pathlib import Path


def mark(target: Path, arrived: Path) -> None:
    """Write the mark of ``target``, to which the downloaded file ``arrived`` is about to be renamed."""
    _mark_of(target).write_text(_stamp(arrived))


def is_marked(file: Path) -> bool:
    """Say whether ``file`` was downloaded and has been neither changed nor replaced since."""
    mark = _mark_of(file)
    return mark.is_file() and mark.read_text() == _stamp(file)


def _mark_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.downloaded")


def _stamp(file: Path) -> str:
    status = file.stat()
    return f"{status.st_size} {status.st_mtime_ns}"
