"""Every metric of each query, from one count of its ranking."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mgah.metrics.at_k import average_precision_at_k, precision_at_k
from mgah.metrics.from_counts import (
    PrecisionRecall,
    checked_radius,
    expected_average_precision,
    precision_in_ball,
    precision_recall,
)
from mgah.metrics.inputs import Sides, read_sides
from mgah.metrics.label_sets import set_counts, set_stable_average_precision
from mgah.metrics.sliced import count_slices, words_of_codes
from mgah.metrics.stable import stable_average_precision


@dataclass(frozen=True)
class QueryScores:
    """Scores of each query, expected over all orders of items at equal distance.

    Attributes:
        cnt: items at Hamming distance 0..n_bits, int64 (queries, n_bits + 1).
        rel: relevant items at these distances, int64 (queries, n_bits + 1).

    Examples:
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> scores = score_queries(codes, labels, codes, labels)
        >>> scores.average_precision().round(3).tolist(), scores.precision_at_k(1).round(3).tolist()
        ([0.833, 1.0, 0.833], [1.0, 1.0, 1.0])
        >>> scores.precision_at_radius(1).round(3).tolist(), scores.recall_at_radius(1).tolist()
        ([0.5, 0.333, 0.5], [0.5, 1.0, 0.5])
        >>> scores.precision_recall().recall.round(3).tolist()
        [0.667, 0.667, 1.0]
    """

    cnt: np.ndarray
    rel: np.ndarray

    def average_precision(self, k: int | None = None, *, backend: str | None = None) -> np.ndarray:
        """AP of the whole ranking, or of its first ``k`` ranks (`average_precision_at_k`): float64 (queries,).

        NaN for a query without relevant items. The result does not depend on ``backend``.
        """
        if k is None:
            return expected_average_precision(self.cnt, self.rel, backend=backend)
        return average_precision_at_k(self.cnt, self.rel, k)

    def precision_at_k(self, k: int) -> np.ndarray:
        """Share of relevant items among the first ``k`` ranks: float64 (queries,)."""
        return precision_at_k(self.cnt, self.rel, k)

    def precision_at_radius(self, radius: int = 2) -> np.ndarray:
        """Share of relevant items within Hamming distance ``radius``, 0 where there are none: float64 (queries,)."""
        return precision_in_ball(self.cnt, self.rel, radius)[0]

    def recall_at_radius(self, radius: int = 2) -> np.ndarray:
        """Share of all relevant items that lie within Hamming distance ``radius``: float64 (queries,), NaN of none."""
        total = self.rel.sum(axis=1)
        within = self.rel[:, : checked_radius(radius) + 1].sum(axis=1)
        found: np.ndarray = within / np.where(total > 0, total, np.nan)
        return found

    def precision_recall(self) -> PrecisionRecall:
        """Mean precision and recall at every radius."""
        return precision_recall(self.cnt, self.rel)


def score_queries(
    query_codes: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    n_bits: int | None = None,
    threads: int = 1,
    backend: str | None = None,
) -> QueryScores:
    """Rank the database by Hamming distance from every query, once for all metrics.

    Args:
        query_codes: codes as `mgah.metrics.inputs` reads them: of -1 and +1, of 0 and 1, booleans, or floating-point
            numbers whose signs are the code, (n, n_bits); or packed bytes.
        query_labels: integers or text (n,), equal labels are relevant; or 0 and 1 (n, labels), items that share a
            label are relevant.
        database_codes: codes of the database, in any of these forms.
        database_labels: labels of the database, in the form of those of the queries.
        n_bits: code length of packed codes.
        threads: threads that count, where an item has one label; the result does not depend on them.
        backend: ``numba`` or ``numpy``; by default the fastest one present. The result does not depend on it.

    Raises:
        InputError: for codes or labels that have no reading, or more than one; and for an empty side.

    Examples:
        >>> scores = score_queries([[1, 1]], ["a"], [[1, 1], [1, 0]], ["a", "b"])
        >>> scores.cnt.tolist(), scores.rel.tolist()
        ([[1, 1, 0]], [[1, 0, 0]])
    """
    sides = read_sides(query_codes, query_labels, database_codes, database_labels, n_bits)
    return scores_of(sides, threads, backend)


def scores_of(sides: Sides, threads: int = 1, backend: str | None = None) -> QueryScores:
    """The scores of each query of ``sides``, as `score_queries`.

    Examples:
        >>> scores_of(read_sides([[1, 1]], [0], [[1, -1], [-1, 1]], [1, 0])).average_precision().tolist()
        [0.75]
    """
    return QueryScores(*_counts(sides, threads, backend))


def stable_scores(sides: Sides, threads: int = 1, backend: str | None = None) -> np.ndarray:
    """Average precision of each query of ``sides`` with ties in database order: float64 (queries,).

    Examples:
        >>> stable_scores(read_sides([[1, 1]], [0], [[1, -1], [-1, 1]], [1, 0])).tolist()
        [0.5]
    """
    words = words_of_codes(sides.queries), words_of_codes(sides.database)
    given = words[0], sides.query_labels, words[1], sides.labels
    cnt, rel = _counts(sides, threads, backend)
    if sides.labels.ndim == 2:
        return set_stable_average_precision(*given)
    return stable_average_precision(*given, cnt, rel, backend=backend)


def _counts(sides: Sides, threads: int, backend: str | None) -> tuple[np.ndarray, np.ndarray]:
    if sides.labels.ndim == 2:
        queries, words = words_of_codes(sides.queries), words_of_codes(sides.database)
        given = queries, sides.query_labels, words, sides.labels
        return set_counts(*given, sides.n_bits, backend=backend)
    cnt, rel = count_slices(
        sides.queries, sides.query_labels, sides.database, sides.labels, threads=threads, backend=backend
    )
    used = slice(sides.n_bits + 1)  # of packed codes, the spare bits of the last byte are all 0
    return cnt[:, used], rel[:, used]
