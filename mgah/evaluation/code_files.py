"""Scores of codes and labels in files of one's own: NumPy arrays, tables, and the codes of ``mgah encode``."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mgah.datasets.class_of_path import classes_of
from mgah.encoding.codes_file import read_named_codes
from mgah.errors import InputError
from mgah.evaluation.label_files import alike, check_texts, read_labels
from mgah.evaluation.own_files import is_table, read_array, read_table
from mgah.evaluation.score import beside_map, bit_balance
from mgah.metrics import from_counts
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import mean_defined
from mgah.metrics.index import build_index, words_of_packed
from mgah.metrics.stable import stable_average_precision
from mgah.words import counted


@dataclass(frozen=True, eq=False)
class Side:
    """Queries, or a database.

    Attributes:
        codes: packed codes, uint8 (n, ceil(n_bits / 8)).
        n_bits: code length.
        labels: integers or texts (n,); equal ones are relevant to one another. Empty where there are none yet.
        names: a name each, "" where there is none.
        source: the file that has the labels.
    """

    codes: np.ndarray
    n_bits: int
    labels: np.ndarray
    names: np.ndarray
    source: str = ""


def read_side(
    codes: Path, labels: Path | None = None, n_bits: int | None = None, database: Side | None = None
) -> Side:
    """Read codes and their labels.

    Args:
        codes: ``.npz`` of ``mgah encode``; ``.npy`` (n, n_bits) of -1 and +1, 0 and 1, booleans or floating-point
            numbers whose signs are the code, or packed bytes with ``n_bits`` given; or ``.csv`` with a column ``code``
            of texts of 0 and 1 and, if it likes, ``name`` and ``label``.
        labels: ``.npy`` (n,), ``.npz`` with ``labels``, or ``.csv`` with ``label`` and, to be matched by it, ``name``.
            Without it, the labels of the table, or the class folders that images lie in, as of the dataset
            ``class_folders``.
        n_bits: code length of packed codes.
        database: of queries, what they are searched for in: a folder that all queries lie in is a class where it is
            one there.

    Raises:
        InputError: for files that cannot be read, or codes or labels with no or more than one reading.
    """
    side = _codes(codes, n_bits)
    if n_bits not in (None, side.n_bits):
        raise InputError(
            f"{codes} has codes of {counted(side.n_bits, 'bit')}, and --bits is {n_bits}: leave it out, as it is the "
            "length of packed codes in .npy alone"
        )
    if labels is not None:
        found = read_labels(labels, len(side.codes), side.names.tolist())
        return replace(side, labels=found, source=str(labels))
    side = replace(side, source=str(codes))
    if len(side.labels) == len(side.codes):
        check_texts(codes, side.labels)
        return side
    if not len(side.names):
        raise InputError(f"the labels of {codes} are not known: name their file with --labels")
    known = () if database is None else set(map(str, database.labels.tolist()))
    return replace(side, labels=np.array(classes_of(side.names.tolist(), str(codes), known)))


def score_sides(database: Side, queries: Side | None = None, radius: int = 2) -> dict[str, float]:
    """Return all scores by name; without ``queries`` each item is searched for among the others.

    Raises:
        InputError: for sides of unequal code length, an empty one, or labels that cannot be compared.
    """
    asked = queries or database
    if asked.n_bits != database.n_bits:
        raise InputError(f"queries have {asked.n_bits} bits and the database {database.n_bits}")
    numbers = alike(asked.labels, database.labels, (asked.source, database.source))
    asked_labels, labels = np.split(numbers, [len(asked.labels)])
    words, asked_words = words_of_packed(database.codes), words_of_packed(asked.codes)
    index = build_index(words, database.n_bits, labels)
    cnt, rel = counts(asked_words, asked_labels, index, own=queries is None)
    own = np.arange(len(labels)) if queries is None else None
    stable = stable_average_precision(asked_words, asked_labels, words, labels, cnt, rel, own=own)
    precision = from_counts.expected_average_precision(cnt, rel)
    mean, undefined = mean_defined(precision)
    return {
        "mAP": mean,
        **beside_map(cnt, rel, stable, radius),
        "bit_balance": bit_balance(database.codes, database.n_bits),
        "undefined_queries": float(undefined),
        "chance_mAP": mean_defined(from_counts.chance_average_precision(cnt, rel))[0],
    }


def _codes(file: Path, n_bits: int | None) -> Side:
    none = np.zeros(0, str)
    if file.suffix.lower() == ".npz":
        named = read_named_codes(file)
        return Side(named.codes, named.n_bits, none, np.array(named.names))
    if is_table(file):
        table = read_table(file)
        if "code" not in table:
            raise InputError(f"{file} has the columns {', '.join(table)}, expected code, a text of 0 and 1")
        texts = table["code"].tolist()
        lengths = {len(text) for text in texts}
        if lengths == {0}:
            raise InputError(
                f"the column code of {file} is empty, expected a text of 0 and 1 a row: write the codes to it again"
            )
        if len(lengths) != 1 or not set("".join(texts)) <= set("01"):
            raise InputError(
                f"the column code of {file} holds other things than texts of 0 and 1 of one length"
            )
        bits = np.array([list(text) for text in texts]) == "1"
        labels, names = (table[name].to_numpy(str) if name in table else none for name in ("label", "name"))
        return Side(np.packbits(bits, axis=1), bits.shape[1], labels, names)
    array = read_array(file)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "biuf":
        raise InputError(
            f"codes in {file} are {array.dtype} of shape {array.shape}, expected numbers (n, bits)"
        )
    if n_bits is not None:
        if array.dtype != np.uint8 or array.shape[1] != -(-n_bits // 8):
            raise InputError(
                f"codes in {file} are {array.dtype} of shape {array.shape}, expected {n_bits} bits packed to uint8 "
                f"(n, {-(-n_bits // 8)})"
            )
        return Side(array, n_bits, none, none)
    return Side(np.packbits(_signs(file, array), axis=1), array.shape[1], none, none)


def _signs(file: Path, array: np.ndarray) -> np.ndarray:
    """Which bits are +1, by the one reading that the values have."""
    finite = np.isfinite(array)
    rows = np.flatnonzero(~finite.all(axis=1))
    if len(rows):
        raise InputError(
            f"codes in {file} have values that are not finite in {counted(len(rows), 'row')}, first "
            f"{array[~finite][0]} in row {rows[0]}, expected numbers: make the codes again"
        )
    values = np.unique(array)
    found = set(values.tolist())
    if found <= {0, 1} or found <= {-1, 1}:
        return array > 0
    if array.dtype.kind == "f" and values[0] < 0:
        return array >= 0
    raise InputError(
        f"codes in {file} hold {', '.join(map(str, values[:4]))}, ..., expected -1 and +1, 0 and 1, or floating-point "
        "numbers whose signs are the code; for packed bytes give --bits"
    )
