"""Where the numbers of a run come from: config, code, versions, data, machine, time. As JSON beside the page.

Keys of ``provenance.json``: ``config`` (with all defaults), ``commit`` (str, or null outside of the project's own
repository) and ``changed`` (bool: files differ from it), ``versions`` (of Python and packages, null where one is not
installed), ``machine``, ``datasets``, ``splits``, ``features`` (lists of what the config asks for, each entry with its
checksums), ``stages`` (of `stage_costs`) and ``files`` (SHA-256 of every file that the page was made of, by its path in
the run's folder). Where the page of a run, and of a published one its figures, were made again (`mgah report`), all
this stays, as the numbers do, and ``rendered`` has the ``commit`` that made them, and ``changed``.
"""

import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from mgah.errors import InputError
from mgah.io.files import read_json, sha256
from mgah.io.records import INTEGER, NAME, OBJECT, TEXTS, check_fields
from mgah.report.benchmarks import LAYOUTS, read_benchmark
from mgah.report.machine import processor
from mgah.tables.keys import SETTING
from mgah.versions import versions

#: The page and its sources in the folder of a run.
PAGE, PROVENANCE = "report.html", "provenance.json"

#: Packages whose versions may change a number or a picture.
PACKAGES = (
    *(
        "torch",
        "torchvision",
        "numpy",
        "scipy",
        "scikit-learn",
        "pandas",
        "matplotlib",
        "pillow",
        "gensim",
        "nltk",
    ),
    *("openvino", "numba", "snakemake"),
)
#: The stages in their order.
STAGES = (
    *("data", "splits", "pretraining", "features", "leaks", "semantics"),
    *("selection", "hashing", "evaluation", "report"),
)


def provenance(run: Path, config: Mapping, gpus: int, files: Iterable[Path]) -> dict:
    """What is known of the folder ``run``; keys as above. ``gpus`` is how many its jobs could use."""
    here, changed = commit()

    def asked(stage: str, place: Path) -> bool:
        return is_asked(stage, place.relative_to(run / stage), config)

    return {
        "config": dict(config),
        "commit": here,
        "changed": changed,
        "versions": versions(PACKAGES),
        "machine": {
            "system": platform.platform(),
            "processor": processor(),
            "cores": os.cpu_count(),
            "gpus": gpus,
        },
        "datasets": [
            _dataset(card) for card in sorted(run.glob("data/*/dataset.json")) if asked("data", card.parent)
        ],
        "splits": [_split(file) for file in sorted(run.glob("splits/*/*.json")) if asked("splits", file)],
        "features": [
            _features(card)
            for card in sorted(run.glob("features/*/*/card.json"))
            if asked("features", card.parent)
        ],
        "stages": stage_costs(run / "benchmarks", config),
        "files": {name: sha256(run / name) for name in sorted(_inside(run, files))},
    }


def is_asked(stage: str, place: Path, config: Mapping) -> bool:
    """Whether the run of ``config`` has the job of a ``stage`` whose files are called ``place``, by `LAYOUTS`.

    Its folder also holds what an earlier config of the same name asked for. A stage without a layout is taken whole.
    """
    layout = LAYOUTS.get(stage, ())
    parts = place.parent.joinpath(place.name.removesuffix(".tsv").removesuffix(".json")).parts
    if len(layout) != len(parts):
        return True
    job = dict(zip(layout, parts, strict=True))
    ablation, sweeps = config.get("ablation", {}), config.get("sweeps", {})
    studies = [*ablation.get("experiments", []), *sweeps.values()]
    experiments = [*config["experiments"], *studies]
    seeds = {seed for block in experiments for seed in block.get("seeds", config["seeds"])}
    methods = {*config["methods"], *ablation.get("variants", {})}
    splits = config["datasets"].get(job.get("dataset"), {}).get("splits", [])
    return (
        any(all(job.get(key, block[key]) == block[key] for key in SETTING) for block in experiments)
        and ("split" not in job or job["split"] in splits)
        and ("method" not in job or job["method"] in methods)
        and ("seed" not in job or job["seed"].removeprefix("seed") in map(str, seeds))
    )


def stage_costs(folder: Path, config: Mapping) -> list[dict]:
    """Jobs, hours of wall time and of CPU time, and highest memory in MB of each stage, from the files of its jobs.

    Only the jobs of the run count, `is_asked`. Wall time is summed over jobs, so a stage whose jobs ran at the same
    time took less.
    """
    found: dict[str, list[dict]] = {}
    for file in sorted(folder.rglob("*.json")):
        stage, *place = file.relative_to(folder).parts
        if not is_asked(stage, Path(*place), config):
            continue
        found.setdefault(stage, []).append(read_benchmark(file))
    order = [*STAGES, *sorted(set(found) - set(STAGES))]
    return [_cost(stage, found[stage]) for stage in order if stage in found]


def _cost(stage: str, jobs: list[dict[str, float]]) -> dict:
    return {
        "stage": stage,
        "jobs": len(jobs),
        "wall_hours": round(sum(job["seconds"] for job in jobs) / 3600, 4),
        "cpu_hours": round(sum(job["cpu_seconds"] for job in jobs) / 3600, 4),
        "memory_mb": round(max(job["peak_mib"] for job in jobs), 0),
    }


def _dataset(file: Path) -> dict:
    card = read_json(file)
    check_fields(card, {"classes": TEXTS}, f"dataset card {file}")
    kept = {
        key: value for key, value in card.items() if key in ("name", "images", "source") or "sha256" in key
    }
    return kept | {"classes": len(card["classes"]), "card_sha256": sha256(file)}


def _split(file: Path) -> dict:
    split = read_json(file)
    fields = dict.fromkeys(("dataset", "split", "seed", "counts", "checksum", "images"), NAME)
    fields |= {"seed": INTEGER, "counts": OBJECT}
    check_fields(split, fields, f"split file {file}")
    return {key: split[key] for key in fields}


def _features(file: Path) -> dict:
    card = read_json(file)
    return {key: card.get(key) for key in ("dataset", "backbone", "weights", "weights_sha256", "fingerprint")}


def _inside(run: Path, files: Iterable[Path]) -> set[str]:
    """Paths in the folder ``run`` of those of ``files`` that lie in it."""
    paths = {path for path in map(Path, files) if path.is_relative_to(run)}
    if missing := sorted(str(path) for path in paths if not path.is_file()):
        raise InputError(f"the run has no {', '.join(missing)}: finish it before making its page")
    return {path.relative_to(run).as_posix() for path in paths}


def commit() -> tuple[str | None, bool]:
    """The commit of this code, and whether files differ from it; None where the code is in no repository of its own.

    A package that is installed, or a copy of the code, may lie in another repository, whose commits say nothing of it.
    """
    root = Path(__file__).resolve().parents[3]
    outside = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=outside).stdout

    try:
        if (
            git("rev-parse", "--show-prefix").strip()
            or not git("ls-files", "--", str(Path(__file__).resolve())).strip()
        ):
            return None, False
        code = ["--", ":(top)", ":(top,exclude)results/published"]  # what is published is no code
        changed = git("status", "--porcelain", "--untracked-files=no", *code)
        return git("rev-parse", "HEAD").strip(), bool(changed.strip())
    except (OSError, subprocess.CalledProcessError):
        return None, False
