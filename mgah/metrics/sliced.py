"""Counts of a database of any size: slice by slice, in threads, so that memory does not grow with the database.

Counts of slices add up to those of the whole, exactly. A slice is read, packed, sorted by class and counted by one
thread; of a memory-mapped database no more than the slices in work is held.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from numbers import Integral

import numpy as np

from mgah.errors import InputError
from mgah.metrics.counting import counts
from mgah.metrics.index import build_index, check_labels, pack_words, words_of_packed

#: 64-bit words that the slices in work hold together: every one of them is copied a few times.
_HELD = 1 << 21
#: Fewest items of a slice where threads share a small database: adding up the counts costs little beside them.
_SMALLEST = 1 << 13


def code_length(codes: np.ndarray) -> int:
    """The number of bits of codes, int8 (n, n_bits) of -1 and +1; of packed codes, uint8 (n, bytes), all of them.

    Examples:
        >>> code_length(np.zeros((3, 6), np.uint8))
        48
    """
    return int(codes.shape[1]) * (8 if codes.dtype == np.uint8 else 1)


def words_of_codes(codes: np.ndarray, first: int = 0) -> np.ndarray:
    """Codes as `code_length` knows them in 64-bit words, uint64 (words, n); ``first`` is the number of the first row.

    Raises `InputError` for codes of another type or shape, or int8 of other values.

    Examples:
        >>> codes = np.ones((3, 8), np.int8)
        >>> bool((words_of_codes(np.packbits(codes > 0, axis=1)) == words_of_codes(codes)).all())
        True
    """
    codes = np.asarray(codes)
    if codes.dtype == np.uint8 and codes.ndim == 2 and codes.shape[1] > 0:
        return words_of_packed(codes)
    return pack_words(codes, first)


def count_slices(
    queries: np.ndarray,
    query_labels: np.ndarray,
    codes: np.ndarray,
    labels: np.ndarray,
    *,
    threads: int = 1,
    backend: str | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the items, and the relevant items, at every Hamming distance from every query.

    Args:
        queries: int8 (queries, n_bits) of -1 and +1, or packed, uint8 (queries, bytes); query_labels: integers
            (queries,).
        codes: the database, of the same type and width, (n, ...); labels: integers (n,). Both may be memory-mapped.
        threads: threads that count, each a slice at a time. All of them together hold about 0.1 GiB.
        backend: as for `mgah.metrics.counting.counts`; the integers depend on neither.

    Returns:
        ``cnt`` and ``rel``, int64 (queries, n_bits + 1), as `mgah.metrics.counting.counts`.

    Raises:
        InputError: for codes or labels of another type, shape or content, an empty database, or no threads.

    Examples:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> cnt, rel = count_slices(codes[:1], labels[:1], codes, labels, threads=2)
        >>> cnt.tolist(), rel.tolist()
        ([[1, 1, 1]], [[1, 0, 1]])
    """
    if not isinstance(threads, Integral) or isinstance(threads, bool) or threads < 1:
        raise InputError(f"threads is {threads!r}, expected an integer of 1 or more")
    words, n_bits, n = words_of_codes(queries), code_length(codes), len(codes)
    labels = check_labels(labels, n, "database")
    size = _slice_size(n, len(words), int(threads))

    def count(start: int) -> tuple[np.ndarray, np.ndarray]:
        rows = slice(start, start + size)
        index = build_index(words_of_codes(codes[rows], start), n_bits, labels[rows])
        return counts(words, query_labels, index, backend=backend)

    starts = range(0, max(n, 1), size)
    if threads == 1:
        return _total(map(count, starts))
    with ThreadPoolExecutor(int(threads)) as pool:
        return _total(pool.map(count, starts))


def _total(parts: Iterator[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    cnt, rel = next(parts)
    for part_cnt, part_rel in parts:
        cnt += part_cnt
        rel += part_rel
    return cnt, rel


def _slice_size(n: int, words: int, threads: int) -> int:
    """Items of a slice: as many slices for every thread, and few enough items for `_HELD`."""
    rounds = -(-n * words // _HELD)
    return max(_SMALLEST, -(-n // (max(rounds, 1) * threads)))
