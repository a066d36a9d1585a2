"""Mean scores of codes and labels in one call, for use without files; `mgah.metrics.query_scores` has each query's."""

from numpy.typing import ArrayLike

from mgah.errors import InputError
from mgah.metrics.from_counts import PrecisionRecall, mean_defined
from mgah.metrics.harmonic import check_length
from mgah.metrics.inputs import read_sides
from mgah.metrics.query_scores import score_queries, scores_of, stable_scores

TIES = ("expected", "stable")


def mean_average_precision(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    k: int | None = None,
    ties: str = "expected",
    n_bits: int | None = None,
    threads: int = 1,
    backend: str | None = None,
) -> float:
    """Mean average precision of ranking the whole database by Hamming distance.

    Args:
        query_codes: codes as `mgah.metrics.inputs` reads them: of -1 and +1, of 0 and 1, booleans, or floating-point
            numbers whose signs are the code, (n, n_bits); or packed bytes.
        query_labels: integers or text (n,), equal labels are relevant; or 0 and 1 (n, labels), items that share a
            label are relevant.
        database_codes: codes of the database, in any of these forms.
        database_labels: labels of the database, in the form of those of the queries.
        k: only the first k ranks count (mAP@k), over the relevant items among them; a query with none there has 0.
        ties: ``expected``, the mean over all orders of equal distances, which depends on nothing but the codes;
            or ``stable``, ties in database order, of the whole ranking alone, which holds the whole database.
        n_bits: code length of packed codes. A memory-mapped database of int8 codes or packed bytes is read in slices
            (`mgah.metrics.sliced`).
        threads: threads that count; the result does not depend on them.
        backend: ``numba`` or ``numpy``; by default the fastest one present. The result does not depend on it.

    Returns:
        The mean over the queries that have a relevant item; NaN where none has.

    Raises:
        InputError: for codes or labels that have no reading, or more than one; for an empty side, or a database of
            `mgah.metrics.harmonic.LIMIT` items or more.

    Examples:
        >>> codes, labels = [[1, 1], [1, -1], [-1, -1]], ["cat", "dog", "cat"]
        >>> mean_average_precision(codes[:1], labels[:1], codes, labels)
        0.8333333333333333
        >>> mean_average_precision(codes[:1], labels[:1], codes, labels, k=2)
        1.0
    """
    if ties not in TIES:
        raise InputError(f"ties is {ties!r}, expected one of {', '.join(TIES)}")
    if k is not None and ties == "stable":
        raise InputError(f"k is {k!r} with ties in database order, expected None: leave out k, or ties")
    sides = read_sides(query_codes, query_labels, database_codes, database_labels, n_bits)
    check_length(len(sides.database))  # before minutes of counting
    if ties == "stable":
        return mean_defined(stable_scores(sides, threads, backend))[0]
    return mean_defined(scores_of(sides, threads, backend).average_precision(k, backend=backend))[0]


def precision_at_radius(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    radius: int = 2,
    n_bits: int | None = None,
    threads: int = 1,
    backend: str | None = None,
) -> float:
    """Mean precision among the items within Hamming distance ``radius`` (P@H<=r); an empty ball counts as 0.

    Arguments and errors as for `mean_average_precision`; ``radius`` is an integer of 0 or more; from n_bits
    on the ball holds the whole database.

    Examples:
        >>> codes, labels = [[1, 1], [1, -1], [-1, -1]], ["cat", "dog", "cat"]
        >>> precision_at_radius(codes[:1], labels[:1], codes, labels, radius=1)
        0.5
    """
    given = query_codes, query_labels, database_codes, database_labels
    return mean_defined(
        score_queries(*given, n_bits=n_bits, threads=threads, backend=backend).precision_at_radius(radius)
    )[0]


def precision_at_k(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    k: int,
    n_bits: int | None = None,
    threads: int = 1,
    backend: str | None = None,
) -> float:
    """Mean precision among the first ``k`` ranks (P@k), at most as many as the database has items.

    Other arguments and errors as for `mean_average_precision`. A query without a relevant item counts as 0.

    Examples:
        >>> codes, labels = [[1, 1], [1, -1], [-1, -1]], ["cat", "dog", "cat"]
        >>> precision_at_k(codes[:1], labels[:1], codes, labels, k=2)
        0.5
    """
    given = query_codes, query_labels, database_codes, database_labels
    return mean_defined(
        score_queries(*given, n_bits=n_bits, threads=threads, backend=backend).precision_at_k(k)
    )[0]


def precision_recall(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    n_bits: int | None = None,
    threads: int = 1,
    backend: str | None = None,
) -> PrecisionRecall:
    """Mean precision and recall, and the share of empty balls, at Hamming radius 0..n_bits.

    Arguments and errors as for `mean_average_precision`, means as for `mgah.metrics.from_counts.precision_recall`.

    Examples:
        >>> codes, labels = [[1, 1], [1, -1], [-1, -1]], ["cat", "dog", "cat"]
        >>> precision_recall(codes[:1], labels[:1], codes, labels).recall.tolist()
        [0.5, 0.5, 1.0]
    """
    given = query_codes, query_labels, database_codes, database_labels
    return score_queries(*given, n_bits=n_bits, threads=threads, backend=backend).precision_recall()
