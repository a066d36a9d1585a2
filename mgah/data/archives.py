"""Archives of images, read in one sequential pass into memory and never unpacked to disk."""

import gzip
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

from mgah.errors import InputError

MAX_FILES = 1_000_000
MAX_FILE_BYTES = 1 << 24
MAX_TOTAL_BYTES = 1 << 30


def read_tar_gz(archive: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Content of the regular files in a ``.tar.gz`` whose name is ``wanted``, by name.

    The size of each member is looked up in its header, before its content is read.

    Raises:
        InputError: for an archive that is truncated, damaged or larger than the limits above, or that holds a
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
                        files[member.name] = members.extractfile(member).read()
                    members.members.clear()  # tarfile would keep every header
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
