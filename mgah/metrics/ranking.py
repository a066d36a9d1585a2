"""Scores of codes and labels in one call, for use without files."""

import numpy as np

from mgah.errors import InputError
from mgah.metrics.from_counts import expected_average_precision, mean_defined, precision_in_ball
from mgah.metrics.harmonic import check_length
from mgah.metrics.sliced import code_length, count_slices, words_of_codes
from mgah.metrics.stable import stable_average_precision

TIES = ("expected", "stable")


def mean_average_precision(
    query_codes: np.ndarray,
    query_labels: np.ndarray,
    database_codes: np.ndarray,
    database_labels: np.ndarray,
    *,
    ties: str = "expected",
    threads: int = 1,
    backend: str | None = None,
) -> float:
    """Mean average precision of ranking the whole database by Hamming distance.

    Args:
        query_codes: int8 (queries, n_bits) of -1 and +1; query_labels: integers (queries,).
        database_codes: int8 (n, n_bits) of -1 and +1; database_labels: integers (n,). Equal labels are relevant.
            Both codes may instead be packed, uint8 (n, bytes), as ``numpy.packbits(codes > 0, axis=1)`` does. A
            database that is memory-mapped is read in slices (`mgah.metrics.sliced`).
        ties: ``expected``, the mean over all orders of equal distances, which depends on nothing but the codes;
            or ``stable``, ties in database order, which takes one thread and holds the whole database.
        threads: threads that count; the result does not depend on them.
        backend: ``numba`` or ``numpy``; by default the fastest one present. The result does not depend on it.

    Returns:
        The mean over the queries that have a relevant item; NaN where none has.

    Raises:
        InputError: for codes or labels of another type, shape or content, an empty side, or a database of
            `mgah.metrics.harmonic.LIMIT` items or more.

    Example:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> mean_average_precision(codes[:1], labels[:1], codes, labels)
        0.8333333333333333
    """
    if ties not in TIES:
        raise InputError(f"ties is {ties!r}, expected one of {', '.join(TIES)}")
    _check_sides(query_codes, database_codes)
    check_length(len(database_codes))  # before minutes of counting
    given = query_codes, query_labels, database_codes, database_labels
    cnt, rel = count_slices(*given, threads=threads, backend=backend)
    if ties == "stable":
        given = words_of_codes(query_codes), query_labels, words_of_codes(database_codes), database_labels
        return mean_defined(stable_average_precision(*given, cnt, rel, backend=backend))[0]
    return mean_defined(expected_average_precision(cnt, rel))[0]


def precision_at_radius(
    query_codes: np.ndarray,
    query_labels: np.ndarray,
    database_codes: np.ndarray,
    database_labels: np.ndarray,
    *,
    radius: int = 2,
    threads: int = 1,
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
    _check_sides(query_codes, database_codes)
    given = query_codes, query_labels, database_codes, database_labels
    cnt, rel = count_slices(*given, threads=threads, backend=backend)
    return mean_defined(precision_in_ball(cnt, rel, radius)[0])[0]


def _check_sides(queries: np.ndarray, database: np.ndarray) -> None:
    for what, codes in (("query", queries), ("database", database)):
        if codes.ndim != 2 or codes.dtype not in (np.int8, np.uint8) or codes.dtype != queries.dtype:
            raise InputError(
                f"{what} codes are {codes.dtype} of shape {codes.shape}, expected both int8 of shape (n, bits), or "
                "both packed, uint8 of shape (n, bytes)"
            )
    if queries.shape[1] != database.shape[1]:
        raise InputError(f"queries have {code_length(queries)} bits and the database {code_length(database)}")
    if len(queries) == 0:
        raise InputError("there are no queries: pass at least one")
