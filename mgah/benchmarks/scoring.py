"""How fast codes are scored, against the usual loop and against the distances of FAISS alone.

One thread, and its own CPU time, so that other work on the machine counts little. The candidates take turns; the
smallest and the median time of all rounds are given. ``--large`` scores ten million codes instead and prints the
time and the peak memory.
"""

import argparse
import functools
import importlib
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from mgah.cli import run
from mgah.errors import InputError
from mgah.metrics.counting import backend_module
from mgah.metrics.ranking import mean_average_precision

N_QUERIES, N_ITEMS, N_BITS, N_CLASSES = 1_000, 59_000, 48, 10
LARGE_ITEMS, LARGE_MEMORY = 10_000_000, 2.0  # items, GiB
_LOOP_SHARE = 10  # the loop takes seconds: a tenth of the queries, and ten times their time


def noisy_codes(n: int, n_bits: int, n_classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes that scatter around one random code a class: int8 (n, n_bits) of -1 and +1, int64 labels (n,)."""
    generator = np.random.default_rng(seed)
    centers = generator.integers(0, 2, (n_classes, n_bits), dtype=np.int8)
    labels = generator.integers(0, n_classes, n)
    codes = np.empty((n, n_bits), np.int8)
    for start in range(0, n, 1 << 18):
        part = codes[start : start + (1 << 18)]
        flips = generator.integers(0, 256, part.shape, dtype=np.uint8) < 90
        part[:] = (centers[labels[start : start + len(part)]] ^ flips) * 2 - 1
    return codes, labels


def usual_loop(
    queries: np.ndarray, query_classes: np.ndarray, codes: np.ndarray, classes: np.ndarray
) -> float:
    """Mean average precision as it is usually computed: two float32 products and an argsort for every query.

    ``queries`` and ``codes`` are float32 codes, ``query_classes`` and ``classes`` one-hot float32 labels.
    """
    total = 0.0
    for query, one_hot in zip(queries, query_classes, strict=True):
        relevant = (one_hot @ classes.T > 0).astype(np.float32)
        distances = 0.5 * (codes.shape[1] - query @ codes.T)
        relevant = relevant[np.argsort(distances)]
        found = int(relevant.sum())
        total += float(np.mean(np.linspace(1, found, found) / (np.flatnonzero(relevant == 1) + 1.0)))
    return total / len(queries)


def _faiss_distances(queries: np.ndarray, codes: np.ndarray) -> Callable[[], None] | None:
    """All distances by one call of FAISS, the packing left out; None where FAISS is absent."""
    try:
        faiss = importlib.import_module("faiss")
    except ImportError:
        return None
    faiss.omp_set_num_threads(1)

    def padded(
        rows: np.ndarray,
    ) -> np.ndarray:  # FAISS is fast with 8 bytes a code, and 40 times slower with 6
        out = np.zeros((len(rows), 8), np.uint8)
        packed = np.packbits(rows > 0, axis=1)
        out[:, : packed.shape[1]] = packed
        return out

    a, b = padded(queries), padded(codes)
    out = np.empty((len(a), len(b)), np.int32)
    pointers = [faiss.swig_ptr(array) for array in (a, b)]
    return lambda: faiss.hammings(*pointers, len(a), len(b), 8, faiss.swig_ptr(out))


def _candidates() -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Name, factor on its time, and call of every candidate that can run here."""
    codes, labels = noisy_codes(N_ITEMS + N_QUERIES, N_BITS, N_CLASSES, seed=0)
    given = codes[:N_QUERIES], labels[:N_QUERIES], codes[N_QUERIES:], labels[N_QUERIES:]
    few, one_hot = N_QUERIES // _LOOP_SHARE, np.eye(N_CLASSES, dtype=np.float32)[labels]
    floats = codes.astype(np.float32)
    parts = floats[:few], one_hot[:few], floats[N_QUERIES:], one_hot[N_QUERIES:]
    yield "usual loop, float32", _LOOP_SHARE, lambda: usual_loop(*parts)
    faiss_distances = _faiss_distances(given[0], given[2])
    if faiss_distances is None:
        print("FAISS is not installed: its line is left out (pip install faiss-cpu)")
    else:
        yield "FAISS, distances only", 1, faiss_distances
    for name in ("numba", "numpy"):
        try:
            backend_module(name)
        except InputError as error:
            print(f"the line of {name} is left out: {error}")
        else:
            yield (
                f"this package, {name}, end to end",
                1,
                functools.partial(mean_average_precision, *given, backend=name),
            )


def compare(rounds: int) -> str:
    """Run all candidates in turn and give the table as text."""
    candidates = list(_candidates())
    times = np.zeros((len(candidates), rounds))
    for round_number in range(-1, rounds):  # the round before the first warms up
        for row, (_, factor, call) in enumerate(candidates):
            start = time.thread_time()
            call()
            if round_number >= 0:
                times[row, round_number] = (time.thread_time() - start) * factor * 1e3
    best = dict(zip((name for name, *_ in candidates), times.min(axis=1), strict=True))
    loop, distances = (
        next((t for name, t in best.items() if name.startswith(word)), np.nan) for word in ("usual", "FAISS")
    )
    table = [
        (name, best[name], np.median(row), loop / best[name], best[name] / distances)
        for (name, *_), row in zip(candidates, times, strict=True)
    ]
    headers = (
        "1,000 queries",
        "smallest ms",
        "median ms",
        "times faster than the loop",
        "times the time of FAISS",
    )
    return tabulate(table, headers, floatfmt=".1f")


def processor_class() -> str:
    """The widest vectors of the processor, which decide the ratios."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return "unknown"
    return next(
        (name for flag, name in (("avx512bw", "AVX-512"), ("avx2", "AVX2")) if flag in flags),
        "neither AVX2 nor AVX-512",
    )


def score_large() -> None:
    """Score ten million codes; exit with status 1 where the process needed more memory than it may."""
    codes, labels = noisy_codes(LARGE_ITEMS + N_QUERIES, N_BITS, N_CLASSES, seed=0)
    given = codes[:N_QUERIES], labels[:N_QUERIES], codes[N_QUERIES:], labels[N_QUERIES:]
    mean_average_precision(*(part[:N_QUERIES] for part in given))  # compiles
    start = time.thread_time()
    value = mean_average_precision(*given)
    seconds = time.thread_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    print(f"{N_QUERIES:,} queries, {LARGE_ITEMS:,} items, {N_BITS} bits: mAP {value:.6f}")
    print(f"{seconds:.2f} s CPU, peak {peak:.2f} GiB")
    if peak > LARGE_MEMORY:
        sys.exit(f"error: the peak is above {LARGE_MEMORY} GiB")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.benchmarks.scoring", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=9, help="rounds of the comparison (default: %(default)s)"
    )
    parser.add_argument("--large", action="store_true", help="score ten million codes instead")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        raise InputError(f"--rounds is {given.rounds}, expected 1 or more")
    with threadpool_limits(1):
        if given.large:
            score_large()
            return
        print(
            f"processor: {processor_class()}; {N_ITEMS:,} items, {N_BITS} bits, {N_CLASSES} classes, one thread"
        )
        print(compare(given.rounds))


if __name__ == "__main__":
    run(main)
