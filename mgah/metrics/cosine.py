"""Average precision of float rows ranked by cosine, ties in database order."""

import numpy as np

from mgah.errors import InputError
from mgah.metrics.index import check_labels, class_numbers

_CELLS = 1 << 22  # similarities held at a time


def cosine_average_precision(
    query_rows: np.ndarray,
    query_labels: np.ndarray,
    database_rows: np.ndarray,
    database_labels: np.ndarray,
    *,
    own: np.ndarray | None = None,
) -> np.ndarray:
    """Average precision of each query when the database is ranked by falling cosine, ties by database index.

    Args:
        query_rows: float32 (queries, d) of unit length; query_labels: integers (queries,).
        database_rows: float32 (n, d) of unit length; database_labels: integers (n,).
        own: integers (queries,), the database index of each query, where queries lie in the database: each is left out
            of its own ranking. None where they do not.

    Returns:
        float64 (queries,), NaN for a query without relevant items.

    Examples:
        >>> rows = np.eye(3, dtype=np.float32)
        >>> cosine_average_precision(rows[:1], np.array([0]), rows, np.array([0, 1, 0]))
        array([0.83333333])
    """
    for what, rows in (("query", query_rows), ("database", database_rows)):
        if (
            rows.dtype != np.float32
            or rows.ndim != 2
            or rows.shape[1] != query_rows.shape[1]
            or not len(rows)
        ):
            raise InputError(
                f"{what} rows are {rows.dtype} of shape {rows.shape}, expected float32 of one width and not empty"
            )
    query_labels = check_labels(query_labels, len(query_rows), "query")
    database_labels = check_labels(database_labels, len(database_rows), "database")
    query_labels, database_labels = class_numbers(query_labels, database_labels)
    out = np.full(len(query_rows), np.nan)
    size = max(1, _CELLS // len(database_rows))
    for start in range(0, len(query_rows), size):
        similarity = query_rows[start : start + size] @ database_rows.T
        for query, row in enumerate(similarity, start):
            relevant = database_labels == query_labels[query]
            if own is not None:  # to the very end, where it changes no rank
                row[own[query]], relevant[own[query]] = -np.inf, False
            ranks = np.flatnonzero(relevant[_by_similarity(row)]) + 1
            if len(ranks):
                out[query] = np.add.accumulate(np.arange(1, len(ranks) + 1) / ranks)[-1] / len(ranks)
    return out


def _by_similarity(similarity: np.ndarray) -> np.ndarray:
    """``np.argsort(-similarity, kind="stable")`` of float32, by sorting integers that are all different.

    An integer is the value's bits, changed so that they sort as the value does, and below them the index.
    NumPy sorts such integers several times faster than it sorts stably.
    """
    bits = (0.0 - similarity).view(np.uint32)  # 0 and not -0, which has other bits
    sign = np.uint32(1 << 31)
    keys = np.where(bits >= sign, ~bits, bits | sign).astype(np.uint64) << np.uint64(32)
    keys |= np.arange(len(keys), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)
