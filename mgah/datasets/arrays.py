"""Features of your own: a matrix and labels from files of the data folder, with the backbone ``vectors``.

The features are a ``.npy`` or an ``.npz`` (with the arrays ``features`` and, if it has it, ``labels``)
or a ``.parquet`` table whose column ``label`` is the class and whose other columns are numbers. Labels are a ``.npy``
or a text file with one label a line: class names, or numbers, which then are the names, or with the option ``classes``
places in its list.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from mgah.arrays import as_float32
from mgah.datasets._own_classes import OwnClasses
from mgah.datasets.split_names import by_split_word
from mgah.errors import InputError
from mgah.io.arrays import load_arrays, reason
from mgah.io.files import as_found
from mgah.io.names import composed, listed
from mgah.limits import texts
from mgah.needs import Need

FEATURES = "features.npy"
LABELS = "labels.npy"
#: The option ``labels`` where none is given.
_NOT_GIVEN = ""


class Arrays(OwnClasses):
    """Rows of a matrix; `load` returns the float32 vector of a row in place of an image's pixels.

    Options:
        features: file of the features, in the data folder.
        labels: file of the labels; None where the file of the features has them. By default ``labels.npy``, or those
            that the file of the features has.
        classes: names of the classes where labels are numbers, ``[cat, dog]`` for 0 and 1; default the labels.
        synsets: WordNet nouns of classes, as of ``class_folders``.
    """

    name = "arrays"
    classes_option: ClassVar[str | None] = "classes"
    raw_files: ClassVar[tuple[str, ...]] = (FEATURES, LABELS)

    def __init__(
        self,
        root: Path,
        *,
        features: str = FEATURES,
        labels: str | None = _NOT_GIVEN,
        classes: Sequence[str] = (),
        synsets: Mapping[str, str] | None = None,
    ) -> None:
        if words := texts(classes, distinct=True):
            raise InputError(f"arrays: classes is {classes!r}, expected {words}")
        if not isinstance(features, str) or not isinstance(labels, str | None):
            raise InputError(
                f"arrays: features is {features!r} and labels {labels!r}, expected paths in the data folder"
            )
        root, classes = Path(root).absolute(), tuple(map(composed, classes))
        file = root / features
        self._features, own = _read(file)
        place = _place_of_labels(root, file, own, labels)
        names = _names(_read_labels(place) if own is None else own, classes, place)
        if len(names) != len(self._features):
            raise InputError(
                f"arrays: {file} has {len(self._features):,} rows and there are {len(names):,} labels in {place}, "
                "expected as many"
            )
        width = len(str(len(names) - 1))
        self._rows = {f"{row:0{width}d}": row for row in range(len(names))}
        self._labels = dict(zip(self._rows, names, strict=True))
        found = sorted(set(names))
        self.classes = tuple(name for name in classes if name in found) or tuple(found)
        by_split_word(self.name, self.classes)
        self.synsets = self._nouns(synsets or {})
        self.source = features
        self.notes = (
            f"Features are those of {features}, not computed here; how they were made is not known.",
        )

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        labels = options.get("labels", _NOT_GIVEN)
        named = [str(options.get("features", FEATURES)), LABELS if labels == _NOT_GIVEN else labels]
        files = [name for name in named if isinstance(name, str)]
        return tuple(
            Need(f"your {name}", "of your size", "you", f"{name} into the data folder", (name,))
            for name in files
        )

    @classmethod
    def example(cls, folder: Path) -> "Arrays":
        random = np.random.default_rng(0)
        np.save(folder / FEATURES, random.standard_normal((24, 5)).astype(np.float32))
        np.save(folder / LABELS, np.arange(24) % 4)
        return cls(folder)

    def _load(self, path: str) -> np.ndarray:
        row = self._rows[path]
        return np.array(
            as_float32(self._features[row], f"arrays: the features of row {row:,} of {self.source}")
        )


def _read(file: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Features, numbers (n, d), and the labels (n,) that the same file has, or None."""
    if not file.is_file():
        raise InputError(
            f"arrays: {file} {as_found(file)}: put the file there, or set the option features to its path"
        )
    labels = None
    try:
        if file.suffix.lower() == ".parquet":
            import pandas as pd

            table = pd.read_parquet(file)
            labels = table.pop("label").to_numpy() if "label" in table else None
            features = table.to_numpy()
        elif file.suffix.lower() == ".npz":
            with load_arrays(file) as stored:
                features, labels = stored["features"], stored.get("labels")
        else:
            features = _load_array(file, mmap_mode="r")
    except ImportError as error:  # pandas needs pyarrow or another library for this format
        raise InputError(
            f"arrays: {file} cannot be read without pyarrow ({error}): pip install pyarrow"
        ) from error
    except Exception as error:  # damaged files raise nearly anything
        raise InputError(
            f"arrays: {file} cannot be read ({reason(error)}): expected a .npy, an .npz with features, or a .parquet "
            "table: write it with numpy.save"
        ) from error
    if features.ndim != 2 or features.dtype.kind not in "fiu" or 0 in features.shape:
        raise InputError(
            f"arrays: {file} holds {features.dtype} of shape {features.shape}, expected numbers of shape (n, d), a row "
            "an item"
        )
    return features, labels


