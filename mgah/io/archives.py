"""Archives of images, read without unpacking to disk: a ``.tar.gz`` in one pass, a zip archive file by file.

Hidden files, and those that operating systems leave (`mgah.io.names`), do not count. Links within an archive are
followed.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from mgah.errors import InputError
from mgah.io.names import followed, is_own, link_target, top_names

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 1 << 26
MAX_TOTAL_BYTES = 1 << 30
MAX_LINK_BYTES = 4096
#: The flag of a zip archive's member whose name is UTF-8.
_UTF8_FLAG = 0x800


def read_tar_gz(archive: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Read the regular files of a ``.tar.gz`` for whose names ``wanted`` returns True: contents by name.

    The size of each file is taken from its header before its content is read.

    Raises:
        InputError: for an archive that is truncated, damaged or larger than this module's limits, that holds a wanted
            name twice, or a link of a wanted name that leads to no file of the archive that is wanted.
    """
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    try:
        with gzip.open(archive) as unzipped:
            # A stream never seeks back; reading on to gzip's end checks the length and checksum of the whole.
            with tarfile.open(fileobj=unzipped, mode="r|") as members:
                _read_members(archive, members, wanted, files, links)
            while unzipped.read(1 << 20):
                pass
    except InputError:
        raise
    except Exception as error:  # damaged headers raise nearly anything
        raise InputError(
            f"archive {archive} cannot be read to its end, after {len(files):,} images ({error}): {_again(error)}"
        ) from error
    named = _follow(archive, links, files)
    if lost := sorted(link for link in links if wanted(link) and link not in named):
        raise InputError(
            f"archive {archive}: {lost[0]} is a link to {links[lost[0]]}, which it holds no image of: pack it again "
            "with the files that links lead to (tar --dereference)"
        )
    return files | {name: files[file] for name, file in named.items() if wanted(name)}


def _read_members(
    archive: Path,
    members: tarfile.TarFile,
    wanted: Callable[[str], bool],
    files: dict[str, bytes],
    links: dict[str, str],
) -> None:
    """Put the contents of wanted files into ``files`` and the paths that links lead to into ``links``."""
    total = 0
    for count, member in enumerate(members, start=1):
        total += member.size
        _check_limits(archive, member, count, total)
        name = str(PurePosixPath(member.name))
        if member.issym() and is_own(name):
            links[name] = link_target(name, member.linkname)
        elif member.islnk() and is_own(name):
            links[name] = link_target("", member.linkname)
        elif member.isreg() and is_own(name) and wanted(name):
            if name in files:
                raise InputError(f"archive {archive} has {name} twice: pack it again with one of them")
            content = members.extractfile(member)
            assert content is not None  # a regular file
            files[name] = content.read()
        # tarfile would keep every header; its types leave the list out
        members.members.clear()  # type: ignore[attr-defined]


def _check_limits(archive: Path, member: tarfile.TarInfo, count: int, total: int) -> None:
    if count > MAX_FILES or member.size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES:
        raise InputError(
            f"archive {archive} is larger than an image archive may be: {member.name} is member {count:,} "
            f"with {member.size:,} bytes of {total:,} so far (limits: {MAX_FILES:,} members of "
            f"{MAX_FILE_BYTES:,} bytes, {MAX_TOTAL_BYTES:,} bytes in all): get the right archive"
        )


