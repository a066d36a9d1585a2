"""Archives of images, read without unpacking to disk: a ``.tar.gz`` in one pass, a zip archive file by file."""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from mgah.errors import InputError

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 1 << 26
MAX_TOTAL_BYTES = 1 << 30


def read_tar_gz(archive: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Read the regular files of a ``.tar.gz`` for whose names ``wanted`` returns True: contents by name.

    The size of each file is taken from its header before its content is read.

    Raises:
        InputError: for an archive that is truncated, damaged or larger than this module's limits, or that holds a
            wanted name twice.
    """
    files: dict[str, bytes] = {}
    total = 0
    try:
        with gzip.open(archive) as unzipped:
            # A stream never seeks back; reading on to gzip's end checks the length and checksum of the whole.
            with tarfile.open(fileobj=unzipped, mode="r|") as members:
                for count, member in enumerate(members, start=1):
                    total += member.size
                    _check_limits(archive, member, count, total)
                    if member.isreg() and wanted(member.name):
                        if member.name in files:
                            raise InputError(f"archive {archive} has {member.name} twice: get an intact copy")
                        content = members.extractfile(member)
                        assert content is not None  # a regular file
                        files[member.name] = content.read()
                    # tarfile would keep every header; its types leave the list out
                    members.members.clear()  # type: ignore[attr-defined]
            while unzipped.read(1 << 20):
                pass
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise InputError(
            f"archive {archive} is truncated or damaged, after {len(files):,} images ({error}): "
            "get an intact copy"
        ) from error
    return files


def _check_limits(archive: Path, member: tarfile.TarInfo, count: int, total: int) -> None:
    if count > MAX_FILES or member.size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
        raise InputError(
            f"archive {archive} is larger than an image archive may be: {member.name} is member {count:,} "
            f"with {member.size:,} bytes of {total:,} so far (limits: {MAX_FILES:,} members of "
            f"{MAX_FILE_BYTES:,} bytes, {MAX_TOTAL_BYTES:,} bytes in all): get the right archive"
        )


class ZipFiles:
    """The files of a zip archive by name; only its directory is read when it is opened.

    Several threads may read at once.

    Args:
        archive: the zip file.
        max_bytes: largest size that a file in it may have.
        top: a folder whose name is left out of the names of the files in it.

    Raises:
        InputError: for an archive that is truncated or damaged, or that holds a file whose path leads out of the
            archive's folder, a link, a name twice or a file larger than ``max_bytes``.
    """

    def __init__(self, archive: Path, max_bytes: int = MAX_FILE_BYTES, top: str = "") -> None:
        self.place = archive
        try:
            # kept open: zipfile itself lets several threads read one archive
            self._zip = zipfile.ZipFile(archive)
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise InputError(
                f"archive {archive} is truncated, damaged or no zip file ({error}): get an intact copy"
            ) from error
        members = self._zip.infolist()
        if len(members) > MAX_FILES:
            raise InputError(
                f"archive {archive} has {len(members):,} members, expected {MAX_FILES:,} at most: get the right archive"
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if fault := _fault(member, max_bytes):
                raise InputError(
                    f"archive {archive}: member {member.orig_filename!r} {fault}: get an intact copy"
                )
            name = member.filename.removeprefix(f"{top}/")
            if not member.is_dir():
                if name in self._members:
                    raise InputError(f"archive {archive} has {name} twice: get an intact copy")
                self._members[name] = member

    def names(self) -> list[str]:
        """Return the names of all files, with ``/`` between folders, in the archive's order."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """Return the content of the file ``name``, or raise an `InputError` if it is missing, damaged or encrypted."""
        with self._reading(name):
            return self._zip.read(self._member(name))

    def open(self, name: str) -> IO[bytes]:
        """Open the file ``name`` as a stream, for files that are too large to be read at once."""
        with self._reading(name):
            return self._zip.open(self._member(name))

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise InputError(f"archive {self.place} has no file {name}: get an intact copy")
        return self._members[name]

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
            raise InputError(
                f"{name} in archive {self.place} cannot be read ({error}): get an intact copy"
            ) from error


def _fault(member: zipfile.ZipInfo, max_bytes: int) -> str:
    """What is wrong with a member of a zip archive, empty where nothing is."""
    name = member.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name.split("/")[0]:
        return "lies outside the archive's folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link, expected a file"
    if member.file_size > max_bytes:
        return f"has {member.file_size:,} bytes, expected {max_bytes:,} at most"
    return ""