def _load_array(file: Path, mmap_mode: Literal["r"] | None = None) -> np.ndarray:
    """The array of a ``.npy``, by the content: a `ValueError` for an archive, such as a file of torch."""
    opened = load_arrays(file, mmap_mode)
    if isinstance(opened, np.ndarray):
        return opened
    with opened:
        raise ValueError(f"it is a zip archive with {listed(opened.files) or 'nothing'}, no array")


def _place_of_labels(root: Path, file: Path, own: np.ndarray | None, labels: str | None) -> Path:
    """The file with the labels, by the option ``labels``, of the features in ``file``, which has its ``own`` or none.

    Labels in two files are refused, as nothing says which are meant.
    """
    if own is not None and labels:
        raise InputError(
            f"arrays: {file} has labels, and the option labels names {labels} too, expected one of them: set labels to "
            f"null to read those of {file.name}, or leave them out of it"
        )
    if own is None and labels is None:
        raise InputError(f"arrays: {file} has no labels: set the option labels to a file with one a row")
    return file if own is not None else root / (labels or LABELS)


def _read_labels(file: Path) -> np.ndarray:
    if not file.is_file():
        raise InputError(
            f"arrays: {file} {as_found(file)}: put the file there, or set the option labels to its path"
        )
    try:
        if file.suffix.lower() == ".npy":
            return _load_array(file)
        return np.array(file.read_text(encoding="utf-8-sig").splitlines(), str)
    except Exception as error:  # damaged files raise nearly anything
        raise InputError(
            f"arrays: {file} cannot be read ({reason(error)}): expected a .npy, or text in UTF-8 with a label a line: "
            "write it with numpy.save"
        ) from error


def _names(labels: np.ndarray, classes: Sequence[str], file: Path) -> list[str]:
    """The class name of every row, by the ``labels`` that ``file`` has."""
    if labels.ndim != 1 or (labels.dtype.kind not in "iuUS" and labels.dtype != object):
        raise InputError(
            f"arrays: labels of {file} are {labels.dtype} of shape {labels.shape}, expected names or integers of shape "
            "(n,), one a row: save them as labels.ravel() where they are one column, and labels.astype(int) where they "
            "are other numbers"
        )
    names = [_text(label, row, file) for row, label in enumerate(labels.tolist())]
    if classes and (labels.dtype.kind in "iu" or _are_places(names, classes)):
        places = [int(name) for name in names]
        if wrong := [place for place in places if not 0 <= place < len(classes)]:
            raise InputError(
                f"arrays: a label of {file} is {wrong[0]}, expected 0 to {len(classes) - 1}, as the option classes has "
                f"{len(classes)} names"
            )
        return [classes[place] for place in places]
    if classes and (unknown := sorted(set(names) - set(classes))):
        raise InputError(f"arrays: the labels {unknown[:5]} of {file} are not among the option classes")
    return names


def _are_places(names: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether labels that are text, as of a text file, are numbers of ``classes`` and not their names."""
    known = set(names)
    return known.isdisjoint(classes) and all(re.fullmatch("[0-9]{1,18}", name) for name in known)


def _text(label: object, row: int, file: Path) -> str:
    """The `composed` name that a label is: bytes, as older programs write them, are UTF-8."""
    if isinstance(label, bytes):
        try:
            return composed(label.decode())
        except UnicodeDecodeError as error:
            raise InputError(
                f"arrays: the label of row {row:,} of {file} is {label!r}, expected text in UTF-8: save the labels as "
                "text, for example by labels.astype(str)"
            ) from error
    if label == "":
        raise InputError(
            f"arrays: the label of row {row:,} of {file} is empty, expected a name: give it a class"
        )
    if label is None or (str(label) in ("nan", "<NA>", "NaT") and not isinstance(label, str)):
        raise InputError(f"arrays: row {row:,} of {file} has no label, expected one a row: give it a class")
    return composed(str(label))
