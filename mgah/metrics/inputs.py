"""Checks and converts the arguments of the public metrics.

Codes may be NumPy arrays, lists, pandas objects or torch tensors, on any device and with a gradient. Their values say
how they are written, each side for itself:

- True and False: True is +1;
- numbers that are all -1 or +1: the codes themselves;
- numbers that are all 0 or 1: 1 is +1;
- other floating-point numbers, some below 0: their signs, where 0 counts as +1 (equation 1);
- bytes with ``n_bits`` given: eight bits each, as ``numpy.packbits(codes > 0, axis=1)`` and a run's codes files.

Everything else has more than one reading and is refused: numbers without a sign that are not 0 and 1 (probabilities,
activations, bytes without ``n_bits``), integers of -1, 0 and 1, and 0/1 on one side with -1/+1 on the other.

Labels are integers, floating-point numbers that are integers, booleans or text, one an item; or a matrix of 0 and 1,
a column a label, where an item may have several: two items are relevant to one another when they share a label.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mgah.arrays import as_array
from mgah.errors import InputError
from mgah.metrics.index import only_signs

_ENTRIES = 1 << 18  # of codes looked at at a time: they may be memory-mapped, and stay in the cache
_TO_SIGNS = "np.where(codes >= 0, 1, -1)"


@dataclass(frozen=True)
class Sides:
    """Queries and database as counting takes them.

    Attributes:
        queries, database: codes, both int8 (n, n_bits) of -1 and +1, or both packed, uint8 (n, ceil(n_bits / 8)).
        query_labels, labels: both integers (n,), or both bool (n, labels), where an item may have several labels.
        n_bits: code length.

    Examples:
        >>> read_sides([[0.2, -3.0]], ["cat"], [[1, 1], [1, -1]], ["dog", "cat"]).queries.tolist()
        [[1, -1]]
    """

    queries: np.ndarray
    query_labels: np.ndarray
    database: np.ndarray
    labels: np.ndarray
    n_bits: int


def read_sides(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    n_bits: int | None = None,
) -> Sides:
    """Take codes and labels as the module's rules say; int8 codes of -1 and +1 and integer labels stay as they are.

    Args:
        query_codes, database_codes: (n, n_bits), or (n, ceil(n_bits / 8)) bytes where ``n_bits`` is given.
        query_labels, database_labels: (n,), or (n, labels).
        n_bits: code length of packed codes; None for codes that are not packed.

    Raises:
        InputError: for what has no reading, or more than one; it names the side and a conversion that helps.

    Examples:
        >>> sides = read_sides([[1, 0]], [7.0], [[1, 1], [0, 1]], [7, 8])
        >>> sides.database.tolist(), sides.query_labels.tolist()
        ([[1, 1], [-1, 1]], [7])
    """
    queries, database = _matrix(query_codes, "query"), _matrix(database_codes, "database")
    if n_bits is not None:
        queries, database = _packed(queries, "query", n_bits), _packed(database, "database", n_bits)
    elif queries.shape[1] != database.shape[1]:
        raise InputError(f"queries have {queries.shape[1]} bits and the database {database.shape[1]}")
    if len(queries) == 0:
        raise InputError("there are no queries: pass at least one")
    if len(database) == 0:
        raise InputError("the database is empty: a ranking needs at least one item")
    own = (
        _Labels.of(query_labels, "query", len(queries)),
        _Labels.of(database_labels, "database", len(database)),
    )
    labels = _label_pair(*own)
    if n_bits is None:
        queries, database = _code_pair(queries, database)
    return Sides(queries, labels[0], database, labels[1], int(n_bits or queries.shape[1]))


def exact_integers(values: np.ndarray) -> np.ndarray:
    """Which of the floating-point ``values`` are integers, and not so large that they stand for others as well: bool.

    Examples:
        >>> exact_integers(np.array([1.0, 0.5, np.nan, 2.0**53])).tolist()
        [True, False, False, False]
    """
    # a bound of NumPy's float64, as one of Python would take the type of the values, and float16 has no such number
    whole: np.ndarray = (values == np.floor(values)) & (np.abs(values) < np.float64(2**53))
    return whole


def _matrix(given: Any, side: str) -> np.ndarray:
    codes = as_array(given, f"{side} codes")
    if codes.ndim != 2 or codes.shape[1] == 0 or codes.dtype.kind not in "biuf":
        hint = ": one code is a row, codes[None]" if codes.ndim == 1 else ""
        raise InputError(
            f"{side} codes are {codes.dtype} of shape {codes.shape}, expected numbers or booleans of shape "
            f"(n, bits){hint}"
        )
    return codes


def _packed(codes: np.ndarray, side: str, n_bits: object) -> np.ndarray:
    if not isinstance(n_bits, Integral) or isinstance(n_bits, bool) or n_bits < 1:
        raise InputError(
            f"n_bits is {n_bits!r}, expected an integer of 1 or more, the length of packed codes"
        )
    width = -(-int(n_bits) // 8)
    is_bytes = codes.dtype == np.uint8 or (
        codes.dtype.kind in "iu" and codes.min(initial=0) >= 0 and codes.max(initial=0) <= 255
    )
    if not is_bytes or codes.shape[1] != width:
        raise InputError(
            f"{side} codes are {codes.dtype} of shape {codes.shape}, expected bytes, uint8 of shape (n, {width}), as "
            f"n_bits={n_bits} is given: leave it out for codes that are not packed, or pass "
            "np.packbits(codes > 0, axis=1)"
        )
    codes = codes.astype(np.uint8, copy=False)
    spare = 8 * width - int(n_bits)
    if spare and (codes[:, -1] & ((1 << spare) - 1)).any():
        raise InputError(
            f"{side} codes have bits set beyond their {n_bits} bits, the last ones of the last byte: pack them with "
            "np.packbits(codes > 0, axis=1)"
        )
    return codes


def _code_pair(queries: np.ndarray, database: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Codes of both sides as int8 of -1 and +1; written in two ways they are refused."""
    ways = _way(queries, "query"), _way(database, "database")
    if set(ways) == {"0/1", "signs"}:
        names = {"0/1": "0 and 1", "signs": "numbers below 0"}
        raise InputError(
            f"query codes hold {names[ways[0]]} and database codes {names[ways[1]]}, expected both written alike: "
            f"pass 2 * codes - 1 for the side of 0 and 1, or {_TO_SIGNS} where its signs are the code"
        )
    zero_is_minus = [way == "bool" or "0/1" in ways for way in ways]
    return _as_int8(queries, zero_is_minus[0]), _as_int8(database, zero_is_minus[1])


