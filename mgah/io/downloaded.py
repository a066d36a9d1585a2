"""Which files a download made: a later look at the data folder tells them from files that a person put there.

Beside a downloaded file stands ``.<name>.downloaded`` with its size and modification time. Light to import.
"""

from pathlib import Path


def mark(target: Path, arrived: Path) -> None:
    """Note that the file ``arrived``, which is about to be renamed to ``target``, was downloaded."""
    _mark_of(target).write_text(_stamp(arrived))


def is_marked(file: Path) -> bool:
    """Whether ``file`` was downloaded and is neither changed nor replaced since."""
    mark = _mark_of(file)
    return mark.is_file() and mark.read_text() == _stamp(file)


def _mark_of(file: Path) -> Path:
    return file.with_name(f".{file.name}.downloaded")


def _stamp(file: Path) -> str:
    status = file.stat()
    return f"{status.st_size} {status.st_mtime_ns}"
