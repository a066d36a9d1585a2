"""All scores of one codes file: its queries and its seen queries, ranked against the same database."""

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
    """Count the ranks of one cell; a seen query is left out of its own ranking.

    Args:
        codes: the cell's codes.
        backend: as in `mgah.metrics.counting.counts`.

    Returns:
        The arrays of `mgah.evaluation.counts_file` by name, counts as int64; and the average precision of each query
        with ties in database order, float64 (queries,).

    Raises:
        InputError: for codes without queries or database.
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
    """Return every metric value of one cell, and the arrays that they are computed from (`count_cell`)."""
    cell, stable = count_cell(codes, backend=backend)
    unseen, seen = (cell["unseen_cnt"], cell["unseen_rel"]), (cell["seen_cnt"], cell["seen_rel"])
    names = codes.class_names
    precision, seen_precision = (
        from_counts.expected_average_precision(*pair, backend=backend) for pair in (unseen, seen)
    )
    ball, _ = from_counts.precision_in_ball(*unseen, RADIUS)
    seen_ball, _ = from_counts.precision_in_ball(*seen, RADIUS)
    values = [
        *(Value(name, "", mean) for name, mean in beside_map(*unseen, stable, RADIUS).items()),
        Value("seen_P@H<=2", "", mean_defined(seen_ball)[0]),
        Value("bit_balance", "", bit_balance(codes.database_codes, codes.n_bits)),
        Value("chance_mAP", "", mean_defined(from_counts.chance_average_precision(*unseen))[0]),
        *class_values("P@H<=2", ball, cell["unseen_labels"], names),
        *both_sides(precision, cell["unseen_labels"], seen_precision, cell["seen_labels"], names),
    ]
    return values, cell


def beside_map(cnt: np.ndarray, rel: np.ndarray, stable: np.ndarray, radius: int) -> dict[str, float]:
    """Return the means that stand beside mAP by their names: its band and stable order, and precision in the ball.

    Args:
        cnt, rel: int64 (queries, n_bits + 1), as `mgah.metrics.counting.counts` returns them.
        stable: average precision of each query with ties in database order, float64 (queries,).
        radius: Hamming radius of the ball.
    """
    lowest, highest = from_counts.average_precision_band(cnt, rel)
    ball, empty = from_counts.precision_in_ball(cnt, rel, radius)
    values = {
        "mAP_min": lowest,
        "mAP_max": highest,
        "mAP_stable": stable,
        f"P@H<={radius}": ball,
        f"P@H<={radius}_nonempty": np.where(empty, np.nan, ball),
        "empty_ball_share": empty,
    }
    return {name: mean_defined(queries)[0] for name, queries in values.items()}


def both_sides(
    unseen: np.ndarray,
    unseen_labels: np.ndarray,
    seen: np.ndarray,
    seen_labels: np.ndarray,
    names: tuple[str, ...],
) -> list[Value]:
    """Return the values that are made of average precisions, for codes and reference lines alike.

    Args:
        unseen, unseen_labels: average precision of each query, float64 (queries,), and its class, an index into
            ``names``.
        seen, seen_labels: those of the seen queries.
        names: names of all classes.
    """
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
    """Return the mean of ``values`` (queries,) over each class of the queries, as values of ``metric``."""
    return [
        Value(metric, names[label], mean) for label, mean in from_counts.class_means(values, labels).items()
    ]


def bit_balance(packed: np.ndarray, n_bits: int) -> float:
    """Return the mean over bits of |mean of the bit over the database|: 0 for balanced bits, 1 for constant ones.

    ``packed`` are the database's codes, uint8 (images, ceil(n_bits / 8)).
    """
    ones = np.zeros(n_bits, np.int64)
    for start in range(0, len(packed), _ROWS):
        ones += np.unpackbits(packed[start : start + _ROWS], axis=1, count=n_bits).sum(axis=0, dtype=np.int64)
    return int(np.abs(2 * ones - len(packed)).sum()) / (len(packed) * n_bits)


def _own_places(codes: Codes) -> np.ndarray:
    """Indices of the seen queries in the database; `InputError` where there is nothing to rank."""
    if len(codes.query_ids) == 0 or len(codes.database_ids) == 0:
        raise InputError(
            f"codes hold {len(codes.query_ids)} queries and {len(codes.database_ids)} database images, expected "
            "one or more of each"
        )
    order = np.argsort(codes.database_ids)
    return order[np.searchsorted(codes.database_ids[order], codes.seen_query_ids)]
