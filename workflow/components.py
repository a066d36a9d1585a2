"""The config's own names for datasets, backbones, class semantics and methods, and the components behind them.

A block of the config may have a name of its own, and then names its component: so two blocks of one component, such as
two folders of images or two files of word vectors, share a run. Light to import.
"""

from collections.abc import Mapping
from pathlib import Path

from mgah import registry
from mgah.backbones.model_names import expanded
from mgah.methods.trained import REPRESENTATIONS
from workflow.fingerprint import imports


def dataset_module(config: dict, name: str) -> str:
    """Return the name in the registry of the config's dataset ``name``."""
    return config["datasets"][name].get("dataset", name)


def source_of(config: dict, dataset: str, name: str) -> tuple[str, dict]:
    """Return the name in the registry and the options of the class semantics ``name`` of the config's ``dataset``."""
    options = dict(config["datasets"][dataset]["semantics"][name])
    return options.pop("source", name), options


def backbone_entry(config: dict, name: str) -> dict:
    """Return the block of the config's backbone ``name``, with its name in the registry as ``backbone``.

    A network of another package, ``backbone: "timm:resnet18"``, is the option ``model`` of the backbone ``timm``.
    """
    block = {"backbone": name} | config["backbones"].get(name, {})
    module, options = expanded(block["backbone"], block.get("options", {}))
    return block | {"backbone": module} | ({"options": options} if options else {})


def is_network(config: dict, name: str) -> bool:
    """Say whether the config's backbone ``name`` is a network of torch, which has weights and may use a GPU."""
    file = registry.find("backbones", backbone_entry(config, name)["backbone"]).file
    return imports(file, "mgah/backbones/torch_network.py")


def method_module(config: dict, name: str) -> str:
    """Return the name in the registry of the config's method ``name``."""
    return config["methods"][name].get("method", name)


def method_entry(config: dict, name: str, dataset: str, backbone: str) -> dict:
    """Return a method of the config, or a variant of its ablation, as it is in a dataset and on a backbone.

    Returns:
        ``method``, its name in the registry; ``label``, its display name or None; and ``parameters``, those that the
        config gives for it, for this dataset and for this backbone. The parameters of a variant replace those of its
        method.
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
    """Return the store that a method of `method_entry` reads: ``features``, ``maps`` or ``images``."""
    return REPRESENTATIONS.get(entry["parameters"].get("trainable"), "features")


def trains_backbone(entry: dict) -> bool:
    """Say whether a method of `method_entry` trains the backbone, and so starts from its weights.

    Examples:
        >>> trains_backbone({"parameters": {"trainable": "tail"}}), trains_backbone({"parameters": {}})
        (True, False)
    """
    return store_of(entry) != "features"


def method_device(config: dict, entry: dict) -> str | None:
    """Return the device of a method of `method_entry`, by its parameters or the config; None for methods of NumPy.

    The device is no part of the entry, so that jobs do not run again when only the device is changed.
    """
    if "device" not in registry.find("methods", entry["method"]).parameters:
        return None
    return entry["parameters"].get("device", config["device"])


def is_chosen(config: dict, name: str) -> bool:
    """Say whether the config has parameters of the method ``name`` chosen on seen classes."""
    return "choose" in config["methods"].get(name, {})


def label_of(config: dict, name: str) -> str:
    """Return the display name of the config's method ``name``."""
    entry = config["methods"][name]
    return entry.get("label") or str(
        registry.find("methods", method_module(config, name)).tags.get("label", name)
    )


def shipped_sets() -> list[str]:
    """Return the names of the datasets whose class semantics come with the project."""
    folder = Path(__file__).resolve().parents[1] / "mgah/semantics"
    return sorted(path.parent.name for path in folder.glob("*/provenance.json"))


def kept_models(config: dict, fit: Mapping[str, str], bits: list[int]) -> list[int]:
    """Return those of the code lengths ``bits`` of one fit whose models are stored; of the others only cards are.

    The config key ``keep_models`` gives them; no model of an ablation's variants is stored.
    """
    kept = config["keep_models"]
    dropped = "seeds" in kept and int(fit["seed"]) not in kept["seeds"]
    if dropped or fit["method"] in config["ablation"]["variants"]:
        return []
    return [length for length in bits if length in kept.get("bits", bits)]
