"""Tables that are kept packed beside their name: ``scores.csv`` as ``scores.csv.xz``, earlier ``scores.csv.gz``.

pandas reads each as it is.
"""

import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

from mgah.errors import InputError

#: What is appended to the name of a file that is packed now.
SUFFIX = ".xz"
_UNPACK: dict[str, Callable[[bytes], bytes]] = {SUFFIX: lzma.decompress, ".gz": gzip.decompress}
#: Names of a table ``{}``, unpacked or packed, as sentences list them.
FORMS = f"{{0}}, {{0}}{SUFFIX} or {{0}}.gz"


def pack(content: bytes) -> bytes:
    """Return ``content`` packed; equal content gives equal bytes.

    Examples:
        >>> len(pack(b"0.25,0.5\\n" * 1000))
        116
    """
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


def packed_file(folder: Path, name: str) -> Path | None:
    """The file ``name`` of ``folder``, unpacked where both are there; None without either.

    Examples:
        >>> print(packed_file(Path("results/none"), "scores.csv"))
        None
    """
    files = (folder / f"{name}{suffix}" for suffix in ("", *_UNPACK))
    return next((file for file in files if file.is_file()), None)


def unpacked(file: Path, advice: str) -> bytes:
    """Return what ``file`` holds, unpacked where its name says that it is packed.

    Args:
        file: what to read.
        advice: the end of the sentence about a file that is damaged.

    Raises:
        InputError: for a file that cannot be read or unpacked.

    Examples:
        >>> unpacked(Path("scores.csv"), "copy it again")
        Traceback (most recent call last):
        mgah.errors.InputError: scores.csv cannot be read ([Errno 2] No such file or directory: 'scores.csv'): copy it \
again
    """
    try:
        content = file.read_bytes()
        return _UNPACK[file.suffix](content) if file.suffix in _UNPACK else content
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{file} cannot be read ({error}): {advice}") from error
