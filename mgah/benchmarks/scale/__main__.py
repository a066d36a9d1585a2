"""How time and memory grow: planning by jobs, scoring and radius search by codes, fits and extraction by images.

Every measurement is made in a process of its own, so that its peak memory is its own. Times are CPU seconds of all
threads, so that other work on the machine counts little; what comes before, such as starting Snakemake or building an
index, is told apart. Memory counts mapped files as far as they were read. Exponents are those of power laws, fitted to
the logarithms of times, and of the memory above what there was before any data.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from mgah import registry
from mgah.benchmarks.scale import features, fits, planning, searching
from mgah.benchmarks.scale.figure import draw
from mgah.benchmarks.scale.measuring import Measurement
from mgah.benchmarks.scale.tables import printed
from mgah.cli import run
from mgah.errors import InputError
from mgah.io.files import atomic_path


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts that are asked for and print their tables."""
    given = _parse(arguments)
    if given.measured:
        measured = pd.read_csv(given.measured)
    else:
        with ThreadPoolExecutor(given.at_once) as pool:
            parts = pool.map(lambda part: _measured(part, given), given.parts)
            measured = pd.DataFrame([row for rows in parts for row in rows], columns=Measurement._fields)
    tables = printed(measured)
    print("\n\n".join(tables.values()))
    if given.output:
        _write(given.output, measured, tables)
    if given.figure:
        draw(measured, given.figure)


def _measured(part: str, given: argparse.Namespace) -> list[Measurement]:
    return list(tqdm(PARTS[part](given), desc=part, unit="measurement", disable=None))


#: What each part measures, by the options of the command line.
PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Measurement]]] = {
    "planning": lambda given: planning.measure(given.jobs),
    "scoring": lambda given: searching.measure(given.codes, given.engines, given.threads),
    "fits": lambda given: fits.measure(given.training, given.methods, given.width),
    "features": lambda given: features.measure(given.images, given.backbone, given.threads),
}


def _write(folder: Path, measured: pd.DataFrame, tables: Mapping[str, str]) -> None:
    with atomic_path(folder / "measured.csv") as path:
        measured.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    for name, table in tables.items():
        with atomic_path(folder / f"{name}.md") as path:
            path.write_text(table + "\n", encoding="utf-8", newline="\n")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.benchmarks.scale", description=__doc__.splitlines()[0]
    )

    def sizes(name: str, default: Sequence[float], what: str) -> None:
        parser.add_argument(
            name, type=_size, nargs="+", default=[int(size) for size in default], metavar="N", help=what
        )

    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what is measured")
    sizes("--jobs", (1e3, 1e4, 1e5), "planning: jobs of the configs")
    sizes("--codes", (1e5, 1e6, 1e7), "scoring: codes of the database")
    sizes("--training", (1e4, 3e4, 1e5), "fits: training images")
    sizes("--images", (100, 300, 1000), "features: images")
    parser.add_argument(
        "--engines",
        nargs="+",
        choices=searching.ENGINES,
        default=list(searching.ENGINES),
        help="scoring: engines",
    )
    parser.add_argument("--methods", nargs="+", default=["itq", "ksh", "mgah"], help="fits: methods")
    parser.add_argument("--width", type=int, default=1280, help="fits: features of an image")
    parser.add_argument("--backbone", default="efficientnet_lite0", help="features: backbone")
    parser.add_argument(
        "--at-once", type=int, default=1, metavar="N", help="parts that are measured at a time"
    )
    parser.add_argument("--threads", type=int, default=1, help="scoring and features: threads")
    parser.add_argument(
        "--measured", type=Path, metavar="FILE.csv", help="take these measurements and make none"
    )
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write the tables here too")
    parser.add_argument("--figure", type=Path, metavar="FILE.svg", help="draw the figure too")
    given = parser.parse_args(arguments)
    for name in given.methods:
        registry.find("methods", name)
    if given.figure and given.figure.suffix != ".svg":
        raise InputError(f"--figure is {given.figure}, expected a name that ends in .svg")
    return given


def _size(word: str) -> int:
    """A size such as ``10000`` or ``1e4``."""
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if value < 1 or value != int(value):
        raise argparse.ArgumentTypeError(
            f"{word!r} is no size: expected a whole number of 1 or more, such as 1e5"
        )
    return int(value)


if __name__ == "__main__":
    run(main)
