"""Class semantics from annotated attributes, in the layout of Animals with Attributes.

A folder or zip archive holds ``classes.txt`` and ``predicates.txt`` (one name a line, a number before it is skipped)
and ``predicate-matrix-continuous.txt`` or ``predicate-matrix-binary.txt`` (a row a class, a column an attribute, 0 or
above, -1 where the value is missing). A folder with ``att_splits.mat`` of Xian et al. gives the continuous matrix
too. Each row is scaled to unit length, the paper's "scale-normalized".

A missing value becomes 0. A mean over other classes would carry what is known of unseen classes into the rows
of seen ones; 0 uses nothing but the row itself, and it is what the published binary matrix has in these
places.

Lampert, Nickisch and Harmeling, "Attribute-Based Classification for Zero-Shot Visual Object Categorization",
TPAMI 2014.

Options:
    folder: the folder or archive, relative to the data folder; default AwA2's, the first found of `PLACES`; or
    builtin: name of a dataset whose attributes are shipped (``digits``: seven-segment display).
    matrix: ``continuous`` or ``binary``; default ``continuous`` for a folder, ``binary`` for what is shipped.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mgah.datasets import xlsa17
from mgah.datasets.awa2 import ARCHIVE, FOLDER
from mgah.datasets.folders import FolderFiles, open_files
from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from mgah.io.text import decoded, parsed
from mgah.needs import Need
from mgah.normalization import l2_rows
from mgah.semantics.base import SemanticsSource
from mgah.semantics.classes import rows_of
from mgah.semantics.options import builtin_classes, builtin_folder, builtin_notes, check_options, data_path
from mgah.semantics.store import ClassSemantics

OPTIONS = {"folder": str, "builtin": str, "matrix": str}
MATRICES = ("continuous", "binary")
MISSING = -1
#: Where AwA2 and its published features have their attributes, in the data folder.
PLACES = (FOLDER, ARCHIVE, "AwA2-base.zip", *xlsa17.FOLDERS)


class _Table(NamedTuple):
    """Classes, attributes and float64 (classes, attributes), with the file of the values."""

    names: list[str]
    predicates: list[str]
    values: np.ndarray
    file: Path
    notes: tuple[str, ...] = ()


class Attributes(SemanticsSource):
    """Unit-length attribute rows and their cosine; the module's docstring lists the options.

    Examples:
        >>> Attributes(builtin="digits").class_semantics(["one", "two"]).similarity.round(2).tolist()
        [[1.0, 0.32], [0.32, 1.0]]
        >>> [need.what for need in Attributes().needs()]
        ['attributes of the classes']
    """

    raw_files = PLACES

    def __init__(
        self, *, folder: str | None = None, builtin: str | None = None, matrix: str | None = None
    ) -> None:
        given = {"folder": folder, "builtin": builtin, "matrix": matrix}
        options = {name: value for name, value in given.items() if value is not None}
        check_options("attributes", options, OPTIONS)
        if {"folder", "builtin"} <= set(options):
            raise InputError("attributes: got the options folder and builtin, expected one of them at most")
        matrix = options.get("matrix", "binary" if "builtin" in options else "continuous")
        if matrix not in MATRICES:
            raise InputError(f"attributes: matrix is {matrix!r}, expected {' or '.join(MATRICES)}")
        self.options = options | {"matrix": matrix}

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        """Unit-length attribute rows of ``classes`` and their cosine; a class without any attribute keeps zeros.

        Raises:
            InputError: for options that do not fit, a missing or damaged file, or classes without a row (all
                are named).
        """
        matrix = self.options["matrix"]
        place = _place(self.options, matrix, data_dir)
        table = _read_table(place, matrix)
        values = table.values[rows_of(classes, table.names, f"attributes: {table.file}")]
        notes = builtin_notes(place, table.file.name) if "builtin" in self.options else []
        notes += table.notes
        notes += [
            f"{name} lacks the values of {_join(table.predicates, row == MISSING)} in {table.file.name}, taken as 0"
            for name, row in zip(classes, values, strict=True)
            if (row == MISSING).any()
        ]
        vectors = l2_rows(np.where(values == MISSING, 0, values))
        return ClassSemantics.from_vectors(classes, vectors, notes)

    def needs(self) -> list[Need]:
        """List the file or folder of attributes that must lie in the data folder; none for what is shipped."""
        if "builtin" in self.options:
            return []
        places = (str(self.options["folder"]),) if "folder" in self.options else PLACES
        files = f"{xlsa17.SPLITS}, or classes.txt, predicates.txt and the predicate matrix,"
        how = f"{files} in {' or '.join(places)} of the data folder"
        origin = "the archive of AwA2's images, or xlsa17.zip"
        return [Need("attributes of the classes", "a few MB at the most", origin, how, places)]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        return {"builtin": "digits"}, builtin_classes("digits")


def _join(names: Sequence[str], chosen: np.ndarray) -> str:
    return ", ".join(name for name, take in zip(names, chosen, strict=True) if take)


def _place(options: Mapping[str, str], matrix: str, data_dir: Path | str | None) -> Path:
    """Folder or archive with the attributes."""
    if "builtin" in options:
        return builtin_folder("attributes", options["builtin"])
    if "folder" in options:
        return data_path("attributes", "folder", options["folder"], data_dir)
    if data_dir is None:
        raise InputError("attributes: got neither the option folder nor builtin, and no data folder")
    for place in (Path(data_dir) / name for name in PLACES):
        # an unpacked archive of features makes AwA2's folder without attributes in it
        if place.is_file() or (place / _file(matrix)).exists() or (place / xlsa17.SPLITS).exists():
            return place
    raise InputError(
        f"attributes: none of {', '.join(PLACES)} in {data_dir} has attributes: put there AwA2-base.zip, from "
        f"https://cvml.ista.ac.at/AwA2/AwA2-base.zip, or set folder to the place of {_file(matrix)}"
    )


def _file(matrix: str) -> str:
    return f"predicate-matrix-{matrix}.txt"


def _read_table(place: Path, matrix: str) -> _Table:
    if (place / xlsa17.SPLITS).exists() and not (place / _file(matrix)).exists():
        return _read_mat(place / xlsa17.SPLITS, matrix)
    files = open_files(place, top=FOLDER)
    names, said = _read_names(files, "classes.txt")
    predicates, more = _read_names(files, "predicates.txt")
    values = _read_matrix(files, _file(matrix), (len(names), len(predicates)))
    return _Table(names, predicates, values, place / _file(matrix), (*said, *more))


def _read_mat(file: Path, matrix: str) -> _Table:
    if matrix != "continuous":
        raise InputError(f"attributes: {file} has no {matrix} matrix: set matrix to continuous")
    found = xlsa17.read_mat(file, ("allclasses_names", "original_att"))
    names = xlsa17.texts(found["allclasses_names"], f"allclasses_names in {file}")
    values = xlsa17.numbers(found["original_att"], f"original_att in {file}").astype(np.float64).T
    _check_matrix(values, (len(names), values.shape[-1]), str(file))
    predicates = [f"attribute {number}" for number in range(1, values.shape[-1] + 1)]
    return _Table(names, predicates, values, file)


def _read_text(files: FolderFiles | ZipFiles, name: str, expected: str) -> tuple[list[str], list[str]]:
    """Lines of a file, and what has to be said of it."""
    try:
        text, notes = decoded(files.read(name), name)
    except InputError as error:
        raise InputError(
            f"attributes: {files.place / name} cannot be read ({error}): expected {expected}"
        ) from error
    return text.splitlines(), notes


def _read_names(files: FolderFiles | ZipFiles, name: str) -> tuple[list[str], list[str]]:
    lines, notes = _read_text(files, name, "one name a line")
    names = [re.sub(r"^\d+\s+", "", line.strip()) for line in lines if line.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise InputError(
            f"attributes: {files.place / name} holds {len(names)} names, repeats {twice}: expected unique names"
        )
    return names, notes


def _read_matrix(files: FolderFiles | ZipFiles, name: str, shape: tuple[int, int]) -> np.ndarray:
    place = f"attributes: {files.place / name}"
    lines, _ = _read_text(files, name, f"{shape[0]} rows of {shape[1]} numbers")
    rows = []
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if fields and len(fields) != shape[1]:
            raise InputError(
                f"{place}, line {number}: it has {len(fields)} fields, {fields[0]!r} the first, expected {shape[1]} "
                "numbers with blanks between them, one for each of predicates.txt: correct it"
            )
        if fields:
            rows.append([parsed(field, f"{place}, line {number}") for field in fields])
    if len(rows) != shape[0]:
        raise InputError(
            f"{place}: it has {len(rows)} rows, expected {shape[0]}, one for each of classes.txt: get the official file"
        )
    values = np.array(rows, dtype=np.float64)
    _check_matrix(values, shape, str(files.place / name))
    return values


def _check_matrix(values: np.ndarray, shape: tuple[int, int], place: str) -> None:
    if values.shape != shape:
        raise InputError(
            f"attributes: {place} holds a matrix of shape {values.shape}, expected {shape}, a row a class and a "
            "column an attribute: get the official file"
        )
    wrong = ~np.isfinite(values) | ((values < 0) & (values != MISSING))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"attributes: {place} holds {values[row, column]} in row {row + 1}, column {column + 1}: "
            f"expected 0 or above, or {MISSING} where a value is missing"
        )
