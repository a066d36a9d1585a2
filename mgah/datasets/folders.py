"""The files of a folder by name, with the methods that `mgah.io.archives.ZipFiles` has for a zip archive."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from mgah.errors import InputError
from mgah.io.archives import MAX_FILE_BYTES, ZipFiles


class FolderFiles:
    """The files in a folder and its subfolders, without hidden ones."""

    def __init__(self, folder: Path) -> None:
        self.place = folder

    def names(self) -> list[str]:
        """Return the paths of all files, relative to the folder, with ``/`` between folders, sorted."""
        paths = (path.relative_to(self.place) for path in self.place.rglob("*") if path.is_file())
        return sorted(
            path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts)
        )

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
        try:
            yield
        except OSError as error:
            raise InputError(
                f"file {self.place / name} cannot be read ({error}): replace it by an intact copy"
            ) from error


def open_files(place: Path, max_bytes: int = MAX_FILE_BYTES, top: str = "") -> FolderFiles | ZipFiles:
    """Open the files of ``place``, a folder or a zip archive; ``max_bytes`` and ``top`` are those of `ZipFiles`."""
    return FolderFiles(place) if place.is_dir() else ZipFiles(place, max_bytes, top)