def _as_int8(codes: np.ndarray, zero_is_minus: bool) -> np.ndarray:
    if codes.dtype == np.int8 and not zero_is_minus:
        return codes  # -1 and +1, as they are
    return np.where(codes > 0 if zero_is_minus else codes >= 0, np.int8(1), np.int8(-1))


def _way(codes: np.ndarray, side: str) -> str:
    """How a side's codes are written: ``bool``, ``0/1``, ``signs``, or ``ones`` where all are 1, the same in each."""
    if codes.dtype.kind == "b":
        return "bool"
    if codes.dtype.kind == "i" and all(only_signs(block) for _, block in _blocks(codes)):
        return "signs" if any(block.min() < 0 for _, block in _blocks(codes)) else "ones"
    real, minus, below, zero, other = codes.dtype.kind == "f", False, False, None, None
    for start, block in _blocks(codes):
        if real and not np.isfinite(block).all():
            row, bit, value = _first(~np.isfinite(block), block, start)
            raise InputError(f"{side} codes hold {value} in row {row}, bit {bit}, expected finite numbers")
        zeros, minuses, ones = block == 0, block == -1, block == 1
        minus, below = minus | minuses.any(), below | bool((block < 0).any())
        if zero is None and zeros.any():
            zero = _first(zeros, block, start)
        if (
            other is None
            and np.count_nonzero(zeros) + np.count_nonzero(minuses) + np.count_nonzero(ones) < block.size
        ):
            other = _first(~(zeros | minuses | ones), block, start)
    if other is not None and not (real and below):
        raise InputError(_without_signs(side, codes, *other))
    if zero and minus and not real:
        raise InputError(
            f"{side} codes hold -1, 0 and 1 as {codes.dtype}, 0 in row {zero[0]}, bit {zero[1]}, expected -1 or +1 "
            f"everywhere: decide what 0 becomes, {_TO_SIGNS} makes it +1"
        )
    if below:
        return "signs"
    return "0/1" if zero else "ones"


