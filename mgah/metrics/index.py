"""A database of codes for fast counting: packed into 64-bit words, with the items of a class next to each other.

Packed codes are uint64 of shape (words, n): the same word of all items is contiguous. A row of bits is
packed as in a codes file (``numpy.packbits``) and padded with zeros, which add no distance.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mgah.errors import InputError

_SLICE = 1 << 18  # codes' entries packed at a time: few enough that the working space is not mapped anew
#: Longest code: distances are counted in 16 bits.
MAX_BITS = (1 << 16) - 1
#: Longest code whose equal items may be merged: 2**16 different codes at most.
MERGE_BITS = 16
#: Merging pays when this many items share a code on average.
MERGE_SHARE = 4


@dataclass(frozen=True)
class Index:
    """Codes sorted by class.

    Attributes:
        n_bits: code length.
        n_items: items in the database.
        words: uint64 (words, entries).
        classes: the labels in the database, ascending.
        offsets: int64 (classes + 1,): entries ``offsets[c]:offsets[c + 1]`` are class ``c``.
        weights: None where an entry is an item. With merged codes, int64 (entries,): how many items an entry
            stands for; the entries after ``offsets[-1]`` are then the distinct codes of the whole database.

    Examples:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> index = build_index(pack_words(codes), 2, labels)
        >>> index.n_items, index.classes.tolist(), index.offsets.tolist()
        (3, [0, 1], [0, 2, 3])
        >>> [ends.tolist() for ends in index.class_slices(np.array([1, 7]))]
        [[2, 0], [3, 0]]
    """

    n_bits: int
    n_items: int
    words: np.ndarray
    classes: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray | None = None

    def class_slices(self, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The slice of entries of each label's class, as two int64 arrays; empty for a label that is not there."""
        place = class_places(self.classes, labels)
        known = place >= 0
        return np.where(known, self.offsets[place], 0), np.where(known, self.offsets[place + 1], 0)


