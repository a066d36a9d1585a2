"""Scores of codes and labels in one call, for use without files."""

import numpy as np

from mgah.errors import InputError
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import expected_average_precision, mean_defined, precision_in_ball
from mgah.metrics.index import build_index, pack_words
from mgah.metrics.stable import stable_average_precision

TIES = ("expected", "stable")


def mean_average_precision(
    query_codes: np.ndarray,
    query_labels: np.ndarray,
    database_codes: np.ndarray,
    database_labels: np.ndarray,
    *,
    ties: str = "expected",
    backend: str | None = None,
) -> float:
    """Mean average precision of ranking the whole database by Hamming distance.

    Args:
        query_codes: int8 (queries, n_bits) of -1 and +1; query_labels: integers (queries,).
        database_codes: int8 (n, n_bits) of -1 and +1; database_labels: integers (n,). Equal labels are relevant.
        ties: ``expected``, the mean over all orders of equal distances, which depends on nothing but the codes;
            or ``stable``, ties in database order.
        backend: ``numba`` or ``numpy``; by default the fastest one present. The result does not depend on it.

    Returns:
        The mean over the queries that have a relevant item; NaN where none has.

    Raises:
        InputError: for codes or labels of another type, shape or content, or an empty side.

    Example:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> mean_average_precision(codes[:1], labels[:1], codes, labels)
        0.8333333333333333
    """
    if ties not in TIES:
        raise InputError(f"ties is {ties!r}, expected one of {', '.join(TIES)}")
    queries, words = _words(query_codes, database_codes)
    index = build_index(words, database_codes.shape[1], database_labels)
    cnt, rel = counts(queries, query_labels, index, backend=backend)
    if ties == "stable":
        given = queries, query_labels, words, database_labels
        return mean_defined(stable_average_precision(*given, cnt, rel, backend=backend))[0]
    return mean_defined(expected_average_precision(cnt, rel))[0]


def precision_at_radius(
    query_codes: np.ndarray,
    query_labels: np.ndarray,
    database_codes: np.ndarray,
    database_labels: np.ndarray,
    *,
    radius: int = 2,
    backend: str | None = None,
) -> float:
    """Mean precision among the items within Hamming distance ``radius`` (P@H<=r); an empty ball counts as 0.

    Arguments and errors as for `mean_average_precision`; ``radius`` is an integer of 0 or more; from n_bits
    on the ball holds the whole database.

    Example:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> precision_at_radius(codes[:1], labels[:1], codes, labels, radius=1)
        0.5
    """
    queries, words = _words(query_codes, database_codes)
    n_bits = database_codes.shape[1]
    cnt, rel = counts(queries, query_labels, build_index(words, n_bits, database_labels), backend=backend)
    return mean_defined(precision_in_ball(cnt, rel, radius)[0])[0]


def _words(query_codes: np.ndarray, database_codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    queries, words = pack_words(query_codes), pack_words(database_codes)
    if query_codes.shape[1] != database_codes.shape[1]:
        raise InputError(
            f"queries have {query_codes.shape[1]} bits and the database {database_codes.shape[1]}"
        )
    if len(query_codes) == 0:
        raise InputError("there are no queries: pass at least one")
    return queries, words
