"""What the jobs that train take from the configuration. Light to import."""

from collections.abc import Mapping
from pathlib import Path

from mgah import registry
from workflow.components import backbone_entry, is_chosen, method_entry, trains_backbone


def place_of(config: dict, wildcards: Mapping[str, str]) -> dict[str, str]:
    """Return the dataset, backbone, semantics and method of a job, and its other ``wildcards``.

    They are wildcards themselves, except for a sweep, whose block in the config gives them.
    """
    block = config["sweeps"][wildcards["sweep"]] if "sweep" in wildcards else {}
    places = {key: block[key] for key in ("dataset", "backbone", "semantics", "method") if key in block}
    return places | dict(wildcards)


def training_modules(config: dict, job: str, place: Mapping[str, str]) -> list[str | Path]:
    """Return the files of the modules that a job runs: its own, and those that it imports by name.

    The latter are that of the method, that of a backbone that the method trains, and, only for a method with chosen
    parameters, that which reads the choice.

    Args:
        config: the configuration.
        job: one of `mgah.training.__main__.JOBS`.
        place: what `place_of` returns.
    """
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    trained = [backbone_entry(config, place["backbone"])["backbone"]] if trains_backbone(entry) else []
    return [
        "mgah/training/__main__.py",
        f"mgah/training/{job}.py",
        registry.find("methods", entry["method"]).file,
        *(registry.find("backbones", backbone).file for backbone in trained),
        *(["mgah/training/choice.py"] if is_chosen(config, place["method"]) else []),
    ]
