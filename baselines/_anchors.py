"""What the kernel methods share: anchors, squared distances to them, and radial basis functions of these."""

from collections.abc import Sequence

import numpy as np

from mgah.errors import InputError
from mgah.methods.array_parameters import read_array
from mgah.methods.base import HashingMethod
from mgah.methods.checks import NO_DISTANCE
from mgah.normalization import l2_rows
from mgah.seeds import generator

#: Rows of one matrix product. BLAS rounds the last rows of a product in its own way, so another number of rows would
#: change the last digit of some distances; `sklearn.metrics.pairwise.euclidean_distances` takes all rows at once.
_ROWS = 2048


def unit_rows(features: np.ndarray) -> np.ndarray:
    """``features`` (n, d) as float64 rows of unit length; a zero row stays zero."""
    return l2_rows(np.asarray(features, dtype=np.float64))


def squared_distances(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances of the rows of ``x`` (n, d) to those of ``z`` (m, d), all float64: (n, m), >= 0."""
    z_norms = np.einsum("ij,ij->i", z, z)
    distances = np.empty((len(x), len(z)))
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS]
        part = np.matmul(rows, z.T, out=distances[start : start + _ROWS])
        part *= -2
        part += np.einsum("ij,ij->i", rows, rows)[:, None]
        part += z_norms
        np.maximum(part, 0, out=part)  # rounding can leave equal rows a little below 0
    return distances


def rbf_features(x: np.ndarray, anchors: np.ndarray, bandwidth: float | np.ndarray) -> np.ndarray:
    """exp(-D2 / bandwidth), D2 the squared distances of ``x`` (n, d) to ``anchors`` (m, d): float64 (n, m)."""
    values = squared_distances(x, anchors)
    values /= -bandwidth
    return np.exp(values, out=values)


def random_subset(n: int, m: int, rng: np.random.Generator) -> np.ndarray:
    """``m`` (at most n) of the indices 0..n-1 without repetition, ascending: int64 (min(m, n),)."""
    return np.sort(rng.permutation(n)[:m])


def anchors_of(method: HashingMethod, rows: np.ndarray) -> np.ndarray:
    """Anchors (m, d) of ``method``: given ones as float64, or min(n_anchors, n) random ``rows`` (n, d), a copy.

    They are drawn from the seed's stream "anchors".
    """
    if method.anchors is not None:
        return np.array(method.anchors, dtype=np.float64)
    return rows[random_subset(len(rows), method.n_anchors, generator(method.random_state, "anchors"))]


def by_seed(methods: Sequence[HashingMethod]) -> list[list[HashingMethod]]:
    """``methods`` in groups of one seed, which share their anchors."""
    seeds = dict.fromkeys(method.random_state for method in methods)
    return [[method for method in methods if method.random_state == seed] for seed in seeds]


def mean_distance(who: str, distances: np.ndarray) -> float:
    """Mean of squared distances (n, m) of training rows to anchors, an `InputError` where rows do not differ."""
    mean = float(distances.mean())
    if mean < NO_DISTANCE:
        raise InputError(
            f"{who}: the mean squared distance of training rows to anchors is {mean:.3g}, expected "
            "features that differ in direction: extract the features again"
        )
    return mean


def check_anchors(who: str, anchors: object, width: int) -> None:
    """Raise `InputError` unless ``anchors`` is None or real, finite rows (m, width), m of 1 or more."""
    if anchors is not None:
        read_array(who, "anchors", anchors, ("m", width))
