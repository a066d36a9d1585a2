"""All scores of one codes file: unseen queries and seen queries against the same database."""

import numpy as np

from mgah.errors import InputError
from mgah.evaluation.rows import Value
from mgah.methods.codes import Codes
from mgah.metrics import from_counts
from mgah.metrics.counting import counts
from mgah.metrics.from_counts import mean_defined
from mgah.metrics.index import build_index, words_of_packed
from mgah.metrics.stable import stable_average_precision

RADIUS = 2  # of P@H<=2
_ROWS = 1 << 16  # database rows unpacked at a time


def count_cell(codes: Codes, *, backend: str | None = None) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The integers of one cell, and the average precision of each unseen query with ties in database order.

    Returns the arrays of `mgah.evaluation.counts_file`, counts int64, and float64 (queries,). A seen query is
    removed from its own ranking. Raises `InputError` for codes that cannot be ranked.
    """
    own = _own_places(codes)
    words, queries = words_of_packed(codes.database_codes), words_of_packed(codes.query_codes)
    labels = codes.database_labels
    index = build_index(words, codes.n_bits, labels)
    cnt, rel = counts(queries, codes.query_labels, index, backend=backend)
    seen_cnt, seen_rel = counts(words[:, own], labels[own], index, own=True, backend=backend)
    stable = stable_average_precision(queries, codes.query_labels, words, labels, cnt, rel, backend=backend)
    return {
        "unseen_cnt": cnt,
        "unseen_rel": rel,
        "unseen_labels": codes.query_labels,
        "unseen_ids": codes.query_ids,
        "seen_cnt": seen_cnt,
        "seen_rel": seen_rel,
        "seen_labels": labels[own],
        "seen_ids": codes.seen_query_ids,
    }, stable


def score_codes(codes: Codes, *, backend: str | None = None) -> tuple[list[Value], dict[str, np.ndarray]]:
    """Every metric value of one cell, and the integers they were computed from."""
    cell, stable = count_cell(codes, backend=backend)
    unseen, seen = (cell["unseen_cnt"], cell["unseen_rel"]), (cell["seen_cnt"], cell["seen_rel"])
    names = codes.class_names
    precision, seen_precision = (from_counts.expected_average_precision(*pair) for pair in (unseen, seen))
    lowest, highest = from_counts.average_precision_band(*unseen)
    ball, empty = from_counts.precision_in_ball(*unseen, RADIUS)
    seen_ball, _ = from_counts.precision_in_ball(*seen, RADIUS)
    values = [
        Value("mAP_min", "", mean_defined(lowest)[0]),
        Value("mAP_max", "", mean_defined(highest)[0]),
        Value("mAP_stable", "", mean_defined(stable)[0]),
        Value("P@H<=2", "", mean_defined(ball)[0]),
        Value("P@H<=2_nonempty", "", mean_defined(np.where(empty, np.nan, ball))[0]),
        Value("empty_ball_share", "", mean_defined(empty)[0]),
        Value("seen_P@H<=2", "", mean_defined(seen_ball)[0]),
        Value("bit_balance", "", bit_balance(codes.database_codes, codes.n_bits)),
        Value("chance_mAP", "", mean_defined(from_counts.chance_average_precision(*unseen))[0]),
        *class_values("P@H<=2", ball, cell["unseen_labels"], names),
        *both_sides(precision, cell["unseen_labels"], seen_precision, cell["seen_labels"], names),
    ]
    return values, cell


def both_sides(
    unseen: np.ndarray,
    unseen_labels: np.ndarray,
    seen: np.ndarray,
    seen_labels: np.ndarray,
    names: tuple[str, ...],
) -> list[Value]:
    """Values of the average precisions of both kinds of queries, the same for codes and for float features."""
    (mean, undefined), (seen_mean, seen_undefined) = mean_defined(unseen), mean_defined(seen)
    return [
        Value("mAP", "", mean),
        Value("seen_mAP", "", seen_mean),
        Value("harmonic_mean", "", from_counts.harmonic_mean(mean, seen_mean)),
        Value("undefined_queries", "", float(undefined + seen_undefined)),
        *class_values("mAP", unseen, unseen_labels, names),
        *class_values("seen_mAP", seen, seen_labels, names),
    ]


def class_values(metric: str, values: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> list[Value]:
    """One value for each class of the queries."""
    return [
        Value(metric, names[label], mean) for label, mean in from_counts.class_means(values, labels).items()
    ]


def bit_balance(packed: np.ndarray, n_bits: int) -> float:
    """Mean over bits of |mean bit| over the database: 0 where all bits are balanced, 1 where all are constant."""
    ones = np.zeros(n_bits, np.int64)
    for start in range(0, len(packed), _ROWS):
        ones += np.unpackbits(packed[start : start + _ROWS], axis=1, count=n_bits).sum(axis=0, dtype=np.int64)
    return int(np.abs(2 * ones - len(packed)).sum()) / (len(packed) * n_bits)


def _own_places(codes: Codes) -> np.ndarray:
    """Rows of the seen queries in the database; `InputError` for ids or labels that make no ranking."""
    if len(codes.query_ids) == 0 or len(codes.database_ids) == 0:
        raise InputError(
            f"codes hold {len(codes.query_ids)} queries and {len(codes.database_ids)} database images, expected "
            "one or more of each"
        )
    order = np.argsort(codes.database_ids)
    ids = codes.database_ids[order]
    if (ids[1:] == ids[:-1]).any() or np.isin(codes.query_ids, ids).any():
        raise InputError(
            "codes hold an image twice in the database, or a query that is in the database as well"
        )
    labels = np.concatenate([codes.query_labels, codes.database_labels])
    if labels.min() < 0 or labels.max() >= len(codes.class_names):
        raise InputError(
            f"codes hold labels from {labels.min()} to {labels.max()} for {len(codes.class_names)} class names"
        )
    return order[np.searchsorted(ids, codes.seen_query_ids)]
