"""Labels in files of one's own, read as the metrics read labels (`mgah.metrics.inputs`).

Integers, floating-point numbers that are integers, and booleans are numbers: 1, 1.0 and True are one label. Text is
text, whose accents may be one character with their letter or two; where all texts of both sides are numbers or
booleans, as in a table that a program wrote, they are read as these.
What has no reading is refused with its file and row, counted from 0.
"""

import re
from collections.abc import Sequence
from operator import or_
from pathlib import Path

import numpy as np

from mgah.encoding.names import read_names
from mgah.errors import InputError
from mgah.evaluation.own_files import is_table, read_array, read_table
from mgah.io.arrays import arrays_in, as_text
from mgah.io.names import composed
from mgah.metrics.inputs import exact_integers
from mgah.words import counted

#: A text that is an integer as a program writes it, also as a floating-point number, or a boolean.
_INTEGER = re.compile(r"(-?(?:0|[1-9]\d*))(?:\.0*)?|True|False", re.ASCII)
_OTHERS = {"True": "1", "False": "0", "-0": "0"}
_EXPECTED = "expected integers, booleans or text, one label an item"


def read_labels(file: Path, n: int, names: Sequence[str] = ()) -> np.ndarray:
    """Return the labels of ``n`` codes: integers of any size, or text, (n,).

    Args:
        file: ``.npy`` (n,), ``.npz`` with ``labels`` and, to be matched by them, ``names``, or ``.csv`` with ``label``
            and ``name`` likewise.
        n: number of codes.
        names: their names, where they have some.

    Raises:
        InputError: for a file that cannot be read, labels without a reading, or with more than one, and names in the
            file where the codes have none, as the order of the rows may then be any.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.save(f"{folder}/own.npy", [1.0, 0.0])
        ...     read_labels(Path(f"{folder}/own.npy"), 2).tolist()
        [1, 0]
    """
    labels, listed = _read(file)
    if listed is not None and not len(names):
        raise InputError(
            f"{file} has names of its labels to match them by, and the codes have none, so that it is not known which "
            "label is of which code: give codes with names, which mgah encode writes to an .npz, or leave the names "
            "out of the labels where their rows are in the order of the codes"
        )
    if listed is not None:
        if labels.shape != (len(listed),):
            raise InputError(
                f"{file} has labels of shape {labels.shape} and {counted(len(listed), 'name')}, expected a name a label"
            )
        return _by_name(file, listed, labels, names)
    if labels.shape != (n,):
        raise InputError(f"labels in {file} have the shape {labels.shape}, expected ({n},)")
    check_texts(file, labels)
    return labels


def _read(file: Path) -> tuple[np.ndarray, list[str] | None]:
    """The labels in ``file``, and their names, or None where it has none."""
    if not is_table(file):
        labels = _numbers_or_text(file, read_array(file, "labels"))
        names = read_array(file, "names") if "names" in arrays_in(file) else None
        return labels, None if names is None else list(read_names(names, f"names in {file}"))
    table = read_table(file)
    if "label" not in table:
        raise InputError(f"{file} has the columns {', '.join(table)}, expected label, and name if it likes")
    return table["label"].to_numpy(str), table["name"].tolist() if "name" in table else None


def check_texts(file: Path, labels: np.ndarray) -> None:
    """Raise `InputError` for a label of ``file`` that is an empty text, or not a number among numbers.

    Examples:
        >>> check_texts(Path("labels.csv"), np.array(["cat", "dog"]))
        >>> check_texts(Path("labels.csv"), np.array(["cat", ""]))
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: labels in labels.csv are empty in row 1, expected a label an item: fill it in
    """
    if labels.dtype.kind != "U":
        return
    texts = [text.strip() for text in labels.tolist()]
    if "" in texts:
        raise InputError(
            f"labels in {file} are empty in row {texts.index('')}, expected a label an item: fill it in"
        )
    numbers = [_INTEGER.fullmatch(text) is not None for text in texts]
    undefined = [text.lower() == "nan" for text in texts]
    if any(numbers) and any(undefined) and all(map(or_, numbers, undefined)):
        row = undefined.index(True)
        raise InputError(f"labels in {file} hold {texts[row]} in row {row}, {_EXPECTED}")


def alike(queries: np.ndarray, database: np.ndarray, places: tuple[str, str]) -> np.ndarray:
    """Return numbers of the labels of ``queries`` and then of ``database``, equal where their labels are.

    Args:
        queries, database: labels of `read_labels`, or other text.
        places: what an error calls the two files.

    Raises:
        InputError: for numbers on one side and words on the other, which no item would share.

    Examples:
        >>> alike(np.array([1, 2]), np.array(["2", "1.0"]), ("a.npy", "b.csv")).tolist()
        [0, 1, 1, 0]
    """
    sides = (queries, database)
    read = [_as_integers(labels) for labels in sides]
    if read[0] is not None and read[1] is not None:
        texts = [*read[0], *read[1]]
    else:
        for number, (labels, place) in enumerate(zip(sides, places, strict=True)):
            if labels.dtype.kind != "U":
                other = sides[1 - number].tolist()
                row = next(row for row, text in enumerate(other) if not _INTEGER.fullmatch(text))
                raise InputError(
                    f"labels of {place} are numbers, and {places[1 - number]} has the label {other[row]!r} in row "
                    f"{row}, expected the same on both sides: write both as numbers, or both as text"
                )
        texts = list(map(composed, (*queries.tolist(), *database.tolist())))
    return np.unique(np.array(texts), return_inverse=True)[1]


def _as_integers(labels: np.ndarray) -> list[str] | None:
    """Labels as integers, written out; None for text that holds anything else."""
    if labels.dtype.kind != "U":
        return [str(label) for label in labels.tolist()]
    found = [match for text in labels.tolist() if (match := _INTEGER.fullmatch(text))]
    if len(found) < len(labels):
        return None
    texts = [match[1] or match[0] for match in found]
    return [_OTHERS.get(text, text) for text in texts]


def _numbers_or_text(file: Path, values: np.ndarray) -> np.ndarray:
    """Values as integers or text, in their shape."""
    kind = values.dtype.kind
    if kind == "S":
        return as_text(values, f"labels in {file}")
    if kind not in "biufU":
        raise InputError(f"labels in {file} are {values.dtype} of shape {values.shape}, {_EXPECTED}")
    if kind == "f":
        bad = ~exact_integers(values)
        if bad.any():
            row = int(np.argwhere(bad)[0][0]) if values.ndim else 0
            raise InputError(f"labels in {file} hold {values[bad][0]} in row {row}, {_EXPECTED}")
        return values.astype(np.int64)
    return values.astype(np.int8) if kind == "b" else values


def _by_name(file: Path, listed: list[str], labels: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The labels of ``names`` in a table of the ``listed`` names and their ``labels``."""
    check_texts(file, labels)
    known: dict[str, int] = {}
    for row, name in enumerate(map(composed, listed)):
        first = known.setdefault(name, row)
        if composed(str(labels[first])) != composed(str(labels[row])):
            raise InputError(
                f"{file} has two labels for {name}, {str(labels[first])!r} in row {first} and {str(labels[row])!r} in "
                f"row {row}, expected one: remove the other"
            )
    missing = [name for name in names if composed(name) not in known]
    if missing:
        raise InputError(
            f"{file} has no label for {len(missing):,} of {counted(len(names), 'code')}, the first {missing[0]}; the "
            f"names that it has begin with {listed[0]}, expected the names as the codes have them"
        )
    return labels[[known[composed(name)] for name in names]]
