"""What the jobs that train are told, of the configuration. Light to import."""

from collections.abc import Mapping
from pathlib import Path

from mgah import registry
from workflow.components import backbone_entry, is_chosen, method_entry, store_of


def place_of(config: dict, wildcards: Mapping[str, str]) -> dict[str, str]:
    """What a job with ``wildcards`` trains on: they themselves, and for a sweep the places of its block.

    The keys are dataset, backbone, semantics, method and what else is a wildcard of the job.
    """
    block = config["sweeps"][wildcards["sweep"]] if "sweep" in wildcards else {}
    places = {key: block[key] for key in ("dataset", "backbone", "semantics", "method") if key in block}
    return places | dict(wildcards)


def trains_backbone(config: dict, place: Mapping[str, str]) -> bool:
    """Whether the job's method trains the backbone along, and starts at its weights."""
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    return store_of(entry) != "features"


def training_modules(config: dict, job: str, place: Mapping[str, str]) -> list[str | Path]:
    """Files of the modules that a job runs: its own, and those that it finds by name.

    These are the method's, that of a backbone that the method trains along, and, for a fit of a method with chosen
    parameters, the reader of the choice: a fit that chooses nothing does not depend on it.

    Args:
        job: of `mgah.training.__main__.JOBS`.
        place: as `place_of` gives it.
    """
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    network = backbone_entry(config, place["backbone"])["backbone"] if store_of(entry) != "features" else None
    return [
        "mgah/training/__main__.py",
        f"mgah/training/{job}.py",
        registry.find("methods", entry["method"]).file,
        *([registry.find("backbones", network).file] if network else []),
        *(["mgah/training/choice.py"] if is_chosen(config, place["method"]) else []),
    ]
