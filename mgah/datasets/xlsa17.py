"""Reader of the MATLAB files of the zero-shot benchmark of Xian et al. (``xlsa17.zip``).

``res101.mat`` holds features (2048, n), labels (n, 1) from 1 and image_files (n, 1). ``att_splits.mat`` holds
allclasses_names (c, 1), original_att (a, c), and the places from 1 of the images of the proposed split: trainval_loc
and test_seen_loc of the seen classes, test_unseen_loc of the unseen ones.

Xian, Lampert, Schiele and Akata, "Zero-Shot Learning: A Comprehensive Evaluation of the Good, the Bad and the
Ugly", TPAMI 2018.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mgah.errors import InputError
from mgah.io.content import kind_of

#: Folders in the data folder that may hold the two files of AwA2.
FOLDERS = ("AWA2", "xlsa17/data/AWA2")
FEATURES = "res101.mat"
SPLITS = "att_splits.mat"
URL = "http://datasets.d2.mpi-inf.mpg.de/xian/xlsa17.zip"
#: Variables of `SPLITS` with the images of seen classes, and with those of unseen ones.
SEEN, UNSEEN = ("trainval_loc", "test_seen_loc"), "test_unseen_loc"


class Published(NamedTuple):
    """One published form of a dataset.

    Attributes:
        features: float32 (n, d).
        labels: int64 (n,), places in ``classes`` from 1.
        classes: class names.
        files: file name of each image, (n,).
        unseen: names of the unseen classes of the proposed split; empty where the form does not say them.
    """

    features: np.ndarray
    labels: np.ndarray
    classes: Sequence[str]
    files: Sequence[str]
    unseen: frozenset[str] = frozenset()


def read_published(place: Path) -> Published:
    """Read the two files in the folder ``place``.

    Raises:
        InputError: for a file that is missing or damaged, files that do not belong together, or a proposed split whose
            unseen classes have images among those of its seen ones.
    """
    file, splits = place / FEATURES, place / SPLITS
    found = read_mat(file, ("features", "labels", "image_files"))
    named = read_mat(splits, ("allclasses_names", *SEEN, UNSEEN))
    classes = texts(named["allclasses_names"], f"allclasses_names in {splits}")
    labels = positions(found["labels"], f"labels in {file}", len(classes))
    files = texts(found["image_files"], f"image_files in {file}")
    features = numbers(found["features"], f"features in {file}").T.astype(np.float32, order="C")
    if len(labels) != len(files):
        raise InputError(
            f"{file} has {len(labels):,} labels and {len(files):,} image_files, expected as many: get the file of "
            "xlsa17.zip"
        )

    def classes_of(variable: str) -> set[str]:
        places = positions(named[variable], f"{variable} in {splits}", len(files))
        return {classes[label - 1] for label in labels[places - 1]}

    unseen, seen = classes_of(UNSEEN), set.union(*map(classes_of, SEEN))
    if both := sorted(unseen & seen):
        raise InputError(
            f"{splits} has images of the classes {both} both in {' or '.join(SEEN)} and in {UNSEEN}, expected seen and "
            "unseen classes to be different ones: get the file of xlsa17.zip"
        )
    return Published(features, labels, classes, files, frozenset(unseen))


def read_mat(file: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read the variables ``names`` of a MATLAB file (format 5), without running any code in it.

    Returns:
        The variables by name: numbers as arrays, lists of text as lists.

    Raises:
        InputError: for a file that cannot be read or lacks one of the variables.
    """
    from scipy.io import loadmat, whosmat

    _check_kind(file)
    try:
        found = loadmat(file, variable_names=list(names), chars_as_strings=True)
        there = [name for name, *_ in whosmat(file)]
    except Exception as error:  # scipy raises nearly anything on damaged data
        raise InputError(
            f"{file} cannot be read as a MATLAB file ({error}): get the file of xlsa17.zip again"
        ) from error
    if lacking := sorted(set(names) - set(found)):
        raise InputError(
            f"{file} has no variables {lacking}, it has {', '.join(there) or 'none'}: get the file of xlsa17.zip"
        )
    return {name: found[name] for name in names}


def _check_kind(file: Path) -> None:
    """Raise `InputError` for a file that is no MATLAB file, or one of version 7.3, which is an intact file of HDF5."""
    try:
        with open(file, "rb") as stream:
            kind = kind_of(stream.read(512))
    except OSError as error:
        raise InputError(
            f"{file} cannot be read as a MATLAB file ({error.strerror}): get the file of xlsa17.zip"
        ) from error
    if kind in ("a MATLAB file of version 7.3", "an HDF5 file"):
        raise InputError(
            f"{file} is {kind}, expected one of an older version: save it again with -v7 in MATLAB, "
            "S = load(file); save(file, '-struct', 'S', '-v7')"
        )
    if kind not in ("", "a MATLAB file"):
        raise InputError(f"{file} is {kind}, expected a MATLAB file: get the file of xlsa17.zip again")


def numbers(values: object, place: str) -> np.ndarray:
    """Return a variable as an array of real numbers, a sparse one filled; ``place`` names it in the error."""
    from scipy.sparse import issparse

    array = values.toarray() if issparse(values) else np.asarray(values)  # type: ignore[attr-defined]
    if array.dtype.kind not in "biuf":
        kinds = {"c": "complex numbers", "O": "a cell array or a struct", "U": "text"}
        kind = kinds.get(array.dtype.kind, f"of the type {array.dtype}")
        raise InputError(f"{place} is {kind}, expected real numbers: get the file of xlsa17.zip")
    return array


def positions(values: object, place: str, most: int) -> np.ndarray:
    """Return a variable of integers from 1 to ``most`` as int64 (n,); ``place`` names it in the error's sentence."""
    found = numbers(values, place).ravel()
    wrong = ~((found >= 1) & (found <= most) & (found == np.floor(found)))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"{place} holds {found[row]:g} as entry {row + 1}, expected integers from 1 to {most:,}: get the file of "
            "xlsa17.zip"
        )
    return found.astype(np.int64)


def texts(values: np.ndarray, place: str) -> list[str]:
    """Return the texts of a column of MATLAB cells, or of the rows of a matrix of letters, without what pads them.

    ``place`` names the variable in the error's sentence.
    """
    cells = [np.asarray(cell).ravel() for cell in values.ravel()]
    found = [
        str(cell[0]).strip(" \0") if len(cell) == 1 and cell.dtype.kind in "UO" else "" for cell in cells
    ]
    for number, text in enumerate(found, start=1):
        if not text:
            raise InputError(
                f"{place} holds no text as entry {number} of {len(found)}: get the file of xlsa17.zip"
            )
    return found
