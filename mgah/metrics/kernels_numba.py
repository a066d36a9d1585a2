"""Counting kernels compiled by Numba, the only module that imports it: one thread, no Python lock.

Codes are cut into planes of 16 bits, so that distances come out of the vector unit as wide as they are stored.
Indices are unsigned, because signed ones would add a wraparound test to every access. All kernels live in this
one file: Numba's cache notices a change in the file of a cached function only.
"""

from collections.abc import Callable

import numpy as np
from numba import config, njit
from numba.extending import intrinsic

if config.DISABLE_JIT:  # the instruction that counts bits exists in compiled code only
    raise ImportError("Numba's compiler is switched off by NUMBA_DISABLE_JIT")

_BLOCK = np.uint64(2048)  # distances held in the first-level cache
_PAIR_BITS = 128  # up to here those entries of a table of distance pairs that are in use fit there too
_u64, _u32, _u16 = np.uint64, np.uint32, np.uint16


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
def _planes(words, n_planes):
    """Planes uint16 (n_planes, n) of words uint64 (words, n)."""
    planes = np.empty((n_planes, words.shape[1]), np.uint16)
    for p in range(n_planes):
        word, shift = words[p // 4], _u64(16 * (p % 4))
        for k in range(len(word)):
            planes[p, k] = _u16(word[k] >> shift)
    return planes


@njit(nogil=True, forceinline=True)
def _differing(planes, query, p, entry):
    """Bits in which the plane ``p`` of an entry differs from the query's, uint16."""
    return _popcount(planes[p, entry] ^ query[p])


@compiled
def _distances(planes, query, start, size, out):
    """Distances of ``size`` entries from ``start`` on: the first one to four planes, then four at a time.

    Each pass writes one number an entry, a sum that is spelled out. Compilers turn that into vector code; two results
    in one pass, or a loop over planes inside, some of them leave scalar, which is twenty times slower.
    """
    n_planes = _u64(len(query))
    done = (n_planes - _u64(1)) % _u64(4) + _u64(1)
    a, b, c, d = _u64(0), _u64(1), _u64(2), _u64(3)
    if done == 1:
        for k in range(size):
            out[k] = _u16(_differing(planes, query, a, start + k))
    elif done == 2:
        for k in range(size):
            out[k] = _u16(_differing(planes, query, a, start + k) + _differing(planes, query, b, start + k))
    elif done == 3:
        for k in range(size):
            out[k] = _u16(
                _differing(planes, query, a, start + k)
                + _differing(planes, query, b, start + k)
                + _differing(planes, query, c, start + k)
            )
    else:
        for k in range(size):
            out[k] = _u16(
                _differing(planes, query, a, start + k)
                + _differing(planes, query, b, start + k)
                + _differing(planes, query, c, start + k)
                + _differing(planes, query, d, start + k)
            )
    for p in range(done, n_planes, _u64(4)):
        for k in range(size):
            out[k] += _u16(
                _differing(planes, query, p, start + k)
                + _differing(planes, query, p + b, start + k)
                + _differing(planes, query, p + c, start + k)
                + _differing(planes, query, p + d, start + k)
            )


@compiled
def _add_pairs(planes, query, low, high, bins, buffers, table, out):
    """Count the entries low..high in ``table``, one increment for a pair: one entry of each half.

    An odd last entry is counted in ``out``.
    """
    half = (high - low) // _u64(2)
    one, other = buffers
    stride = _u16(bins)
    done = _u64(0)
    while done < half:
        size = min(_BLOCK, half - done)
        _distances(planes, query, low + done, size, one)
        _distances(planes, query, low + half + done, size, other)
        for k in range(size):
            one[k] += _u16(stride * other[k])
        for k in range(size):
            table[one[k]] += _u32(1)
        done += size
    if low + half + half < high:
        _distances(planes, query, high - _u64(1), _u64(1), one)
        out[one[0]] += 1


@compiled
def _fold_pairs(bins, table, columns, out):
    """Add the rows and the columns of ``table`` to ``out``, and clear it; ``columns`` is 0 before and after."""
    for d in range(bins):
        row = table[d * bins : (d + _u64(1)) * bins]
        total = _u32(0)
        for k in range(bins):
            total += row[k]
        if total == 0:
            continue
        for k in range(bins):
            columns[k] += row[k]
        for k in range(bins):
            row[k] = _u32(0)
        out[d] += total
    for k in range(bins):
        out[k] += columns[k]
        columns[k] = _u32(0)


@compiled
def _add_singles(planes, query, low, high, bins, buffer, table):
    """Count the entries low..high in four parts of ``table`` in turn: equal neighbors do not wait."""
    one, two, three = bins, _u64(2) * bins, _u64(3) * bins
    done, n = _u64(0), high - low
    while done < n:
        size = min(_BLOCK, n - done)
        _distances(planes, query, low + done, size, buffer)
        fours = size // _u64(4) * _u64(4)
        for k in range(_u64(0), fours, _u64(4)):
            table[buffer[k]] += _u32(1)
            table[one + buffer[k + _u64(1)]] += _u32(1)
            table[two + buffer[k + _u64(2)]] += _u32(1)
            table[three + buffer[k + _u64(3)]] += _u32(1)
        for k in range(fours, size):
            table[buffer[k]] += _u32(1)
        done += size


@compiled
def _fold_singles(bins, table, out):
    """Add the four parts of ``table`` to ``out``, and clear it."""
    for part in range(4):
        row = table[part * bins : (part + 1) * bins]
        for d in range(bins):
            out[d] += row[d]
            row[d] = _u32(0)


@compiled
def histograms(words, queries, first, last, n_bits, tile):
    """Histograms of Hamming distances outside and inside each query's slice of database entries.

    Args:
        words: uint64 (words, n), no bit set beyond ``n_bits``; queries: uint64 (queries, words).
        first, last: int64 (queries,): the slice of each query.
        n_bits: code length.
        tile: entries counted for all queries before the next ones.

    Returns:
        int64 (queries, n_bits + 1) twice: outside, inside.
    """
    rest = np.zeros((len(queries), n_bits + 1), np.int64)
    inside = np.zeros((len(queries), n_bits + 1), np.int64)
    n_planes = (n_bits + 15) // 16
    planes, queries = _planes(words, n_planes), _planes(queries.T, n_planes).T.copy()
    bins, n = _u64(n_bits + 1), _u64(words.shape[1])
    buffer, other = np.empty(_BLOCK, np.uint16), np.empty(_BLOCK, np.uint16)
    buffers = buffer, other
    pairs = n_bits <= _PAIR_BITS
    table = np.zeros(bins * bins if pairs else _u64(4) * bins, np.uint32)
    columns = np.zeros(bins, np.uint32)
    start = _u64(0)
    while start < n:
        stop = min(n, start + _u64(tile))
        for i in range(len(queries)):
            low = min(max(_u64(first[i]), start), stop)
            high = max(min(_u64(last[i]), stop), low)
            if pairs:
                _add_pairs(planes, queries[i], low, high, bins, buffers, table, inside[i])
                _fold_pairs(bins, table, columns, inside[i])
                _add_pairs(planes, queries[i], start, low, bins, buffers, table, rest[i])
                _add_pairs(planes, queries[i], high, stop, bins, buffers, table, rest[i])
                _fold_pairs(bins, table, columns, rest[i])
            else:
                _add_singles(planes, queries[i], low, high, bins, buffer, table)
                _fold_singles(bins, table, inside[i])
                _add_singles(planes, queries[i], start, low, bins, buffer, table)
                _add_singles(planes, queries[i], high, stop, bins, buffer, table)
                _fold_singles(bins, table, rest[i])
        start = stop
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
    n_planes = (below.shape[1] + 14) // 16
    planes, queries = _planes(words, n_planes), _planes(queries.T, n_planes).T.copy()
    n = _u64(words.shape[1])
    out = np.empty(len(queries))
    buffer = np.empty(_BLOCK, np.uint16)
    for i in range(len(queries)):
        rank, hits = below[i].copy(), relevant_below[i].copy()
        total = 0.0
        start = _u64(0)
        while start < n:
            size = min(_BLOCK, n - start)
            _distances(planes, queries[i], start, size, buffer)
            for k in range(size):
                if np.int64(start + k) == own[i]:
                    continue
                d = buffer[k]
                rank[d] += 1
                if labels[start + k] == query_labels[i]:
                    hits[d] += 1
                    total += hits[d] / rank[d]
            start += size
        out[i] = total
    return out
