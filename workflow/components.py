"""The config's own names for datasets, backbones, class semantics and methods, and the components behind them.

A block of the config names its component where that is not called the same: two entries of one component, such as two
folders of images or two files of word vectors, share a run under names of their own. Light to import.
"""

from collections.abc import Mapping
from pathlib import Path

from mgah import registry
from mgah.methods.trained import STORES
from workflow.fingerprint import imports

#: The key in a block that names its component.
KEYS = {"datasets": "dataset", "backbones": "backbone", "semantics": "source", "methods": "method"}


def dataset_module(config: dict, name: str) -> str:
    """Name in the registry of the config's dataset ``name``."""
    return config["datasets"][name].get("dataset", name)


def source_of(config: dict, dataset: str, name: str) -> tuple[str, dict]:
    """Name in the registry, and options, of the class semantics ``name`` of a dataset."""
    options = dict(config["datasets"][dataset]["semantics"][name])
    return options.pop("source", name), options


def backbone_entry(config: dict, name: str) -> dict:
    """One backbone of the config: its block, with ``backbone``, its name in the registry, filled in."""
    return {"backbone": name} | config["backbones"].get(name, {})


def is_network(config: dict, name: str) -> bool:
    """Whether the backbone ``name`` is a torch network: one with weights, and of use to a GPU."""
    file = registry.find("backbones", backbone_entry(config, name)["backbone"]).file
    return imports(file, "mgah/backbones/torch_backbone.py")


def method_module(config: dict, name: str) -> str:
    """Name in the registry of the config's method ``name``."""
    return config["methods"][name].get("method", name)


def method_entry(config: dict, name: str, dataset: str, backbone: str) -> dict:
    """One method of the config: ``method`` (its name in the registry), ``label`` or None, and its parameters there.

    A variant of the ablation is its method with the variant's label, and its parameters laid over all others.
    """
    if name in config["ablation"]["variants"]:
        variant = config["ablation"]["variants"][name]
        entry = method_entry(config, config["ablation"]["method"], dataset, backbone)
        parameters = entry["parameters"] | variant["parameters"]
        return entry | {"label": variant["label"], "parameters": parameters}
    entry = config["methods"][name]
    parameters = entry.get("parameters", {}) | entry.get("datasets", {}).get(dataset, {})
    parameters |= entry.get("backbones", {}).get(backbone, {})
    return {"method": method_module(config, name), "label": entry.get("label"), "parameters": parameters}


def store_of(entry: dict) -> str:
    """What a method of `method_entry` trains from: ``features``, or the backbone's ``maps`` or ``images``."""
    return STORES.get(entry["parameters"].get("trainable"), "features")


def method_device(config: dict, entry: dict) -> str | None:
    """The device that a method computes on by its entry of `method_entry`, else by the config; None for those of NumPy.

    It is no part of the entry: the same results may be had on any device, so another one trains nothing again.
    """
    if "device" not in registry.find("methods", entry["method"]).parameters:
        return None
    return entry["parameters"].get("device", config["device"])


def is_chosen(config: dict, name: str) -> bool:
    """Whether parameters of the method ``name`` are chosen on seen classes."""
    return "choose" in config["methods"].get(name, {})


def label_of(config: dict, name: str) -> str:
    """Display name of the config's method ``name``."""
    entry = config["methods"][name]
    return entry.get("label") or str(
        registry.find("methods", method_module(config, name)).tags.get("label", name)
    )


def shipped_sets() -> list[str]:
    """Datasets whose class semantics come with the project."""
    folder = Path(__file__).resolve().parents[1] / "mgah/semantics"
    return sorted(path.parent.name for path in folder.glob("*/provenance.json"))


def kept_models(config: dict, fit: Mapping[str, str], bits: list[int]) -> list[int]:
    """Those of the code lengths ``bits`` of one fit whose models are stored, and not their cards alone.

    The key ``keep_models`` says so; the variants of an ablation keep none.
    """
    kept = config["keep_models"]
    dropped = "seeds" in kept and int(fit["seed"]) not in kept["seeds"]
    if dropped or fit["method"] in config["ablation"]["variants"]:
        return []
    return [length for length in bits if length in kept.get("bits", bits)]
