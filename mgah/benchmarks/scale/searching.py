"""Scoring and radius search over packed codes: this package's counts, and FAISS's indexes for binary codes.

``python -m mgah.benchmarks.scale.searching '{"engine": ..., "folder": ..., "size": ..., "threads": ...}'`` prints one
measurement as JSON. Codes and labels are memory-mapped. What is found is the share of the items within the radius.
"""

import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mgah.benchmarks.processes import call_apart, peak_gib
from mgah.benchmarks.scale.measuring import Measurement
from mgah.cli import json_object, run
from mgah.errors import InputError
from mgah.metrics.from_counts import expected_average_precision, mean_defined, precision_in_ball
from mgah.metrics.sliced import count_slices

N_BITS, N_CLASSES, N_QUERIES, RADIUS = 64, 1_000, 1_000, 2
#: Probability that a bit differs from that of its class: about 2 % of a class lie within the radius of a query.
_FLIPPED = 0.06
_BLOCK = 1 << 16
#: Tables of the multi-index: one more than the radius, so that an item within it has a whole table of equal bits.
_TABLES = RADIUS + 1
_HASH_BITS = 24
#: Lists of the inverted file that a query visits, and rounds of k-means that place them.
_PROBES, _ROUNDS = 16, 4
#: Codes of a list that k-means looks at.
_PER_LIST = 40


def write_codes(folder: Path, size: int, seed: int = 0) -> None:
    """Write ``codes.npy``, uint8 (size, `N_BITS` / 8), and ``labels.npy``, int16 (size,), around a code a class."""
    random = np.random.default_rng(seed)
    centers = random.integers(0, 2, (N_CLASSES, N_BITS), dtype=np.uint8)
    shapes = {"codes": (np.uint8, (size, N_BITS // 8)), "labels": (np.int16, (size,))}
    codes, labels = (
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", dtype, shape)
        for name, (dtype, shape) in shapes.items()
    )
    for start in range(0, size, _BLOCK):
        part = labels[start : start + _BLOCK]
        part[:] = random.integers(0, N_CLASSES, len(part))
        flips = random.random((len(part), N_BITS), dtype=np.float32) < _FLIPPED
        codes[start : start + _BLOCK] = np.packbits(centers[part] ^ flips, axis=1)


def measure(sizes: Sequence[int], engines: Sequence[str], threads: int) -> Iterator[Measurement]:
    """Measure every engine on databases of so many codes."""
    with tempfile.TemporaryDirectory() as folder:
        write_codes(Path(folder), max(sizes) + N_QUERIES)
        for size in sizes:
            for engine in engines:
                given = {"engine": engine, "folder": folder, "size": size, "threads": threads}
                found = call_apart("mgah.benchmarks.scale.searching", json.dumps(given), threads=threads)
                yield Measurement("scoring", engine, size, **found)


def one(engine: str, folder: str, size: int, threads: int) -> dict[str, float]:
    """The columns of one `Measurement`: `N_QUERIES` queries against the first ``size`` codes after them."""
    codes, labels = (np.load(Path(folder) / f"{name}.npy", mmap_mode="r") for name in ("codes", "labels"))
    queries, query_labels = np.array(codes[:N_QUERIES]), np.array(labels[:N_QUERIES])
    rows = slice(N_QUERIES, N_QUERIES + size)
    codes, labels = codes[rows], labels[rows]
    ENGINES[engine](codes[:N_QUERIES], labels[:N_QUERIES], threads)(
        queries, query_labels
    )  # imports and compiles
    before = peak_gib()
    begin = time.process_time()
    search = ENGINES[engine](codes, labels, threads)
    built = time.process_time()
    items, _ = search(queries, query_labels)
    end = time.process_time()
    peak = peak_gib()  # before the truth is counted
    truth = _truth(queries, query_labels, codes, labels, threads)
    return {
        "seconds": end - built,
        "gib": peak,
        "before_seconds": built - begin,
        "before_gib": before,
        "found": items / max(truth, 1),
    }


def _truth(*given: Any) -> int:
    """Items within the radius of all queries."""
    *data, threads = given
    cnt, _ = count_slices(*data, threads=threads)
    return int(cnt[:, : RADIUS + 1].sum())


#: Searches for queries and their labels: the items within the radius of all of them, and the mean precision of these.
Search = Callable[[np.ndarray, np.ndarray], tuple[int, float]]


def _counts(codes: np.ndarray, labels: np.ndarray, threads: int) -> Search:
    """This package: counts at all distances, and from them average precision too."""

    def search(queries: np.ndarray, query_labels: np.ndarray) -> tuple[int, float]:
        cnt, rel = count_slices(queries, query_labels, codes, labels, threads=threads)
        expected_average_precision(cnt, rel)
        precision, _ = precision_in_ball(cnt, rel, RADIUS)
        return int(cnt[:, : RADIUS + 1].sum()), mean_defined(precision)[0]

    return search


def _faiss(make: Callable[[Any, int], Any]) -> Callable[[np.ndarray, np.ndarray, int], Search]:
    """The engine of the index that ``make`` makes of the module ``faiss`` and a number of codes."""

    def build(codes: np.ndarray, labels: np.ndarray, threads: int) -> Search:
        faiss = _faiss_module()
        faiss.omp_set_num_threads(threads)
        index = make(faiss, len(codes))
        if not index.is_trained:
            index.train(np.array(codes[:: max(1, len(codes) // (_PER_LIST * index.nlist))]))
        index.add(np.ascontiguousarray(codes))

        def search(queries: np.ndarray, query_labels: np.ndarray) -> tuple[int, float]:
            limits, _, items = index.range_search(
                queries, RADIUS + 1
            )  # FAISS takes distances below its radius
            sizes = np.diff(limits).astype(np.int64)
            relevant = labels[items] == np.repeat(query_labels, sizes)
            sums = np.concatenate(([0], np.cumsum(relevant)))
            precision = np.diff(sums[limits.astype(np.int64)]) / np.maximum(sizes, 1)
            return int(limits[-1]), mean_defined(precision)[0]

        return search

    return build


def _faiss_module() -> Any:
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise InputError(
            "the engines of FAISS need the package faiss-cpu: install it, or leave them out"
        ) from error


def _inverted_file(faiss: Any, size: int) -> Any:
    lists = round(size**0.5)
    quantizer = faiss.IndexBinaryFlat(N_BITS)
    index = faiss.IndexBinaryIVF(quantizer, N_BITS, lists)
    index.quantizer_of_python = quantizer  # FAISS holds no reference of its own
    index.nprobe, index.cp.niter = _PROBES, _ROUNDS
    index.cp.min_points_per_centroid = 1  # else it complains of the small data that only warms up
    return index


#: Builds a search over codes and labels with so many threads.
ENGINES: dict[str, Callable[[np.ndarray, np.ndarray, int], Search]] = {
    "counts": _counts,
    "FAISS flat": _faiss(lambda faiss, size: faiss.IndexBinaryFlat(N_BITS)),
    "FAISS hash": _faiss(lambda faiss, size: _probing(faiss.IndexBinaryHash(N_BITS, _HASH_BITS))),
    "FAISS multi-index": _faiss(
        lambda faiss, size: faiss.IndexBinaryMultiHash(N_BITS, _TABLES, N_BITS // _TABLES)
    ),
    "FAISS inverted file": _faiss(_inverted_file),
}


def _probing(index: Any) -> Any:
    """A hash index that looks into all buckets within the radius."""
    index.nflip = RADIUS
    return index


def main() -> None:
    """Print one measurement."""
    print(json.dumps(one(**json_object(sys.argv[1]))))


if __name__ == "__main__":
    run(main)
