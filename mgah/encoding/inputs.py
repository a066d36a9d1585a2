"""What is to be encoded: images by name, which are decoded one by one, or features, a row each."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mgah.datasets.decode import SUFFIXES, decode_file
from mgah.datasets.folders import FolderFiles
from mgah.encoding.names import read_names
from mgah.errors import InputError
from mgah.io.arrays import load_arrays, reason
from mgah.io.names import check_text
from mgah.words import counted

_EXPECTED = (
    f"an image or a folder of images ({', '.join(SUFFIXES)}), a list of images (.txt, a path a line), or features "
    "(.npy or .npz)"
)


@dataclass(frozen=True)
class Images:
    """Image files.

    Attributes:
        folder: the folder that names are relative to.
        names: paths of the images, in the order in which they are encoded.
    """

    folder: Path
    names: tuple[str, ...]

    def load(self, name: str) -> np.ndarray:
        """Decode the image ``name``: uint8 (height, width, 3), RGB."""
        return decode_file(self.folder / name)

    def unreadable(self, threads: int = 1) -> dict[str, InputError]:
        """Return the error of each image that cannot be decoded, by its name."""

        def error(name: str) -> InputError | None:
            try:
                self.load(name)
            except InputError as error:
                return error
            return None

        with ThreadPoolExecutor(threads) as pool:
            found = zip(self.names, pool.map(error, self.names), strict=True)
            return {name: error for name, error in found if error is not None}


@dataclass(frozen=True, eq=False)
class Features:
    """Rows of a backbone, made elsewhere.

    Attributes:
        rows: (n, d), as the method takes them.
        names: a name for each row.
    """

    rows: np.ndarray
    names: tuple[str, ...]


def read_input(source: Path) -> Images | Features:
    """Read what ``source`` names.

    Args:
        source: an image; a folder, with its subfolders; a ``.txt`` with the path of an image a line, relative to the
            file's folder; features, ``.npy`` (n, d); or an ``.npz`` with ``features`` and, if it likes, ``names``.

    Raises:
        InputError: for a source that is none of these, or that holds nothing, and for an image whose name is no text.
    """
    suffix = source.suffix.lower()
    if source.is_dir():
        return _of_folder(source)
    if not source.is_file():
        raise InputError(f"there is no {source}: expected {_EXPECTED}")
    if suffix in SUFFIXES:
        return _images(source.parent, [source.name])
    if suffix == ".txt":
        return _of_list(source)
    if suffix in (".npy", ".npz"):
        return _of_arrays(source)
    raise InputError(f"{source} is not known by its name: expected {_EXPECTED}")


def _of_folder(folder: Path) -> Images:
    names = [name for name in FolderFiles(folder).names() if name.lower().endswith(SUFFIXES)]
    if not names:
        raise InputError(f"folder {folder} has no image ({', '.join(SUFFIXES)}): put images there")
    return _images(folder, names)


def _of_list(file: Path) -> Images:
    try:
        names = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"list {file} cannot be read ({error}): expected text, a path a line") from error
    names = [name for name in names if name]
    if not names:
        raise InputError(f"list {file} is empty: expected the path of an image a line")
    return _images(file.parent, names)


def _images(folder: Path, names: Sequence[str]) -> Images:
    """The images of ``names``, which tables and pages can hold."""
    for name in names:
        check_text(name, f"the image {name!r} of {folder}")
    return Images(folder, tuple(names))


def _of_arrays(file: Path) -> Features:
    try:
        stored = load_arrays(file)
        content = (
            {"features": stored} if isinstance(stored, np.ndarray) else {k: stored[k] for k in stored.files}
        )
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(
            f"features {file} cannot be read ({reason(error)}): write them with numpy.save"
        ) from error
    rows = content.get("features", next(iter(content.values())) if len(content) == 1 else None)
    if rows is None:
        raise InputError(
            f"{file} holds {', '.join(sorted(content)) or 'nothing'}, expected the array features: rename it"
        )
    if rows.ndim != 2 or not len(rows):
        raise InputError(f"features in {file} have the shape {rows.shape}, expected (n, d), a row each")
    names = content.get("names")
    told = tuple(map(str, range(len(rows)))) if names is None else read_names(names, f"names in {file}")
    if len(told) != len(rows):
        raise InputError(
            f"{file} holds {counted(len(told), 'name')} for {counted(len(rows), 'row')}, expected one each"
        )
    return Features(rows, told)
