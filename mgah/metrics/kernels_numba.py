"""Counting kernels compiled by Numba, the only module that imports it: one thread, no Python lock.

Codes are cut into planes of 8 bits, in blocks of entries, so that distances come out of the vector unit as wide as they
are stored. A few queries in turn read a block from the first-level cache; their distances wait in the second until they
are counted. Indices are unsigned, because signed ones would add a wraparound test to every access. All kernels live in
this one file: Numba's cache notices a change in the file of a cached function only.
"""

from collections.abc import Callable

import numpy as np
from numba import config, njit
from numba.extending import intrinsic

if config.DISABLE_JIT:  # the instruction that counts bits exists in compiled code only
    raise ImportError("Numba's compiler is switched off by NUMBA_DISABLE_JIT")

_u64, _u32, _u16, _u8 = np.uint64, np.uint32, np.uint16, np.uint8
_BLOCK = _u64(2048)  # entries: their planes stay in the first-level cache
_QUERIES = 8  # that share a block there, while the distances of each from a tile wait
_LINE = 64  # bytes of a line of the cache
_BYTE = 255  # up to here a distance is a byte, and two neighbors are one number of 16 bits
_PLANES = _BYTE // 8  # whose distance is one
_ROW = _u64(256)  # cells between the rows of a table of pairs


def compiled(function: Callable) -> Callable:
    """``function`` compiled on first use, and kept on disk where there is a writable place for it."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # no cache directory: compile in every process
        return njit(nogil=True)(function)


@intrinsic
def _popcount(context, value):
    """Bits set in an integer: one instruction where the processor has it."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return value(value), generate


