"""Files of NumPy, ``.npy`` and ``.npz``, opened without pickles: a sentence says what another file is."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.lib.npyio import NpzFile

from mgah.errors import InputError
from mgah.io.archives import check_directory
from mgah.io.content import kind_of

#: First bytes of an array, of an archive of arrays, and of an archive that is empty.
_MAGIC = (b"\x93NUMPY", b"PK\x03\x04", b"PK\x05\x06")


def load_arrays(file: Path | str, mmap_mode: Literal["r"] | None = None) -> Any:
    """Open ``file`` as `numpy.load` does without pickles; anything else than a file of NumPy is a `ValueError`.

    Of such a file `numpy.load` says that it holds pickled data, and how to load that without regard to safety.

    Raises:
        ValueError: for a file of another kind.
        zipfile.BadZipFile: for an ``.npz`` whose directory is damaged, one that has lost arrays included.
    """
    with open(file, "rb") as stream:
        head = stream.read(64)
    if not head.startswith(_MAGIC):
        raise ValueError(f"it is {kind_of(head) or 'something else'}, no file of NumPy")
    opened = np.load(file, mmap_mode=mmap_mode, allow_pickle=False)
    if isinstance(opened, NpzFile):
        assert opened.zip is not None  # it is open
        try:
            check_directory(opened.zip)
        except BaseException:
            opened.close()
            raise
    return opened


def arrays_in(file: Path) -> list[str]:
    """Return the names of the arrays in ``file``, an ``.npz``; none of another file, and of one that cannot be read.

    Examples:
        >>> arrays_in(Path("labels.csv"))
        []
    """
    if file.suffix.lower() != ".npz" or not file.is_file():
        return []
    try:
        with load_arrays(file) as stored:
            return list(stored.files)
    except Exception:  # a broken zip can raise nearly anything
        return []


def reason(error: Exception) -> str:
    """Return why a file of NumPy was not read, as words for a sentence: of Python objects, which are not loaded, what
    to write in their place.

    Examples:
        >>> reason(ValueError("it is a gzip file, no file of NumPy"))
        'it is a gzip file, no file of NumPy'
    """
    if not any(
        words in str(error) for words in ("Object arrays cannot be loaded", "Python objects in dtype")
    ):
        return str(error)
    return (
        "it holds an array of Python objects, which are not loaded: save names and labels as .astype(str), features as "
        ".astype(numpy.float32)"
    )


def as_text(values: np.ndarray, place: str) -> np.ndarray:
    """Return ``values`` with bytes read as UTF-8, and other values as they are; ``place`` names them in sentences.

    Raises:
        InputError: for bytes that are no UTF-8.

    Examples:
        >>> as_text(np.array([b"caf\\xc3\\xa9", b"tea"]), "names").tolist()
        ['café', 'tea']
    """
    if values.dtype.kind != "S":
        return values
    try:
        return np.char.decode(values, "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{place} are bytes that are no UTF-8 ({error}): write them as text") from error