class ZipFiles:
    """The files of a zip archive by name; only its directory, and links, are read when it is opened.

    Several threads may read at once. Backslashes in names, as old Windows programs write them, part folders. Names that
    are UTF-8 are read so, whether the archive says it or not, as those of macOS and ``zip`` do not; others are in code
    page 437, as the format has it.

    Args:
        archive: the zip file.
        max_bytes: largest size that a file in it may have.
        top: a folder whose name is left out of the names of the files in it.

    Raises:
        InputError: for an archive that is truncated or damaged, or that holds a file whose path leads out of the
            archive's folder, a link that leads to none of its files, a name twice or a file larger than ``max_bytes``.
    """

    def __init__(self, archive: Path, max_bytes: int = MAX_FILE_BYTES, top: str = "") -> None:
        self.place = archive
        try:
            # kept open: zipfile itself lets several threads read one archive
            self._zip = zipfile.ZipFile(archive)
            check_directory(self._zip)
        except UnicodeDecodeError as error:
            raise InputError(
                f"archive {archive} has a member whose name, {error.object!r}, is no UTF-8 as it says: rename the file "
                "and pack it again"
            ) from error
        except Exception as error:  # a damaged directory can raise nearly anything
            raise InputError(
                f"archive {archive} is truncated, damaged or no zip file that can be read ({error}): {_again(error)}"
            ) from error
        members = self._zip.infolist()
        if len(members) > MAX_FILES:
            raise InputError(
                f"archive {archive} has {len(members):,} members, expected {MAX_FILES:,} at most: get the right archive"
            )
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._folders: set[str] = set()
        links = []
        for member in members:
            stored = _name(member)
            path = stored.replace("\\", "/")
            if fault := _fault(path, member, max_bytes):
                raise InputError(f"archive {archive}: member {stored!r} {fault}: pack it again")
            name = str(PurePosixPath(path)).removeprefix(f"{top}/")
            if path.endswith("/") and is_own(name):
                self._folders.add(name)
            if path.endswith("/") or not is_own(name):
                continue
            if name in self._members:
                raise InputError(f"archive {archive} has {name} twice: pack it again with one of them")
            self._members[name] = member
            if stat.S_ISLNK(member.external_attr >> 16):
                links.append(name)
        self._follow_links(links)

    def names(self) -> list[str]:
        """Return the names of all files, with ``/`` between folders, in the archive's order."""
        return list(self._members)

    def folders(self, above: str = "") -> list[str]:
        """Return the names of the folders directly in the folder ``above``, sorted, also of those without any file."""
        prefix = f"{above}/" if above else ""
        paths = [f"{name}/" for name in self._folders] + list(self._members)
        below = (path.removeprefix(prefix) for path in paths if path.startswith(prefix))
        return sorted({path.split("/")[0] for path in below if "/" in path})

    def read(self, name: str) -> bytes:
        """Return the content of the file ``name``, or raise an `InputError` if it is missing, damaged or encrypted."""
        with self._reading(name):
            return self._zip.read(self._member(name))

    def open(self, name: str) -> IO[bytes]:
        """Open the file ``name`` as a stream, for files that are too large to be read at once."""
        with self._reading(name):
            return self._zip.open(self._member(name))

    def _follow_links(self, links: list[str]) -> None:
        """Give the files that ``links`` lead to the links' names; a link to a folder names all files in it."""
        targets = {
            link: link_target(link, self.read(link).decode(errors="replace").replace("\\", "/"))
            for link in links
        }
        for link in links:
            del self._members[link]
        named = _follow(self.place, targets, self._members)
        for link, target in targets.items():
            if link not in named and not any(name.startswith(f"{link}/") for name in named):
                raise InputError(
                    f"archive {self.place}: member {link!r} is a link to {target!r}, which the archive does not hold: "
                    "pack it again with the files that links lead to"
                )
        self._members |= {name: self._members[file] for name, file in named.items()}

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise InputError(
                f"archive {self.place} has no file {name}; at its top it has {top_names(self._members)}: pack it so "
                f"that {name} is found there"
            )
        return self._members[name]

    @contextmanager
    def _reading(self, name: str) -> Iterator[None]:
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # damaged content can raise nearly anything
            raise InputError(
                f"{name} in archive {self.place} cannot be read ({error}): {_again(error)}"
            ) from error


def check_directory(archive: zipfile.ZipFile) -> None:
    """Raise `zipfile.BadZipFile` where the directory of ``archive`` has lost entries, which zipfile does not see.

    One changed byte may let an entry swallow the next one; the number of entries stands at the archive's end.
    """
    assert archive.fp is not None  # it is open
    archive.fp.seek(-22, 2)
    end = archive.fp.read(22)
    told = int.from_bytes(end[10:12], "little")
    # another end has a comment behind it, and 65,535 stands for more
    if end.startswith(b"PK\x05\x06") and told != 0xFFFF and told != len(archive.infolist()):
        raise zipfile.BadZipFile(f"its directory has {len(archive.infolist())} entries of {told}")


def _name(member: zipfile.ZipInfo) -> str:
    """The name of a member of a zip archive: UTF-8 also where its flag does not say so, if it can be."""
    name = member.orig_filename
    if member.flag_bits & _UTF8_FLAG:
        return name
    try:
        return name.encode("cp437").decode("utf-8")  # zipfile reads a name without the flag as code page 437
    except UnicodeError:
        return name


def _fault(path: str, member: zipfile.ZipInfo, max_bytes: int) -> str:
    """What is wrong with a member of a zip archive, empty where nothing is."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or ":" in path.split("/")[0]:
        return "lies outside the archive's folder"
    if "\0" in path or not (parts.name or path.endswith("/")):
        return "has no name that a file can have"
    if stat.S_ISLNK(member.external_attr >> 16) and member.file_size > MAX_LINK_BYTES:
        return f"is a link of {member.file_size:,} bytes, expected {MAX_LINK_BYTES:,} at most"
    if member.file_size > max_bytes:
        return f"has {member.file_size:,} bytes, expected {max_bytes:,} at most"
    return ""


def _follow(archive: Path, links: dict[str, str], files: Collection[str]) -> dict[str, str]:
    """`followed`, with the archive's name in the error's sentence."""
    try:
        return followed(links, files)
    except InputError as error:
        raise InputError(f"archive {archive}: {error}; pack it again without the link") from error


def _again(error: Exception) -> str:
    """What to do about an archive that cannot be read: only a checksum tells that it was another one."""
    text = str(error)
    wrong = isinstance(error, zipfile.BadZipFile | gzip.BadGzipFile | zlib.error) and (
        "CRC" in text or "incorrect data check" in text
    )
    return "get an intact copy" if wrong else "get the archive, or pack it, again"