def pack_words(codes: np.ndarray, first: int = 0) -> np.ndarray:
    """Pack codes, int8 (n, n_bits) of -1 and +1, into 64-bit words, uint64 (words, n).

    ``first`` is the number of the first row in the whole, for errors.

    Raises:
        InputError: for codes of another type, shape or other values.

    Examples:
        >>> pack_words(np.array([[1, -1, 1]], np.int8)).shape
        (1, 1)
    """
    codes = np.asarray(codes)
    if codes.dtype != np.int8 or codes.ndim != 2 or codes.shape[1] == 0:
        raise InputError(f"codes are {codes.dtype} of shape {codes.shape}, expected int8 of shape (n, bits)")
    n, n_bits = codes.shape
    words = np.empty((-(-n_bits // 64), n), np.uint64)
    size = max(1, _SLICE // n_bits)
    for start in range(0, n, size):
        rows = codes[start : start + size]
        bits = rows + np.int8(1)
        if not _are_0_and_2(bits):
            row, bit = np.argwhere(np.abs(rows) != 1)[0]
            raise InputError(
                f"codes hold {rows[row, bit]} in row {first + start + row}, bit {bit}, expected -1 or +1 everywhere: "
                "encode with the sign, and decide what 0 becomes"
            )
        bits = bits.view(np.uint8)
        packed = np.packbits(bits, axis=1) if n_bits % 8 else np.packbits(bits.ravel()).reshape(len(bits), -1)
        words[:, start : start + size] = words_of_packed(packed)
    return words


def only_signs(codes: np.ndarray) -> bool:
    """Whether signed integers, of any shape, are all -1 or +1.

    Examples:
        >>> only_signs(np.array([[1, -1]])), only_signs(np.array([[1, 0]]))
        (True, False)
    """
    return _are_0_and_2(codes + codes.dtype.type(1))


def _are_0_and_2(numbers: np.ndarray) -> bool:
    """Whether integers are all 0 or 2, as codes are when 1 is added: any other number has another bit set."""
    return not np.bitwise_or.reduce(numbers, axis=None) & ~2


def words_of_packed(packed: np.ndarray) -> np.ndarray:
    """Pack the bytes of a codes file, uint8 (n, ceil(n_bits / 8)), into 64-bit words, uint64 (words, n).

    Examples:
        >>> codes = np.array([[1, -1, 1]], np.int8)
        >>> bool((words_of_packed(np.packbits(codes > 0, axis=1)) == pack_words(codes)).all())
        True
    """
    n, width = packed.shape
    padded = np.zeros((n, -(-width // 8) * 8), np.uint8)
    padded[:, :width] = packed
    return np.ascontiguousarray(padded.view("<u8").T, dtype=np.uint64)


def check_words(words: np.ndarray, n_bits: int, what: str) -> None:
    """Raise `InputError` unless ``words`` are codes of ``n_bits`` bits, at most `MAX_BITS`, with zero padding.

    Examples:
        >>> check_words(pack_words(np.ones((2, 9), np.int8)), 9, "query")
    """
    if n_bits > MAX_BITS:
        raise InputError(f"{what} codes have {n_bits} bits, expected at most {MAX_BITS}: use shorter codes")
    full = pack_words(np.ones((1, n_bits), np.int8))
    if words.dtype != np.uint64 or words.ndim != 2 or len(words) != len(full):
        raise InputError(
            f"{what} codes are {words.dtype} of shape {words.shape}, expected uint64 words of shape ({len(full)}, n) "
            f"for {n_bits} bits"
        )
    if (np.bitwise_or.reduce(words, axis=1, keepdims=True) & ~full).any():
        raise InputError(f"{what} codes have bits set beyond their {n_bits} bits: pack them again")


def check_labels(labels: np.ndarray, n: int, what: str) -> np.ndarray:
    """``labels`` as an array (n,) of integers; anything else is an `InputError`.

    Examples:
        >>> check_labels([0, 2, 1], 3, "query")
        array([0, 2, 1])
    """
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu" or labels.shape != (n,):
        raise InputError(
            f"{what} labels are {labels.dtype} of shape {labels.shape}, expected integers of ({n},)"
        )
    return labels


def class_places(classes: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The index of each of ``labels`` in the ascending ``classes``, int64; -1 for a label that is not among them.

    Labels and classes may be of different integer types: they are never compared as floating-point numbers, where
    neighbors above 2**53 are the same.

    Examples:
        >>> class_places(np.array([2, 5]), np.array([5, 7]))
        array([ 1, -1])
    """
    limits = np.iinfo(classes.dtype)
    fits = (labels >= limits.min) & (labels <= limits.max)
    labels = labels.astype(classes.dtype)
    first, last = (np.searchsorted(classes, labels, side) for side in ("left", "right"))
    return np.where(fits & (first < last), first, -1)


def class_numbers(query_labels: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels of queries and of a database as int64 arrays that are equal exactly where the labels are.

    Examples:
        >>> class_numbers(np.array([5]), np.array([2, 5]))
        (array([1]), array([0, 1]))
    """
    classes, numbers = np.unique(labels, return_inverse=True)
    return class_places(classes, query_labels), numbers.astype(np.int64)


def build_index(words: np.ndarray, n_bits: int, labels: np.ndarray) -> Index:
    """Build the `Index` of a database from packed codes, uint64 (words, n) of ``n_bits`` bits, and integer labels (n,).

    Codes of up to 16 bits that repeat often are merged; counts are the same. Raises `InputError` for an empty
    database, words that do not fit ``n_bits``, or labels of another length.

    Examples:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> build_index(pack_words(codes), 2, labels).classes.tolist()
        [0, 1]
    """
    check_words(words, n_bits, "database")
    n = words.shape[1]
    labels = check_labels(labels, n, "database")
    if n == 0:
        raise InputError("the database is empty: a ranking needs at least one item")
    order, classes, offsets = _by_class(labels)
    if n_bits <= MERGE_BITS and len(_distinct(words[0])[0]) * MERGE_SHARE <= n:
        return _merged(words[0][order], n_bits, classes, offsets)
    return Index(n_bits, n, np.take(words, order, axis=1), classes, offsets)


def _by_class(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stable order by class, the classes, and where each begins."""
    lowest, highest = int(labels.min()), int(labels.max())
    if highest - lowest < 1 << 16:  # NumPy sorts 16-bit integers by radix: several times faster
        keys = (labels - labels.dtype.type(lowest)).astype(np.uint16)
        sizes = np.bincount(keys)
        present = np.flatnonzero(sizes)
        classes, sizes = present.astype(labels.dtype) + labels.dtype.type(lowest), sizes[present]
    else:
        classes, keys, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return np.argsort(keys, kind="stable"), classes, np.concatenate(([0], np.cumsum(sizes)))


def _merged(codes: np.ndarray, n_bits: int, classes: np.ndarray, offsets: np.ndarray) -> Index:
    """Index of class-sorted one-word codes with equal items of a class, and equal items at all, merged."""
    parts = [_distinct(codes[a:b]) for a, b in pairwise(offsets)]
    parts.append(_distinct(codes))
    merged_offsets = np.concatenate(([0], np.cumsum([len(part[0]) for part in parts[:-1]])))
    words = np.concatenate([part[0] for part in parts])[None]
    return Index(
        n_bits, len(codes), words, classes, merged_offsets, np.concatenate([part[1] for part in parts])
    )


def _distinct(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct one-word codes of up to 16 bits, and how often each occurs."""
    sizes = np.bincount(codes.astype(np.intp))
    present = np.flatnonzero(sizes)
    return present.astype(np.uint64), sizes[present]
