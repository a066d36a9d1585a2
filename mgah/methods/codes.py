"""The codes file of one cell (dataset, backbone, semantics, split, method, seed, bits): its writer and its reader.

The file is an ``.npz``, loadable with ``allow_pickle=False``:

- ``query_codes`` uint8 (queries, ceil(n_bits / 8)) and ``database_codes`` uint8 (images, ceil(n_bits / 8)):
  ``numpy.packbits(codes > 0, axis=1)``, the most significant bit first, zero padding at the end of a row;
- ``query_ids``, ``database_ids``, ``seen_query_ids`` int32: image ids; the seen queries are database images;
- ``query_labels``, ``database_labels`` int16: indices into ``class_names``;
- ``class_names`` str (classes,), ``n_bits`` int, ``cell`` str: a JSON object with dataset, backbone, semantics,
  split, method, label (the display name), bits and seed; ``trained``, what the method trained of the setting's network
  in a few words, such as "frozen features"; and ``notes``, a list of sentences.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.arrays import load_arrays
from mgah.io.files import atomic_path, parse_json
from mgah.io.records import INTEGER, NAME, TEXT, TEXTS, check_fields

#: What the description of a cell holds, by field.
CELL = dict.fromkeys(("dataset", "backbone", "semantics", "split", "method", "label"), NAME)
CELL |= {"seed": INTEGER, "trained": TEXT, "notes": TEXTS, "bits": INTEGER}


@dataclass(frozen=True)
class Codes:
    """Packed codes, ids and labels of the queries and the database of one cell; the module gives shapes and dtypes.

    Raises:
        InputError: for codes of another dtype or width than ``n_bits`` needs, or with padding that is not zero; ids or
            labels that are no integers, of another number than codes, or out of range; an image that stands there
            twice, in the database and the queries together or in the seen queries; seen queries that the database does
            not hold; or a description of the cell with a field of another kind than `CELL` says.

    Examples:
        >>> part = {"codes": np.zeros((2, 1), np.uint8), "labels": np.array([0, 1])}
        >>> sides = ("query", "database")
        >>> query, database = ({f"{side}_{name}": array for name, array in part.items()} for side in sides)
        >>> ids = {"query_ids": np.array([0, 1]), "database_ids": np.array([2, 3]), "seen_query_ids": np.array([3])}
        >>> codes = Codes(**query, **database, **ids, class_names=("cat", "dog"), n_bits=8, cell={})
        >>> codes.n_bits
        8
        >>> codes.check_images(pd.DataFrame({"class_name": ["cat", "dog", "cat", "dog"]}), "images.csv")
    """

    query_codes: np.ndarray
    query_ids: np.ndarray
    query_labels: np.ndarray
    database_codes: np.ndarray
    database_ids: np.ndarray
    database_labels: np.ndarray
    seen_query_ids: np.ndarray
    class_names: tuple[str, ...]
    n_bits: int
    cell: dict

    def __post_init__(self) -> None:
        if type(self.n_bits) is not int or self.n_bits < 1:
            raise InputError(f"codes have {self.n_bits!r} bits, expected an integer of 1 or more")
        width = -(-self.n_bits // 8)
        for side in ("query", "database"):
            codes, ids, labels = (getattr(self, f"{side}_{part}") for part in ("codes", "ids", "labels"))
            if codes.dtype != np.uint8 or codes.shape != (len(ids), width) or len(labels) != len(ids):
                raise InputError(
                    f"{side} codes are {codes.dtype} of shape {codes.shape} for {len(ids)} ids and {len(labels)} "
                    f"labels, expected uint8 of shape ({len(ids)}, {width})"
                )
            if codes.size and has_spare_bits(codes, self.n_bits):
                raise InputError(f"{side} codes have more than {self.n_bits} bits, expected zeros after them")
            _check_integers(f"{side} ids", ids, np.iinfo(np.int32).max)
            _check_integers(f"{side} labels", labels, len(self.class_names) - 1)
        _check_integers("seen query ids", self.seen_query_ids, np.iinfo(np.int32).max)
        _check_once("queries and database", np.concatenate([self.query_ids, self.database_ids]))
        _check_once("seen queries", self.seen_query_ids)
        if not np.isin(self.seen_query_ids, self.database_ids).all():
            raise InputError("codes hold seen query ids that are not in the database")
        if len(self.class_names) > np.iinfo(np.int16).max or not all(map(TEXT.holds, self.class_names)):
            raise InputError(
                f"codes have the class names {self.class_names[:5]}, expected {np.iinfo(np.int16).max:,} texts at most"
            )
        check_fields(self.cell, CELL, "the codes' cell", optional=tuple(CELL), again="make the codes again")

    def check_images(self, images: pd.DataFrame, source: Path | str) -> None:
        """Raise `InputError` unless the table of ``images``, read from ``source``, gives each image its class here."""
        names, told = np.array(self.class_names, dtype=object), images["class_name"].to_numpy()
        ids = np.concatenate([self.query_ids, self.database_ids])
        expected = names[np.concatenate([self.query_labels, self.database_labels])]
        again = "use the table of the run that made the codes"
        if ids.max() >= len(told):
            raise InputError(
                f"images table {source} has {len(told):,} images, but codes are of {ids.max()}: {again}"
            )
        if (other := told[ids] != expected).any():
            place = int(other.argmax())
            raise InputError(
                f"images table {source} has the image {ids[place]} in class {told[ids[place]]!r}, but its code is of "
                f"{expected[place]!r}: {again}"
            )


def _check_integers(what: str, values: np.ndarray, highest: int) -> None:
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise InputError(f"{what} are {values.dtype} of shape {values.shape}, expected integers in one row")
    if values.size and (values.min() < 0 or values.max() > highest):
        raise InputError(f"{what} are from {values.min()} to {values.max()}, expected from 0 to {highest:,}")


def _check_once(what: str, ids: np.ndarray) -> None:
    values, counts = np.unique(ids, return_counts=True)
    if (counts > 1).any():
        raise InputError(f"{what} hold the image {values[counts > 1][0]} twice, expected once")


def has_spare_bits(packed: np.ndarray, n_bits: int) -> bool:
    """Say whether ``packed`` codes, uint8 (n, ceil(n_bits / 8)), have a bit set beyond their ``n_bits`` bits.

    Examples:
        >>> has_spare_bits(np.array([[176]], np.uint8), 4), has_spare_bits(np.array([[177]], np.uint8), 4)
        (False, True)
    """
    return bool((packed[:, -1] & (0xFF >> (n_bits - 1) % 8 + 1)).any())


def pack(codes: np.ndarray) -> np.ndarray:
    """Pack ``codes`` of -1 and +1, int8 (n, n_bits), to eight bits a byte: uint8 (n, ceil(n_bits / 8)).

    Raises:
        InputError: for codes of another shape or with other values.

    Examples:
        >>> pack(np.array([[1, -1, 1, 1]], np.int8)).tolist()
        [[176]]
    """
    bad = ~np.isin(codes, (-1, 1))
    if codes.ndim != 2 or bad.any():
        values = f" with the value {codes[bad][0]}" if bad.any() else ""
        raise InputError(
            f"codes must be -1 or +1 in shape (n, n_bits), got {codes.dtype} of shape {codes.shape}{values}"
        )
    return np.packbits(codes > 0, axis=1)


def unpack(packed: np.ndarray, n_bits: int) -> np.ndarray:
    """Unpack ``packed`` codes, uint8 (n, ceil(n_bits / 8)) from `pack`: int8 (n, n_bits) of -1 and +1.

    Examples:
        >>> unpack(np.array([[176]], np.uint8), 4).tolist()
        [[1, -1, 1, 1]]
    """
    return np.where(np.unpackbits(packed, axis=1, count=n_bits), 1, -1).astype(np.int8)


def write_codes(target: Path | str, codes: Codes) -> None:
    """Write the codes of one cell to the file ``target`` (``.npz``), atomically.

    Examples:
        >>> import tempfile
        >>> codes, labels, ids = np.zeros((1, 1), np.uint8), np.array([0]), np.array([0])
        >>> cell = Codes(codes, ids, labels, codes, ids + 1, labels, ids + 1, ("cat",), 8, {"split": "cat"})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_codes(f"{folder}/8.npz", cell)
        ...     print(read_codes(f"{folder}/8.npz").cell)
        {'split': 'cat'}
    """
    with atomic_path(target) as path:
        np.savez_compressed(
            path,
            query_codes=codes.query_codes,
            query_ids=codes.query_ids.astype(np.int32),
            query_labels=codes.query_labels.astype(np.int16),
            database_codes=codes.database_codes,
            database_ids=codes.database_ids.astype(np.int32),
            database_labels=codes.database_labels.astype(np.int16),
            seen_query_ids=codes.seen_query_ids.astype(np.int32),
            class_names=np.array(codes.class_names),
            n_bits=np.int64(codes.n_bits),
            cell=np.array(json.dumps(codes.cell)),
        )


def read_codes(source: Path | str) -> Codes:
    """Read the codes of one cell from the file ``source``.

    Raises:
        InputError: for a file that cannot be read or holds no codes; the sentence names it.

    Examples:
        >>> import tempfile
        >>> codes, labels, ids = np.zeros((1, 1), np.uint8), np.array([0]), np.array([0])
        >>> cell = Codes(codes, ids, labels, codes, ids + 1, labels, ids + 1, ("cat",), 8, {"split": "cat"})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_codes(f"{folder}/8.npz", cell)
        ...     print(read_codes(f"{folder}/8.npz").class_names)
        ('cat',)
    """
    try:
        with load_arrays(source) as stored:
            content = {name: stored[name] for name in stored.files}
        content["class_names"] = tuple(content["class_names"].tolist())
        content["n_bits"] = content["n_bits"].item()
        content["cell"] = parse_json(str(content["cell"]))
        return Codes(**content)
    except InputError as error:
        raise InputError(f"codes file {source}: {error}; remove it and run again") from error
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(f"codes file {source} cannot be read ({error}): remove it and run again") from error
