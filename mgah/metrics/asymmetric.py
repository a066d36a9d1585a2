"""Rankings of a database of codes by real query values, which are not rounded to bits as the database is.

An item's score is the inner product of the query's values with its code of -1 and +1; the database is ranked by falling
score. With values tanh(o / 2) of outputs o that is the order by the asymmetric distance sum_k |sigmoid(o_k) - b_k| to
bits b_k of 0 and 1, which is (n_bits - score) / 2; with values of -1 and +1 it is that by Hamming distance.

Items of one code always have one score, so that there are ties here as well; they count as in all orders. Values are
rounded to 36 binary places of the query's largest: sums of them are exact in float64, whatever their order, so that
equal scores are equal and no score depends on the processor.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from mgah.arrays import as_array
from mgah.errors import InputError
from mgah.metrics.at_k import average_precision_at_k
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.metrics.harmonic import check_length
from mgah.metrics.inputs import read_sides

#: Binary places of a value: with as many bits as a code may have, 2**16, a sum stays below 2**53.
_PLACES = 36
_CELLS = 1 << 22  # scores held at a time


def asymmetric_mean_average_precision(
    query_values: ArrayLike,
    query_labels: ArrayLike,
    database_codes: ArrayLike,
    database_labels: ArrayLike,
    *,
    k: int | None = None,
    n_bits: int | None = None,
) -> float:
    """Mean average precision of ranking a database of codes by inner products with real query values.

    Args:
        query_values: finite numbers (n, n_bits), such as ``np.tanh(outputs / 2)`` for the asymmetric distance between
            sigmoids and bits, or the outputs themselves. What counts is how large a query's values are relative to one
            another.
        query_labels: as for `mgah.metrics.mean_average_precision`, as are all others.
        database_codes: codes, or packed bytes with ``n_bits`` given.
        database_labels: labels of the database.
        k: only the first k ranks count (mAP@k), over the relevant items among them.
        n_bits: code length of packed codes.

    Returns:
        The mean over the queries that have a relevant item, expected over all orders of items with equal scores; NaN
        where none has.

    Raises:
        InputError: for values that are not finite or of another width than the codes, and as for
            `mgah.metrics.mean_average_precision`.

    Examples:
        >>> values, codes, labels = [[0.9, -0.1]], [[1, 1], [-1, -1], [1, -1]], ["cat", "cat", "dog"]
        >>> asymmetric_mean_average_precision(values, ["cat"], codes, labels)
        0.5833333333333333
    """
    values = check_values(query_values)
    bits = values >= 0
    queries = bits if n_bits is None else np.packbits(bits, axis=1)
    sides = read_sides(queries, query_labels, database_codes, database_labels, n_bits)
    if sides.n_bits != values.shape[1]:
        raise InputError(f"queries have {values.shape[1]} values and the database {sides.n_bits} bits")
    packed = sides.database if n_bits is not None else np.packbits(sides.database > 0, axis=1)
    given = values, sides.query_labels, packed, sides.labels
    return mean_defined(asymmetric_average_precision(*given, (k,))[0])[0]


def asymmetric_average_precision(
    values: np.ndarray,
    query_labels: np.ndarray,
    packed: np.ndarray,
    labels: np.ndarray,
    ranks: tuple[int | None, ...] = (None,),
) -> np.ndarray:
    """Average precision of each query at each of ``ranks``, None for the whole ranking, from one ranking.

    Args:
        values: finite floats (queries, n_bits).
        query_labels: integers (queries,), or bool (queries, labels).
        packed: codes of the database, uint8 (n, ceil(n_bits / 8)).
        labels: integers (n,), or bool (n, labels).
        ranks: each R of AP@R.

    Returns:
        float64 (ranks, queries), expected over all orders of items with equal scores; NaN for a query without relevant
        items.

    Examples:
        >>> packed = np.packbits([[1, 1], [0, 0], [1, 0]], axis=1)
        >>> labels = np.array([0, 0, 1])
        >>> asymmetric_average_precision(np.array([[0.9, -0.1]]), labels[:1], packed, labels, (None, 1)).round(3)
        array([[0.583],
               [0.   ]])
    """
    check_length(len(packed))
    out = np.full((len(ranks), len(values)), np.nan)
    for query, (cnt, rel) in enumerate(_grouped(values, query_labels, packed, labels)):
        for place, rank in enumerate(ranks if rel.any() else ()):
            out[place, query] = _at(cnt, rel, rank)
    return out


def check_values(given: ArrayLike) -> np.ndarray:
    """Return query values as float64 (n, n_bits).

    Raises:
        InputError: for values of another shape or kind, or that are not finite.

    Examples:
        >>> check_values([[1, -2]])
        array([[ 1., -2.]])
    """
    values = as_array(given, "query values")
    if values.ndim != 2 or values.shape[1] == 0 or values.dtype.kind not in "iuf":
        raise InputError(
            f"query values are {values.dtype} of shape {values.shape}, expected numbers of shape (n, bits)"
        )
    if not np.isfinite(values).all():
        row, bit = np.argwhere(~np.isfinite(values))[0]
        raise InputError(
            f"query values hold {values[row, bit]} in row {row}, bit {bit}, expected finite numbers"
        )
    return values.astype(np.float64)


def on_grid(values: np.ndarray) -> np.ndarray:
    """Each row of ``values``, float64 (n, n_bits), scaled by a power of two and rounded to integers of 2**36 at most.

    Examples:
        >>> (on_grid(np.array([[1.0, -0.5], [6.0, 3.0]])) / 2**36).tolist()
        [[0.5, -0.25], [0.75, 0.375]]
    """
    exponent = np.frexp(np.abs(values).max(axis=1, keepdims=True))[1]
    rounded: np.ndarray = np.rint(np.ldexp(values, _PLACES - exponent))
    return rounded


def _grouped(
    values: np.ndarray, query_labels: np.ndarray, packed: np.ndarray, labels: np.ndarray
) -> Iterator[tuple[np.ndarray, ...]]:
    """For each query: items and relevant items of each group of equal scores, int64 (groups,), the highest first."""
    codes, of_item, of_code = np.unique(packed, axis=0, return_inverse=True, return_counts=True)
    of_item = of_item.ravel()
    signs = 2.0 * np.unpackbits(codes, axis=1, count=values.shape[1]).T - 1
    values, size = on_grid(values), max(1, _CELLS // len(codes))
    for start in range(0, len(values), size):
        scores = values[start : start + size] @ signs
        for query, row in enumerate(scores, start):
            relevant = of_item[_relevant(labels, query_labels[query])]
            of_relevant = np.bincount(relevant, minlength=len(codes))
            order = np.argsort(-row)
            falling = row[order]
            cnt, rel = _joined(falling[1:] != falling[:-1], of_code[order], of_relevant[order])
            # the order of groups without relevant items changes nothing: they are one
            yield _joined((rel[1:] > 0) | (rel[:-1] > 0), cnt, rel)


def _joined(apart: np.ndarray, *counts: np.ndarray) -> tuple[np.ndarray, ...]:
    """Sums of neighboring ``counts``, each (n,), but for those that ``apart``, bool (n - 1,), tells from the next."""
    first = np.flatnonzero(np.concatenate([[True], apart]))
    return tuple(np.add.reduceat(part, first) for part in counts)


def _relevant(labels: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Which items have the query's label, or share one with it: bool (n,)."""
    return np.asarray(labels == label if labels.ndim == 1 else labels[:, label].any(axis=1))


def _at(cnt: np.ndarray, rel: np.ndarray, rank: int | None) -> float:
    """AP@rank of a query that has relevant items."""
    if rank is None:
        return float(expected_average_precision(cnt[None], rel[None])[0])
    upto = np.searchsorted(np.cumsum(cnt), rank) + 1  # later scores change nothing
    return float(np.nan_to_num(average_precision_at_k(cnt[None, :upto], rel[None, :upto], rank)[0]))
