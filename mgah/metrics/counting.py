"""Counts of items by Hamming distance, the integers that every score is computed from.

Two back ends give the same integers: Numba where it can be imported and compiles, NumPy elsewhere.
"""

from types import ModuleType

import numpy as np

from mgah.errors import InputError
from mgah.metrics import kernels_numpy
from mgah.metrics.index import Index, check_labels, check_words

BACKENDS = ("numba", "numpy")
#: Database entries counted for all queries before the next: cached, and few enough to count pairs of them in 16 bits.
_TILE = 1 << 16


def backend_module(name: str | None = None) -> ModuleType:
    """The module with the kernels of the back end ``name``, ``numba`` or ``numpy``; by default the fastest that works.

    Examples:
        >>> backend_module("numpy").__name__
        'mgah.metrics.kernels_numpy'
    """
    if name is not None and name not in BACKENDS:
        raise InputError(f"unknown counting back end {name!r}: expected one of {', '.join(BACKENDS)}")
    if name != "numpy":
        try:  # Numba is optional, and its import takes a third of a second
            from mgah.metrics import kernels_numba

            return kernels_numba
        except ImportError as error:
            if name == "numba":
                raise InputError(
                    f"counting with Numba needs the package numba and its compiler ({error}): install "
                    "mgah-benchmark[fast] and leave NUMBA_DISABLE_JIT unset, or take the back end numpy"
                ) from error
    return kernels_numpy


def counts(
    queries: np.ndarray,
    query_labels: np.ndarray,
    index: Index,
    *,
    own: bool = False,
    backend: str | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Count the items, and the relevant items, at every Hamming distance from every query.

    Args:
        queries: uint64 (words, queries), from `mgah.metrics.index.pack_words`.
        query_labels: integers (queries,); an item is relevant when its label is equal.
        index: the database.
        own: the queries are items of the database: each is removed from its own ranking, and only it.
        backend: ``numba`` or ``numpy``; by default the fastest one present. The integers do not depend on it.

    Returns:
        ``cnt`` and ``rel``, int64 (queries, n_bits + 1): items and relevant items at distance 0..n_bits.

    Raises:
        InputError: for queries of another width than the index, labels of another length, or ``own`` queries that
            the database does not hold.

    Examples:
        >>> from mgah.metrics.index import pack_words
        >>> from mgah.metrics.index import build_index
        >>> codes, labels = np.array([[1, 1], [1, -1], [-1, -1]], np.int8), np.array([0, 1, 0])
        >>> words = pack_words(codes)
        >>> cnt, rel = counts(words[:, :1], labels[:1], build_index(words, 2, labels))
        >>> cnt.tolist(), rel.tolist()
        ([[1, 1, 1]], [[1, 0, 1]])
    """
    queries, kernels = np.asarray(queries), backend_module(backend)
    check_words(queries, index.n_bits, "query")
    query_labels = check_labels(query_labels, queries.shape[1], "query")
    first, last = index.class_slices(query_labels)
    queries = np.ascontiguousarray(queries.T)
    if index.weights is None:
        cnt, rel = kernels.histograms(index.words, queries, first, last, index.n_bits, _TILE)
        cnt += rel
    else:
        rel = kernels.weighted_histograms(
            index.words[0], index.weights, queries[:, 0], first, last, index.n_bits
        )
        whole = np.full_like(first, index.offsets[-1]), np.full_like(last, index.words.shape[1])
        cnt = kernels.weighted_histograms(index.words[0], index.weights, queries[:, 0], *whole, index.n_bits)
    if own:
        if not (rel[:, 0] > 0).all():
            missing = int((rel[:, 0] == 0).argmax())
            raise InputError(
                f"query {missing} is to be removed from its own ranking, but the database has no item with its code "
                "and label: pass queries that are database items"
            )
        cnt[:, 0] -= 1
        rel[:, 0] -= 1
    return cnt, rel