@compiled
def _aligned(rows, columns):
    """Zeros, uint8 (rows, columns), that begin with a line of the cache: a load of a vector never meets two lines."""
    room = np.zeros(rows * columns + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    return room[start : start + rows * columns].reshape(rows, columns)


@compiled
def _planes(words, n_planes):
    """Planes of words uint64 (words, n): uint8 (blocks * n_planes, _BLOCK), block by block, 0 after the last entry."""
    n = words.shape[1]
    block = np.int64(_BLOCK)
    planes = _aligned((n + block - 1) // block * n_planes, block)
    for row in range(len(planes)):
        b, p = row // n_planes, row % n_planes
        word, shift = words[p // 8, b * block : min(n, (b + 1) * block)], _u64(8 * (p % 8))
        for k in range(len(word)):
            planes[row, k] = _u8(word[k] >> shift)
    return planes


@compiled
def _query_planes(queries, n_planes):
    """Planes uint8 (queries, n_planes) of words uint64 (queries, words)."""
    planes = np.empty((len(queries), n_planes), np.uint8)
    for i in range(len(queries)):
        for p in range(n_planes):
            planes[i, p] = _u8(queries[i, p // 8] >> _u64(8 * (p % 8)))
    return planes


@njit(nogil=True, forceinline=True)
def _differing(block, query, p, k):
    """Bits in which the plane ``p`` of an entry differs from the query's, uint8."""
    return _popcount(block[p, k] ^ query[p])


@compiled
def _distances(block, query, out):
    """Distances of a block uint8 (n_planes, _BLOCK): the first one to four planes, then four at a time.

    Each pass writes one number an entry, a sum that is spelled out. Compilers turn that into vector code; two results
    in one pass, or a loop over planes inside, some of them leave scalar, which is twenty times slower.
    """
    n_planes = _u64(len(query))
    done = (n_planes - _u64(1)) % _u64(4) + _u64(1)
    a, b, c, d = _u64(0), _u64(1), _u64(2), _u64(3)
    if done == 1:
        for k in range(_BLOCK):
            out[k] = _u8(_differing(block, query, a, k))
    elif done == 2:
        for k in range(_BLOCK):
            out[k] = _u8(_differing(block, query, a, k) + _differing(block, query, b, k))
    elif done == 3:
        for k in range(_BLOCK):
            out[k] = _u8(
                _differing(block, query, a, k)
                + _differing(block, query, b, k)
                + _differing(block, query, c, k)
            )
    else:
        for k in range(_BLOCK):
            out[k] = _u8(
                _differing(block, query, a, k)
                + _differing(block, query, b, k)
                + _differing(block, query, c, k)
                + _differing(block, query, d, k)
            )
    for p in range(done, n_planes, _u64(4)):
        for k in range(_BLOCK):
            out[k] += _u8(
                _differing(block, query, p, k)
                + _differing(block, query, p + b, k)
                + _differing(block, query, p + c, k)
                + _differing(block, query, p + d, k)
            )


@compiled
def _long_distances(block, query, part, out):
    """Distances uint16 of a block of any number of planes, as many at a time as a byte holds the distance of."""
    for k in range(_BLOCK):
        out[k] = _u16(0)
    for p in range(0, len(query), _PLANES):
        _distances(block[p : p + _PLANES], query[p : p + _PLANES], part)
        for k in range(_BLOCK):
            out[k] += part[k]


@njit(nogil=True, forceinline=True)
def _clipped(place, start, stop):
    """How far behind ``start`` an entry lies, at most ``stop``."""
    return min(max(_u64(place), start), stop) - start


@compiled
def _add_pairs(distances, low, high, table, out):
    """Count the entries low..high in ``table``, one increment for two neighbors; one without a neighbor in ``out``.

    Returns the number of pairs.
    """
    if low < high and low % _u64(2) == 1:
        out[distances[low]] += 1
        low += _u64(1)
    if low < high and high % _u64(2) == 1:
        high -= _u64(1)
        out[distances[high]] += 1
    pairs = distances.view(np.uint16)
    for k in range(low // _u64(2), high // _u64(2)):
        table[pairs[k]] += _u16(1)
    return high // _u64(2) - low // _u64(2)


@compiled
def _from_the_middle(bins):
    """The numbers 0..bins - 1, uint64, those of most entries first: distances scatter around half of the bits."""
    order = np.empty(bins, np.uint64)
    for k in range(bins):
        order[k] = (bins - 1) // 2 + (k + 1) // 2 * (1 if k % 2 else -1)
    return order


@compiled
def _fold_pairs(table, columns, pairs, order, out):
    """Add the rows and the columns of ``table``, which holds so many pairs, to ``out``, and clear it.

    Rows are visited in the ``order`` given until all pairs are found; ``columns`` is 0 before and after.
    """
    bins = _u64(len(out))
    for d in order:
        if pairs == 0:
            break
        row = table[d * _ROW : d * _ROW + bins]
        total = _u16(0)
        for k in range(bins):
            total = _u16(total + row[k])
        if total == 0:
            continue
        for k in range(bins):
            columns[k] += row[k]
            row[k] = _u16(0)
        out[d] += total
        pairs -= _u64(total)
    for k in range(bins):
        out[k] += columns[k]
        columns[k] = _u16(0)


@compiled
def _count(planes, queries, first, last, n, tile, rest, inside):
    """Fill ``rest`` and ``inside`` of `histograms`, a tile of some blocks after the other."""
    n_planes, bins = queries.shape[1], rest.shape[1]
    distances = _aligned(_QUERIES, tile * np.int64(_BLOCK))
    table, columns = np.zeros(_ROW * _u64(bins), np.uint16), np.zeros(bins, np.uint16)
    order = _from_the_middle(bins)
    n_blocks = len(planes) // n_planes
    for begin in range(0, n_blocks, tile):
        start, stop = _u64(begin) * _BLOCK, min(n, _u64(begin + tile) * _BLOCK)
        for group in range(0, len(queries), _QUERIES):
            some = range(group, min(group + _QUERIES, len(queries)))
            for b in range(begin, min(begin + tile, n_blocks)):
                block, place = planes[b * n_planes : (b + 1) * n_planes], _u64(b) * _BLOCK - start
                for i in some:
                    _distances(block, queries[i], distances[i - group, place : place + _BLOCK])
            for i in some:
                d = distances[i - group]
                low, high = _clipped(first[i], start, stop), _clipped(last[i], start, stop)
                pairs = _add_pairs(d, low, high, table, inside[i])
                _fold_pairs(table, columns, pairs, order, inside[i])
                pairs = _add_pairs(d, _u64(0), low, table, rest[i])
                pairs += _add_pairs(d, high, stop - start, table, rest[i])
                _fold_pairs(table, columns, pairs, order, rest[i])


@compiled
def _count_long(planes, queries, first, last, n, rest, inside):
    """As `_count`, with one increment for an entry: two distances do not fit into one index."""
    n_planes = queries.shape[1]
    part, distances = np.empty(_BLOCK, np.uint8), np.empty(_BLOCK, np.uint16)
    for b in range(len(planes) // n_planes):
        block, start = planes[b * n_planes : (b + 1) * n_planes], _u64(b) * _BLOCK
        stop = min(n, start + _BLOCK)
        for i in range(len(queries)):
            _long_distances(block, queries[i], part, distances)
            low, high = _clipped(first[i], start, stop), _clipped(last[i], start, stop)
            for k in range(low, high):
                inside[i, distances[k]] += 1
            for k in range(low):
                rest[i, distances[k]] += 1
            for k in range(high, stop - start):
                rest[i, distances[k]] += 1


@compiled
def histograms(words, queries, first, last, n_bits, tile):
    """Histograms of Hamming distances outside and inside each query's slice of database entries.

    Args:
        words: uint64 (words, n), no bit set beyond ``n_bits``; queries: uint64 (queries, words).
        first, last: int64 (queries,): the slice of each query.
        n_bits: code length.
        tile: entries counted for all queries before the next ones, fewer than 2**17: pairs are counted in 16 bits.

    Returns:
        int64 (queries, n_bits + 1) twice: outside, inside.
    """
    rest = np.zeros((len(queries), n_bits + 1), np.int64)
    inside = np.zeros((len(queries), n_bits + 1), np.int64)
    n_planes, n = (n_bits + 7) // 8, words.shape[1]
    planes, queries = _planes(words, n_planes), _query_planes(queries, n_planes)
    if n_bits <= _BYTE:
        blocks = min(max(tile // np.int64(_BLOCK), 1), len(planes) // n_planes)
        _count(planes, queries, first, last, _u64(n), blocks, rest, inside)
    else:
        _count_long(planes, queries, first, last, _u64(n), rest, inside)
    return rest, inside


@compiled
def weighted_histograms(words, weights, queries, first, last, n_bits):
    """Weighted histogram of the distances in each query's slice of one-word entries.

    Args:
        words: uint64 (n,); weights: int64 (n,); queries: uint64 (queries,).
        first, last: int64 (queries,): the slice of each query.
        n_bits: code length.

    Returns:
        int64 (queries, n_bits + 1).
    """
    out = np.zeros((len(queries), n_bits + 1), np.int64)
    for i in range(len(queries)):
        for k in range(_u64(first[i]), _u64(last[i])):
            out[i, _popcount(words[k] ^ queries[i])] += weights[k]
    return out


@compiled
def stable_sums(words, labels, queries, query_labels, own, below, relevant_below):
    """Sums of precisions in the ranking by (distance, database index), one pass in database order.

    Args:
        words: uint64 (words, n) and labels: int64 (n,), both in database order.
        queries: uint64 (queries, words); query_labels: int64 (queries,).
        own: int64 (queries,): the database index to leave out, -1 for none.
        below, relevant_below: int64 (queries, n_bits + 1): items and relevant items at smaller distances.

    Returns:
        float64 (queries,): average precision times the number of relevant items.
    """
    n_planes, n = (below.shape[1] + 6) // 8, _u64(words.shape[1])
    planes, queries = _planes(words, n_planes), _query_planes(queries, n_planes)
    out = np.empty(len(queries))
    part, distances = np.empty(_BLOCK, np.uint8), np.empty(_BLOCK, np.uint16)
    for i in range(len(queries)):
        rank, hits = below[i].copy(), relevant_below[i].copy()
        total = 0.0
        for b in range(len(planes) // n_planes):
            _long_distances(planes[b * n_planes : (b + 1) * n_planes], queries[i], part, distances)
            start = _u64(b) * _BLOCK
            for k in range(min(_BLOCK, n - start)):
                if np.int64(start + k) == own[i]:
                    continue
                d = distances[k]
                rank[d] += 1
                if labels[start + k] == query_labels[i]:
                    hits[d] += 1
                    total += hits[d] / rank[d]
        out[i] = total
    return out


@compiled
def average_precisions(cnt, rel, high, low, high_unit, low_unit):
    """Expected average precision of each query, the operations of `mgah.metrics.from_counts` in the same order.

    Args:
        cnt, rel: int64 (queries, n_bits + 1).
        high, low: int64, the harmonic numbers of all ranks in two parts (`mgah.metrics.harmonic.first_sums`).
        high_unit, low_unit: the units of these parts.

    Returns:
        float64 (queries,), NaN for a query without relevant items.
    """
    out = np.empty(len(cnt))
    for i in range(len(cnt)):
        before, hits, total = np.int64(0), np.int64(0), 0.0
        for d in range(cnt.shape[1]):
            n, r = cnt[i, d], rel[i, d]
            if r > 0:
                after = before + n
                step = (high[after] - high[before]) * high_unit + (low[after] - low[before]) * low_unit
                a = (r - 1) / max(n - 1, 1)
                total += r / max(n, 1) * ((hits + 1.0) * step + a * (n - (before + 1.0) * step))
            before += n
            hits += r
        out[i] = total / hits if hits > 0 else np.nan
    return out