def _without_signs(side: str, codes: np.ndarray, row: int, bit: int, value: object) -> str:
    """Why numbers that are not -1, 0 or 1 are no codes, and what would make them codes."""
    held = f"{side} codes hold {value} in row {row}, bit {bit}, expected -1 or +1 everywhere, or 0 and 1"
    if codes.dtype == np.uint8:
        return f"{held}: if they are packed bytes, say how many bits they are, n_bits={8 * codes.shape[1]} for example"
    if codes.dtype.kind in "iu":
        return f"{held}: if their signs are the code, pass {_TO_SIGNS}"
    low, high = codes.min(), codes.max()
    if high <= 1:
        return (
            f"{held}: numbers from {low:.3g} to {high:.3g} have no sign; if they are probabilities, pass "
            "codes > 0.5, or your threshold"
        )
    return (
        f"{held}: no number is below 0, so every sign is +1; subtract what parts the bits, codes - np.median(codes, "
        f"axis=0) for example with the database's median on both sides, or pass {_TO_SIGNS}"
    )


def _blocks(codes: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    size = max(1, _ENTRIES // codes.shape[1])
    for start in range(0, len(codes), size):
        yield start, codes[start : start + size]


def _first(bad: np.ndarray, block: np.ndarray, start: int) -> tuple[int, int, object]:
    row, bit = np.unravel_index(bad.argmax(), bad.shape)
    return start + int(row), int(bit), block[row, bit]


@dataclass(frozen=True)
class _Labels:
    """Labels of one side: integers or text (n,), or bool (n, labels)."""

    side: str
    values: np.ndarray

    @property
    def kind(self) -> str:
        """What the labels are, in words."""
        if self.values.ndim == 2:
            return f"a matrix of {self.values.shape[1]} labels"
        return "text" if self.values.dtype.kind == "U" else "numbers"

    @classmethod
    def of(cls, given: Any, side: str, n: int) -> "_Labels":
        """Check labels of ``n`` items."""
        values = as_array(given, f"{side} labels")
        if values.ndim not in (1, 2) or len(values) != n or values.dtype.kind not in "biufU":
            raise InputError(
                f"{side} labels are {values.dtype} of shape {values.shape}, expected integers or text of ({n},), one a "
                f"code, or 0 and 1 of ({n}, labels)"
            )
        if values.ndim == 2:
            return cls(side, _matrix_of_labels(values, side))
        if values.dtype.kind == "f":
            exact = exact_integers(values)
            if not exact.all():
                row = int(exact.argmin())
                raise InputError(f"{side} labels hold {values[row]} in row {row}, expected integers or text")
            values = values.astype(np.int64)
        return cls(side, values.astype(np.int8) if values.dtype.kind == "b" else values)


def _matrix_of_labels(values: np.ndarray, side: str) -> np.ndarray:
    if values.shape[1] < 2 or values.dtype.kind == "U" or not ((values == 0) | (values == 1)).all():
        hint = (
            "labels.ravel() makes a column one label an item"
            if values.shape[1] == 1
            else "scikit-learn's MultiLabelBinarizer makes such a matrix of lists of labels"
        )
        raise InputError(
            f"{side} labels are {values.dtype} of shape {values.shape}, expected one label an item, ({len(values)},), "
            f"or a matrix of 0 and 1 with a column for each of two labels or more: {hint}"
        )
    return values.astype(bool)


def _label_pair(queries: _Labels, database: _Labels) -> tuple[np.ndarray, np.ndarray]:
    if queries.kind != database.kind:
        raise InputError(
            f"query labels are {queries.kind} and database labels {database.kind}, expected the same on both sides"
        )
    own, other = queries.values, database.values
    if own.ndim == 2 and (own.sum(axis=1) == 1).all() and (other.sum(axis=1) == 1).all():
        return own.argmax(axis=1), other.argmax(axis=1)
    if own.dtype.kind == "U":
        numbers = np.unique(np.concatenate([own, other]), return_inverse=True)[1]
        return numbers[: len(own)], numbers[len(own) :]
    return own, other
