"""The files of a folder by name, with the methods that `mgah.io.archives.ZipFiles` has for a zip archive."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mgah.errors import InputError
from mgah.io.archives import MAX_FILE_BYTES, ZipFiles
from mgah.io.names import is_own, top_names
from mgah.io.walk import walk


class FolderFiles:
    """The files in a folder and its subfolders, links followed, without hidden files and those of operating systems."""

    def __init__(self, folder: Path) -> None:
        self.place = folder

    def names(self) -> list[str]:
        """Return the paths of all files, relative to the folder, with ``/`` between folders, sorted.

        A link that leads nowhere counts as a file, which cannot be read.

        Raises:
            InputError: for a link that leads back to a folder that it lies in, or a folder that cannot be listed.
        """
        found = []
        for above, files, _, leads_back in walk(self.place, _inside):
            if leads_back:
                raise InputError(
                    f"folder {self.place / above} is a link that leads back to a folder that it lies in: remove the "
                    "link"
                )
            found += [f"{above}{name}" for name in files]
        return sorted(found)

    def folders(self, above: str = "") -> list[str]:
        """Return the names of the folders directly in the folder ``above``, a path relative to this one, sorted."""
        return sorted(_inside(self.place / above)[2])

    def read(self, name: str) -> bytes:
        """Return the content of the file ``name``, or raise an `InputError` that names a file that cannot be read."""
        with self._reading(name):
            return (self.place / name).read_bytes()

    def open(self, name: str) -> IO[bytes]:
        """Open the file ``name`` as a stream, for files that are too large to be read at once."""
        with self._reading(name):
            return open(self.place / name, "rb")

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        file = self.place / name
        try:
            yield
        except OSError as error:
            if file.is_symlink() and not file.exists():
                raise InputError(
                    f"file {file} is a link to {os.readlink(file)}, where nothing is: put the file there, or remove "
                    "the link"
                ) from error
            if not file.exists():
                raise InputError(
                    f"there is no file {file}; {self.place} has {top_names(self.names())}: put it there"
                ) from error
            raise InputError(
                f"file {file} cannot be read ({error.strerror}): make it readable, or replace it"
            ) from error


def _inside(folder: Path) -> tuple[tuple[int, int], list[str], list[str]]:
    """What identifies ``folder`` under any name, and the names of the files and of the folders directly in it."""
    files, folders = [], []
    try:
        status = folder.stat()
        for entry in os.scandir(folder):
            if not is_own(entry.name):
                continue
            if entry.is_dir():
                folders.append(entry.name)
            elif entry.is_file() or not os.path.exists(entry.path):  # neither a pipe nor a device
                files.append(entry.name)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise InputError(
                f"{error.filename} is a link that leads back to itself: remove the link"
            ) from error
        raise InputError(
            f"folder {folder} cannot be listed ({error.strerror}): make it readable, or remove it"
        ) from error
    return (status.st_dev, status.st_ino), files, folders


def open_files(place: Path, max_bytes: int = MAX_FILE_BYTES, top: str = "") -> FolderFiles | ZipFiles:
    """Open the files of ``place``, a folder or a zip archive; ``max_bytes`` and ``top`` are those of `ZipFiles`."""
    return FolderFiles(place) if place.is_dir() else ZipFiles(place, max_bytes, top)
