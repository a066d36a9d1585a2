"""How long ``snakemake -n`` plans a config, and in how much memory, by the number of its jobs."""

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from mgah.benchmarks.processes import run_apart
from mgah.benchmarks.scale.measuring import Measurement
from mgah.errors import InputError

SPLITS, SEEDS, METHODS = 10, 3, 11
#: Jobs of one setting: fits, splits, scores of every method, and what they start from.
_JOBS = SPLITS * SEEDS * METHODS + SPLITS + METHODS + 4


def measure(sizes: Sequence[int]) -> Iterator[Measurement]:
    """Plan configs of about so many jobs; ``size`` is their true number. What comes before is the start, a plan
    of one job.

    Run it in the folder of the project. Raises `InputError` where there is no ``workflow/Snakefile``.
    """
    if not Path("workflow/Snakefile").is_file():
        raise InputError(
            f"{Path.cwd()} has no workflow/Snakefile to plan with: run this in the folder of the project"
        )
    with tempfile.TemporaryDirectory() as folder:
        _, before_seconds, before_gib = _plan(Path(folder), 1, "data")
        for size in sizes:
            jobs, seconds, gib = _plan(Path(folder), max(1, round(size / _JOBS)))
            yield Measurement(
                "planning", "snakemake -n", jobs, seconds - before_seconds, gib, before_seconds, before_gib
            )


def _plan(folder: Path, settings: int, *targets: str) -> tuple[int, float, float]:
    """Number of jobs, CPU seconds and peak GiB of the plan of `config`."""
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(config(settings), sort_keys=False), encoding="utf-8")
    command = (
        sys.executable,
        "-m",
        "snakemake",
        *targets,
        "-n",
        "--quiet",
        "rules",
        "--configfile",
        str(file),
    )
    output, seconds, gib = run_apart(command)
    found = re.search(r"^total\s+(\d+)", output, flags=re.M)
    if not found:
        raise InputError(f"the plan of {settings} settings has no total: {output[-1000:]}")
    return int(found[1]), seconds, gib


def config(settings: int) -> dict[str, Any]:
    """A config of so many settings, each of `SPLITS` splits, `METHODS` methods and `SEEDS` seeds, of no data."""
    dataset = {
        "dataset": "digits",
        "training": 500,
        "queries": 100,
        "seen_queries": 100,
        "splits": [f"draw{number}" for number in range(SPLITS)],
        "semantics": {"word2vec": {"builtin": "digits"}},
    }
    names = [f"digits_{number}" for number in range(settings)]
    others = {
        f"projection_{number}": {"method": "random_projection", "label": f"Random projection {number}"}
        for number in range(METHODS - 1)
    }
    return {
        "name": "scale",
        "seeds": list(range(SEEDS)),
        "bits": [32],
        "datasets": dict.fromkeys(names, dataset),
        "experiments": [{"dataset": name, "backbone": "pixels", "semantics": "word2vec"} for name in names],
        "methods": {"itq": {}} | others,
        "comparison": {"reference": "itq", "bits": 32},
        "outputs": {"tables": ["table1"], "figures": []},
    }
