"""Class semantics from annotated attributes, in the layout of Animals with Attributes.

A folder holds ``classes.txt`` and ``predicates.txt`` (one name a line, a number before it is skipped) and
``predicate-matrix-continuous.txt`` or ``predicate-matrix-binary.txt`` (a row a class, a column an attribute,
0 or above, -1 where the value is missing). Each row is scaled to unit length, the paper's "scale-normalized".

A missing value becomes 0. A mean over other classes would carry what is known of unseen classes into the rows
of seen ones; 0 uses nothing but the row itself, and it is what the published binary matrix has in these
places.

Lampert, Nickisch and Harmeling, "Attribute-Based Classification for Zero-Shot Visual Object Categorization",
TPAMI 2014.

Options:
    folder: the folder, relative to the data folder; or
    builtin: word of a dataset whose attributes are shipped (``digits``: seven-segment display).
    matrix: ``continuous`` or ``binary``; default ``continuous`` for a folder, ``binary`` for what is shipped.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.classes import rows_of
from mgah.semantics.options import builtin_folder, builtin_notes, check_options, data_path
from mgah.semantics.store import ClassSemantics

OPTIONS = {"folder": str, "builtin": str, "matrix": str}
MATRICES = ("continuous", "binary")
MISSING = -1


def class_semantics(
    classes: Sequence[str],
    options: Mapping[str, object],
    data_dir: Path | str | None = None,
    synsets: Mapping[str, str | None] | None = None,
) -> ClassSemantics:
    """Unit-length attribute rows of ``classes`` and their cosine; a class without any attribute keeps zeros.

    Raises:
        InputError: for options that do not fit, a missing or damaged file, or classes without a row (all
            are named).
    """
    check_options("attributes", options, OPTIONS, one_of=("folder", "builtin"))
    if "builtin" in options:
        folder, default = builtin_folder("attributes", options["builtin"]), "binary"
    else:
        folder, default = data_path("attributes", "folder", options["folder"], data_dir), "continuous"
    matrix = options.get("matrix", default)
    if matrix not in MATRICES:
        raise InputError(f"attributes: matrix is {matrix!r}, expected {' or '.join(MATRICES)}")
    file = folder / f"predicate-matrix-{matrix}.txt"
    names, predicates = _read_names(folder / "classes.txt"), _read_names(folder / "predicates.txt")
    values = _read_matrix(file, (len(names), len(predicates)))[rows_of(classes, names, f"attributes: {file}")]
    notes = [] if "builtin" not in options else builtin_notes(folder, file.name)
    notes += [
        f"{name} lacks the values of {_join(predicates, row == MISSING)} in {file.name}, taken as 0"
        for name, row in zip(classes, values, strict=True)
        if (row == MISSING).any()
    ]
    return ClassSemantics.from_vectors(
        classes, scale_normalize(np.where(values == MISSING, 0, values)), notes
    )


def needs(options: Mapping[str, object]) -> list[Need]:
    """What must lie in the data folder."""
    if "folder" not in options:
        return []
    folder = str(options["folder"])
    how = f"classes.txt, predicates.txt and the predicate matrix into {folder} in the data folder"
    return [Need("attributes of classes", "less than 1 MB", "the dataset's archive", how, (folder,))]


def scale_normalize(values: np.ndarray) -> np.ndarray:
    """Rows of ``values`` (c, a) scaled to unit length; a zero row stays zero."""
    norms = np.linalg.norm(values, axis=1, keepdims=True)
    return np.divide(values, norms, out=np.zeros_like(values, dtype=np.float64), where=norms > 0)


def _join(names: Sequence[str], chosen: np.ndarray) -> str:
    return ", ".join(name for name, take in zip(names, chosen, strict=True) if take)


def _read_names(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"attributes: {file} cannot be read ({error}): expected one name a line; get an intact copy"
        ) from error
    names = [re.sub(r"^\d+\s+", "", line.strip()) for line in lines if line.strip()]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise InputError(
            f"attributes: {file} holds {len(names)} names, repeats {twice}: expected unique names"
        )
    return names


def _read_matrix(file: Path, shape: tuple[int, int]) -> np.ndarray:
    try:
        values = np.loadtxt(file, dtype=np.float64, ndmin=2)
    except (OSError, ValueError) as error:
        raise InputError(
            f"attributes: {file} cannot be read ({error}): expected {shape[0]} rows of {shape[1]} numbers; "
            "get an intact copy"
        ) from error
    if values.shape != shape:
        raise InputError(
            f"attributes: {file} holds a matrix of shape {values.shape}, expected {shape} "
            "after classes.txt and predicates.txt: get an intact copy"
        )
    wrong = ~np.isfinite(values) | ((values < 0) & (values != MISSING))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"attributes: {file} holds {values[row, column]} in row {row + 1}, column {column + 1}: "
            f"expected 0 or above, or {MISSING} where a value is missing"
        )
    return values
