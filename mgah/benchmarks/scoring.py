"""How fast codes are scored, against the usual loop and against the distances of FAISS alone.

One thread, and its own CPU time, so that other work on the machine counts little. The candidates take turns, and the
smallest time of all rounds counts. ``--targets haswell`` compiles the kernels for another processor, by LLVM's names,
which shows whether their speed rests on one processor alone; FAISS stays as it is installed. Large
databases are `mgah.benchmarks.scale`'s.
"""

import argparse
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from mgah.cli import run
from mgah.errors import InputError
from mgah.metrics.counting import BACKENDS, backend_module
from mgah.metrics.ranking import mean_average_precision

N_QUERIES, N_ITEMS, N_BITS, N_CLASSES = 1_000, 59_000, 48, 10
LENGTHS = (8, 16, 32, 48, 64, 128)
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
    # FAISS is fast with 8 or 16 bytes a code, and 40 times slower with 6
    width = -(-codes.shape[1] // 64) * 8

    def padded(rows: np.ndarray) -> np.ndarray:
        out = np.zeros((len(rows), width), np.uint8)
        packed = np.packbits(rows > 0, axis=1)
        out[:, : packed.shape[1]] = packed
        return out

    a, b = padded(queries), padded(codes)
    out = np.empty((len(a), len(b)), np.int32)
    pointers = [faiss.swig_ptr(array) for array in (a, b)]
    return lambda: faiss.hammings(*pointers, len(a), len(b), width, faiss.swig_ptr(out))


def _candidates(n_bits: int) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Name, factor on its time, and call of every candidate that can run here."""
    codes, labels = noisy_codes(N_ITEMS + N_QUERIES, n_bits, N_CLASSES, seed=0)
    given = codes[:N_QUERIES], labels[:N_QUERIES], codes[N_QUERIES:], labels[N_QUERIES:]
    few, one_hot = N_QUERIES // _LOOP_SHARE, np.eye(N_CLASSES, dtype=np.float32)[labels]
    floats = codes.astype(np.float32)
    parts = floats[:few], one_hot[:few], floats[N_QUERIES:], one_hot[N_QUERIES:]
    yield "loop", _LOOP_SHARE, lambda: usual_loop(*parts)
    faiss_distances = _faiss_distances(given[0], given[2])
    if faiss_distances is not None:
        yield "FAISS", 1, faiss_distances
    for name in BACKENDS:
        try:
            backend_module(name)
        except InputError:
            continue
        yield name, 1, functools.partial(mean_average_precision, *given, backend=name)


def measure(n_bits: int, rounds: int) -> dict[str, float]:
    """Run all candidates in turn; return the smallest time of each that can run here, in ms of CPU time.

    They are ``loop``, `usual_loop`; ``FAISS``, its distances alone; ``numba`` and ``numpy``, the package's back ends,
    packing and average precision included.
    """
    candidates = list(_candidates(n_bits))
    times = np.zeros((len(candidates), rounds))
    for round_number in range(-1, rounds):  # the round before the first warms up
        for row, (_, factor, call) in enumerate(candidates):
            start = time.thread_time()
            call()
            if round_number >= 0:
                times[row, round_number] = (time.thread_time() - start) * factor * 1e3
    return dict(zip((name for name, *_ in candidates), times.min(axis=1).tolist(), strict=True))


def measure_for(target: str, lengths: Sequence[int], rounds: int) -> list[dict[str, float]]:
    """Return `measure` of each code length with kernels compiled for the processor ``target``, in a process apart."""
    with tempfile.TemporaryDirectory() as cache:
        asked = [sys.executable, "-m", "mgah.benchmarks.scoring", "--json", "--rounds", str(rounds)]
        done = subprocess.run(
            [*asked, "--bits", *map(str, lengths)],
            # without an entry of its own, the features would be those of this processor
            env=os.environ | {"NUMBA_CPU_NAME": target, "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            text=True,
        )
    if done.returncode:
        raise InputError(f"--targets {target}: the kernels do not run here, expected an older processor")
    return json.loads(done.stdout)


def table(measured: Sequence[tuple[str, int, dict[str, float]]]) -> str:
    """The times by target and code length, and their ratios, as text."""
    rows = [
        (
            target,
            n_bits,
            *(times.get(name, np.nan) for name in ("loop", "FAISS", *BACKENDS)),
            *(times["loop"] / times.get(name, np.nan) for name in BACKENDS),
            times.get("numba", np.nan) / times.get("FAISS", np.nan),
        )
        for target, n_bits, times in measured
    ]
    headers = ("compiled for", "bits", "usual loop, ms", "FAISS distances, ms", "numba, ms", "numpy, ms")
    ratios = ("loop / numba", "loop / numpy", "numba / FAISS")
    return tabulate(rows, (*headers, *ratios), floatfmt=(*[".0f"] * 3, *[".1f"] * 3, ".0f", ".0f", ".2f"))


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, measure and print."""
    parser = argparse.ArgumentParser(prog="python -m mgah.benchmarks.scoring", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=9, help="rounds of the comparison (default: %(default)s)"
    )
    parser.add_argument("--bits", type=int, nargs="+", default=LENGTHS, help="code lengths")
    parser.add_argument(
        "--targets", nargs="*", default=[], help="more processors, such as haswell and generic"
    )
    parser.add_argument("--json", action="store_true", help="print the times in ms alone, of this processor")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        raise InputError(f"--rounds is {given.rounds}, expected 1 or more")
    with threadpool_limits(1):
        own = [measure(n_bits, given.rounds) for n_bits in given.bits]
        if given.json:
            print(json.dumps(own))
            return
        for name in {"FAISS", *BACKENDS} - own[0].keys():
            print(f"{name} is not installed: its times are nan (pip install 'mgah-benchmark[fast]')")
        print(
            f"processor: {processor_class()}; {N_QUERIES:,} queries, {N_ITEMS:,} items, {N_CLASSES} classes, one thread"
        )
        measured = {"this processor": own}
        measured |= {target: measure_for(target, given.bits, given.rounds) for target in given.targets}
        print(
            table(
                [
                    (target, n_bits, times)
                    for target, found in measured.items()
                    for n_bits, times in zip(given.bits, found, strict=True)
                ]
            )
        )


if __name__ == "__main__":
    run(main)
