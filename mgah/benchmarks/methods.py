"""What a fit costs: time, memory and growth of every method, on one core, and what fitting lengths together saves.

Each fit runs in a process of its own on features made like a network's (non-negative, clustered by class), so that
its peak memory is its own. Times are CPU seconds of the fit alone, without start-up and imports.
"""

import argparse
import json
from collections.abc import Sequence

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from mgah import registry
from mgah.benchmarks.processes import call_apart, cpu_seconds, peak_gib
from mgah.cli import json_object, run
from mgah.semantics.store import ClassSemantics

N_CLASSES = 9
TOGETHER = (8, 16, 32, 48)


def made_data(n: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, ClassSemantics]:
    """Features float32 (n, d), labels int64 (n,) and semantics of `N_CLASSES` classes."""
    random = np.random.default_rng(seed)
    labels = np.arange(n) % N_CLASSES
    centers = random.standard_normal((N_CLASSES, d)).astype(np.float32)
    features = np.maximum(centers[labels] + random.standard_normal((n, d), dtype=np.float32), 0)
    names = [f"class {label}" for label in range(N_CLASSES)]
    return features, labels, ClassSemantics.from_vectors(names, random.standard_normal((N_CLASSES, 50)) + 0.5)


def measure(
    name: str, n: int, d: int, bits: list[int], parameters: dict, together: bool = True
) -> dict[str, float]:
    """CPU seconds of fitting ``bits``, in one call or one after the other, and the process's peak memory in GiB.

    ``before`` is the peak before there was any data.
    """
    methods = [registry.load("methods", name)(n_bits=n_bits, **parameters) for n_bits in bits]
    before = peak_gib()
    data = made_data(n, d)

    def fit() -> None:
        with threadpool_limits(1):
            for group in [methods] if together else [[method] for method in methods]:
                type(group[0]).fit_many(group, *data)

    return {"seconds": cpu_seconds(fit), "GiB": peak_gib(), "before": before}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, or one measurement as JSON (what the table's processes do)."""
    parser = argparse.ArgumentParser(
        prog="python -m mgah.benchmarks.methods", description=__doc__.splitlines()[0]
    )
    parser.add_argument("methods", nargs="*", help="names of methods; all when none is given")
    parser.add_argument("--n", type=int, default=10_000, help="training images")
    parser.add_argument("--d", type=int, default=1_280, help="feature width")
    parser.add_argument(
        "--parameters", type=json_object, default={}, help="constructor parameters of all methods"
    )
    parser.add_argument("--one", type=json_object, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one:
        print(json.dumps(measure(**given.one)))
        return
    names = given.methods or registry.names("methods")
    rows = [_row(name, given.n, given.d, given.parameters) for name in names]
    print(f"{given.n:,} images, {given.d:,} features, one core; CPU seconds of the fit alone")
    print(tabulate(rows, headers="keys", floatfmt=".2f"))


def _row(name: str, n: int, d: int, parameters: dict) -> dict[str, object]:
    def cost(n: int, bits: list[int], together: bool = True) -> dict[str, float]:
        return measure_apart(name=name, n=n, d=d, bits=bits, parameters=parameters, together=together)

    base, joint = cost(n, [32]), cost(n, list(TOGETHER))
    return {
        "method": name,
        "32 bits, s": base["seconds"],
        "peak, GiB": base["GiB"],
        "n/2 to n": base["seconds"] / cost(n // 2, [32])["seconds"],
        "8 to 32 bits": base["seconds"] / cost(n, [8])["seconds"],
        f"{'+'.join(map(str, TOGETHER))} bits, s": joint["seconds"],
        "one by one / together": cost(n, list(TOGETHER), False)["seconds"] / joint["seconds"],
    }


def measure_apart(**what) -> dict[str, float]:
    """`measure` with the arguments ``what``, in a process of its own."""
    return call_apart("mgah.benchmarks.methods", "--one", json.dumps(what))


if __name__ == "__main__":
    run(main)
