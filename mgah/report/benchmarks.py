"""``python -m mgah.report.benchmarks``: what every job took, as `mgah.tables.benchmarks`.

The files are those that ``workflow/jobs/run.py`` writes.
"""

import argparse
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.report.machine import processor
from mgah.tables.benchmarks import COLUMNS, NAMES, NUMBERS, write_benchmarks
from mgah.tables.keys import SETTING

#: Folders and file name under ``benchmarks/<stage>/``, as the rules name them.
LAYOUTS = {
    "data": ("dataset",),
    "splits": ("dataset", "split"),
    "pretraining": ("training",),
    "backbones": ("backbone",),
    "features": ("dataset", "backbone"),
    "maps": ("dataset", "backbone"),
    "images": ("dataset",),
    "leaks": ("dataset", "backbone"),
    "semantics": ("dataset", "semantics"),
    "selection": (*SETTING, "split", "method"),
    "hashing": (*SETTING, "split", "method", "seed"),
    "evaluation": (*SETTING, "method"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the table; without benchmark files it has no rows."""
    parser = argparse.ArgumentParser(
        prog="python -m mgah.report.benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="folder of the benchmark files of a run")
    parser.add_argument("--methods", nargs="+", required=True, help="config words of the line-up")
    parser.add_argument("--seeds", nargs="+", required=True, help="seeds of the line-up")
    parser.add_argument("--device", required=True, help="the run's device, in config words")
    parser.add_argument("--output", required=True, type=Path, metavar="BENCHMARKS.csv")
    given = parser.parse_args(arguments)
    table = collect_benchmarks(given.folder, machine(given.device))
    write_benchmarks(given.output, of_line_up(table, given.methods, given.seeds))


def collect_benchmarks(folder: Path | str, where: str) -> pd.DataFrame:
    """The benchmark files of all stages under ``folder``, sorted; jobs without one have no row."""
    rows = [
        dict.fromkeys(NAMES, "")
        | {"stage": stage}
        | _job(file.relative_to(Path(folder, stage)), layout)
        | read_benchmark(file)
        for stage, layout in LAYOUTS.items()
        for file in Path(folder, stage).glob("/".join("*" * len(layout)) + ".json")
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).assign(machine=where)
    return table.sort_values(list(NAMES), ignore_index=True)


def of_line_up(table: pd.DataFrame, methods: Sequence[str], seeds: Sequence[str]) -> pd.DataFrame:
    """The rows of the line-up's jobs and of those that serve all methods: an ablation may have run by then or not."""
    named = table["method"].isin(["", *methods]) & table["seed"].isin(["", *seeds])
    return table[named].reset_index(drop=True)


def _job(file: Path, layout: tuple[str, ...]) -> dict[str, str]:
    names = dict(zip(layout, file.with_suffix("").parts, strict=True))
    return names | ({"seed": names["seed"].removeprefix("seed")} if "seed" in names else {})


def read_benchmark(file: Path) -> dict[str, float]:
    """What one job took: the `NUMBERS` of `mgah.tables.benchmarks`, in seconds and MiB.

    Raises:
        InputError: for a file that is not one of these.
    """
    found = read_json(file)
    if not isinstance(found, dict) or not all(isinstance(found.get(name), int | float) for name in NUMBERS):
        raise InputError(
            f"benchmark {file} has no numbers {', '.join(NUMBERS)}: remove it and run its job again"
        )
    return {name: float(found[name]) for name in NUMBERS}


def machine(device: str) -> str:
    """This machine in words: processor, cores that may be used, cards, and the run's device."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    cards = _cards()
    return f"{processor()}, {usable} cores, {', '.join(cards) if cards else 'no GPU'}, device {device}"


def _cards() -> list[str]:
    """Names of the GPUs that nvidia-smi lists, each once with its number."""
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        listed = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return []
    return [f"{listed.count(name)} x {name}" for name in dict.fromkeys(listed)]


if __name__ == "__main__":
    run(main)
