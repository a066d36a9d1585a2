"""Counts and rankings where an item may have several labels: two items are relevant when they share one.

The items that share a label with a set of labels are a database of their own, whose counts are those of the relevant
items. Queries with the same set have the same one, so each distinct set is looked up once.
"""

from collections.abc import Iterator

import numpy as np

from mgah.metrics.counting import counts
from mgah.metrics.index import build_index


def set_counts(
    queries: np.ndarray,
    query_labels: np.ndarray,
    words: np.ndarray,
    labels: np.ndarray,
    n_bits: int,
    *,
    backend: str | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the items, and the items that share a label, at every Hamming distance from every query.

    Args:
        queries: uint64 (words, queries), from `mgah.metrics.index.pack_words`; query_labels: bool (queries, labels).
        words: uint64 (words, n), the database; labels: bool (n, labels), the same labels.
        n_bits: code length.
        backend: as for `mgah.metrics.counting.counts`; the integers do not depend on it.

    Returns:
        ``cnt`` and ``rel``, int64 (queries, n_bits + 1): items and relevant items at distance 0..n_bits.

    Examples:
        >>> from mgah.metrics.index import pack_words
        >>> words = pack_words(np.array([[1, 1], [1, -1], [-1, -1]], np.int8))
        >>> labels = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 1]], bool)
        >>> cnt, rel = set_counts(words[:, :1], labels[:1], words, labels, 2)
        >>> cnt.tolist(), rel.tolist()
        ([[1, 1, 1]], [[1, 0, 1]])
    """

    def all_items(part: np.ndarray, database: np.ndarray) -> np.ndarray:
        one = np.zeros(part.shape[1], np.int8), np.zeros(database.shape[1], np.int8)
        return counts(part, one[0], build_index(database, n_bits, one[1]), backend=backend)[0]

    cnt = all_items(queries, words)
    rel = np.zeros_like(cnt)
    for rows, relevant in _relevance(query_labels, labels):
        if relevant.any():
            rel[rows] = all_items(queries[:, rows], words[:, relevant])
    return cnt, rel


def set_stable_average_precision(
    queries: np.ndarray, query_labels: np.ndarray, words: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Average precision of the ranking by (distance, database index), arguments as for `set_counts`.

    Returns float64 (queries,), NaN for queries without relevant items.

    Examples:
        >>> from mgah.metrics.index import pack_words
        >>> words = pack_words(np.array([[1, 1], [1, -1], [-1, -1]], np.int8))
        >>> labels = np.array([[1, 1, 0], [0, 0, 1], [0, 1, 1]], bool)
        >>> set_stable_average_precision(words[:, :1], labels[:1], words, labels).round(6).tolist()
        [0.833333]
    """
    out = np.full(queries.shape[1], np.nan)
    for rows, relevant in _relevance(query_labels, labels):
        if not relevant.any():
            continue
        for row in rows:
            differ = np.bitwise_count(words ^ queries[:, row : row + 1])
            order = np.argsort(differ.sum(axis=0, dtype=np.uint16), kind="stable")
            ranks = np.flatnonzero(relevant[order]) + 1
            out[row] = np.add.accumulate(np.arange(1, len(ranks) + 1) / ranks)[-1] / len(ranks)
    return out


def _relevance(query_labels: np.ndarray, labels: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The queries of each distinct set of labels, and which items share one of them, bool (n,)."""
    sets, numbers = np.unique(query_labels, axis=0, return_inverse=True)
    columns = np.ascontiguousarray(labels.T)
    for number, own in enumerate(sets):
        yield np.flatnonzero(numbers.reshape(-1) == number), columns[own].any(axis=0)
