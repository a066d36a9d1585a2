"""Average precision of one fixed order: ties in database order.

It depends on how the database happens to be ordered, so it serves only to compare with published code that sorts.
"""

import numpy as np

from mgah.errors import InputError
from mgah.metrics.counting import backend_module
from mgah.metrics.index import check_labels, check_words, class_numbers


def stable_average_precision(
    queries: np.ndarray,
    query_labels: np.ndarray,
    words: np.ndarray,
    labels: np.ndarray,
    cnt: np.ndarray,
    rel: np.ndarray,
    *,
    own: np.ndarray | None = None,
    backend: str | None = None,
) -> np.ndarray:
    """Average precision of the ranking by (distance, database index).

    Args:
        queries: uint64 (words, queries); query_labels: integers (queries,).
        words: uint64 (words, n) and labels: integers (n,), in database order.
        cnt, rel: their counts, int64 (queries, n_bits + 1).
        own: integers (queries,), the database index of each query, where queries lie in the database: each is left out
            of its own ranking. None where they do not.
        backend: as for `mgah.metrics.counting.counts`; the result is the same bit for bit.

    Returns:
        float64 (queries,), NaN for queries without relevant items.

    Examples:
        >>> from mgah.metrics.index import pack_words
        >>> from mgah.metrics.index import build_index
        >>> from mgah.metrics.counting import counts
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> words = pack_words(codes)
        >>> cnt, rel = counts(words[:, :1], labels[:1], build_index(words, 2, labels))
        >>> stable_average_precision(words[:, :1], labels[:1], words, labels, cnt, rel).round(6).tolist()
        [0.833333]
    """
    n_bits, n_queries = cnt.shape[1] - 1, queries.shape[1]
    check_words(queries, n_bits, "query")
    check_words(words, n_bits, "database")
    own = np.full(n_queries, -1) if own is None else np.asarray(own)
    if own.shape != (n_queries,) or cnt.shape != rel.shape or len(cnt) != n_queries:
        raise InputError(
            f"{n_queries} queries have counts for {len(cnt)} and own places for {len(own)} of them"
        )
    query_numbers, numbers = class_numbers(
        check_labels(query_labels, n_queries, "query"), check_labels(labels, words.shape[1], "database")
    )
    sums = backend_module(backend).stable_sums(
        words,
        numbers,
        np.ascontiguousarray(queries.T),
        query_numbers,
        own.astype(np.int64),
        np.cumsum(cnt, axis=1) - cnt,
        np.cumsum(rel, axis=1) - rel,
    )
    total = rel.sum(axis=1)
    precision: np.ndarray = sums / np.where(total > 0, total, np.nan)
    return precision
