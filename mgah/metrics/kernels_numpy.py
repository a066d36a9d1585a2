"""Counting kernels in NumPy, for installations without Numba. Same arguments and results as `kernels_numba`."""

import numpy as np

_PAIR_BITS = 64  # up to here two distances make one small table index


def histograms(
    words: np.ndarray, queries: np.ndarray, first: np.ndarray, last: np.ndarray, n_bits: int, tile: int
) -> tuple[np.ndarray, np.ndarray]:
    """Histograms of distances outside and inside each query's slice of entries; see `kernels_numba`."""
    n, bins = words.shape[1], n_bits + 1
    rest, inside = np.zeros((2, len(queries), bins), np.int64)
    for start in range(0, n, tile):
        part = words[:, start : start + tile]
        buffers = _buffers(part, n_bits)
        low, high = np.clip(first - start, 0, part.shape[1]), np.clip(last - start, 0, part.shape[1])
        for row, query in enumerate(queries):
            d = _distances(part, query, *buffers)
            rest[row] += _histogram(d, bins)
            if low[row] < high[row]:
                inside[row] += np.bincount(d[low[row] : high[row]], minlength=bins)
    return rest - inside, inside


def weighted_histograms(
    words: np.ndarray,
    weights: np.ndarray,
    queries: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    n_bits: int,
) -> np.ndarray:
    """Weighted histogram of the distances in each query's slice of one-word entries; see `kernels_numba`."""
    weights = weights.astype(np.float64)  # exact: far below 2**53
    out = np.zeros((len(queries), n_bits + 1), np.int64)
    for row, query in enumerate(queries):
        entries = slice(first[row], last[row])
        d = np.bitwise_count(words[entries] ^ query)
        out[row] = np.bincount(d, weights=weights[entries], minlength=n_bits + 1)
    return out


def stable_sums(
    words: np.ndarray,
    labels: np.ndarray,
    queries: np.ndarray,
    query_labels: np.ndarray,
    own: np.ndarray,
    below: np.ndarray,
    relevant_below: np.ndarray,
) -> np.ndarray:
    """Sums of precisions in the ranking by (distance, database index); see `kernels_numba`."""
    out = np.empty(len(queries))
    n_bits = below.shape[1] - 1
    buffers = _buffers(words, n_bits)
    for row, query in enumerate(queries):
        d = _distances(words, query, *buffers)
        relevant = labels == query_labels[row]
        rank = np.arange(1, len(labels) + 1)
        order = np.argsort(d, kind="stable")
        if own[row] >= 0:  # the query itself leaves the ranking
            relevant[own[row]] = False
            order = order[order != own[row]]
        found = np.flatnonzero(relevant[order])
        precision = np.zeros(len(labels))
        precision[order[found]] = rank[: len(found)] / rank[found]
        # one after the other in database order, as the other back end adds them
        out[row] = np.add.accumulate(precision[relevant])[-1] if len(found) else 0.0
    return out


def _buffers(words: np.ndarray, n_bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = words.shape[1]
    return (
        np.empty(n, np.uint64),
        np.empty(n, np.uint8),
        np.empty(n, np.uint8 if n_bits <= 255 else np.uint16),
    )


def _distances(
    words: np.ndarray, query: np.ndarray, differ: np.ndarray, bits: np.ndarray, out: np.ndarray
) -> np.ndarray:
    """Distances of all entries in ``out``; the other two are working space."""
    for place, (word, own) in enumerate(zip(words, query, strict=True)):
        np.bitwise_xor(word, own, out=differ)
        if place == 0 and out.dtype == np.uint8:
            np.bitwise_count(differ, out=out)
        elif place == 0:
            out[:] = np.bitwise_count(differ, out=bits)
        else:
            np.add(out, np.bitwise_count(differ, out=bits), out=out)
    return out


def _histogram(distances: np.ndarray, bins: int) -> np.ndarray:
    """`numpy.bincount`, which costs as much for a pair of short distances, read as one index, as for one."""
    if bins > _PAIR_BITS + 1:
        return np.bincount(distances, minlength=bins)
    even = len(distances) // 2 * 2
    pairs = np.bincount(distances[:even].view(np.uint16), minlength=bins * 256).reshape(bins, 256)
    out: np.ndarray = pairs.sum(axis=0)[:bins] + pairs.sum(axis=1)
    if even < len(distances):
        out[distances[-1]] += 1
    return out
