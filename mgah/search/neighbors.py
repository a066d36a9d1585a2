"""Exact neighbors by Hamming distance, nearest first; equal distances stand in the order of the database."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mgah.metrics.index import words_of_packed


@dataclass(frozen=True, eq=False)
class Hits:
    """What is found for one query.

    Attributes:
        places: int64 (found,), indices into the database, nearest first.
        distances: int64 (found,), Hamming distances.
    """

    places: np.ndarray
    distances: np.ndarray


def neighbors(
    queries: np.ndarray, database: np.ndarray, most: int | None = None, radius: int | None = None
) -> Iterator[Hits]:
    """Yield the neighbors of each query, by comparing it with all codes.

    Args:
        queries: packed codes, uint8 (queries, width).
        database: packed codes, uint8 (n, width).
        most: number of neighbors at most; None for all.
        radius: largest distance; None for any.

    Examples:
        >>> database = np.array([[0b111], [0b001], [0b000], [0b001]], np.uint8)
        >>> [hits] = neighbors(np.array([[0b000]], np.uint8), database, most=2)
        >>> hits.places.tolist(), hits.distances.tolist()
        ([2, 1], [0, 1])
    """
    words = words_of_packed(database)
    for query in words_of_packed(queries).T:
        distances = np.bitwise_count(words ^ query[:, None]).sum(axis=0, dtype=np.int64)
        yield _nearest(distances, most, radius)


def ranked(places: np.ndarray, distances: np.ndarray, most: int | None = None) -> Hits:
    """Return what an index found, int (found,) each, in the order of `Hits`.

    Examples:
        >>> ranked(np.array([7, 3, 5]), np.array([1.0, 2.0, 1.0]), most=2).places.tolist()
        [5, 7]
    """
    order = np.lexsort((places, distances))[:most]
    return Hits(places[order].astype(np.int64), distances[order].astype(np.int64))


def _nearest(distances: np.ndarray, most: int | None, radius: int | None) -> Hits:
    bound = int(distances.max(initial=0)) if radius is None else radius
    if most is not None and most < len(distances):
        bound = min(bound, int(np.partition(distances, most - 1)[most - 1]))
    places = np.flatnonzero(distances <= bound)
    return ranked(places, distances[places], most)
