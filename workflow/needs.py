"""Which data planned jobs read that do not come with the project, in the form that `mgah.needs.missing` takes."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from mgah import registry
from mgah.backbones.model_names import EXTRAS, trained_on
from workflow import pictures, raw_data
from workflow.components import backbone_entry, dataset_module, method_entry, source_of, trains_backbone
from workflow.fingerprint import imports
from workflow.training import place_of


def wanted(config: dict, jobs: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, list]:
    """Return the datasets, weights, semantics sources and folders that ``jobs`` read, as `mgah.needs` takes them.

    Each job is the name of a rule and its wildcards.
    """
    found: dict[str, list] = {
        "datasets": [],
        "backbones": [],
        "semantics": [],
        "pretraining": [],
        "leaks": [],
    }
    for rule, wildcards in jobs:
        for kind, arguments in _READERS.get(rule, _nothing)(config, wildcards):
            if arguments not in found[kind]:
                found[kind].append(arguments)
    return found


def _nothing(config: dict, wildcards: Mapping[str, str]) -> list:
    return []


def _images(config: dict, wildcards: Mapping[str, str]) -> list:
    name = wildcards["dataset"]
    return [("datasets", [dataset_module(config, name), config["datasets"][name].get("options", {})])]


def _backbone(config: dict, wildcards: Mapping[str, str]) -> list:
    """The weights of the job's backbone, unless a job of the run trains them."""
    block = backbone_entry(config, wildcards["backbone"])
    weights = ("backbones", [block["backbone"], block.get("weights"), block.get("options", {})])
    return [] if "pretrained" in block else [weights]


def _extraction(config: dict, wildcards: Mapping[str, str]) -> list:
    return _images(config, wildcards) + _backbone(config, wildcards)


def _pretraining(config: dict, wildcards: Mapping[str, str]) -> list:
    """The images. WordNet, which may tell the classes that are left out, is asked for by the leak marks."""
    return [("pretraining", [raw_data.of_pretraining(config, wildcards["pretraining"])])]


def _source(config: dict, wildcards: Mapping[str, str]) -> list:
    return [("semantics", list(source_of(config, wildcards["dataset"], wildcards["semantics"])))]


def _leaks(config: dict, wildcards: Mapping[str, str]) -> list:
    """WordNet, if the backbone's weights were trained on any classes, and the dataset's classes have nouns."""
    block = backbone_entry(config, wildcards["backbone"])
    backbone = registry.find("backbones", block["backbone"])
    trained = imports(backbone.file, "mgah/datasets/imagenet1k.py")
    if "trained_on" in backbone.parameters:
        trained = _trained_on(block) == "imagenet1k"
    dataset = registry.find("datasets", dataset_module(config, wildcards["dataset"]))
    options = config["datasets"][wildcards["dataset"]].get("options", {})
    without_nouns = "synsets" in dataset.parameters and not options.get("synsets")
    return [("leaks", [])] if trained and not without_nouns else []


def _trained_on(block: Mapping) -> str:
    """What a backbone with the option ``trained_on`` was trained on; not what the card of a weights file may say."""
    options, published = block.get("options", {}), not Path(block.get("weights") or "").suffix
    if "trained_on" in options or block["backbone"] not in EXTRAS or not published:
        return options.get("trained_on", "unknown")
    return trained_on(block["backbone"], options["model"])


def _training(config: dict, wildcards: Mapping[str, str]) -> list:
    """The weights of the job's backbone, if the method trains it and so starts from them."""
    place = place_of(config, wildcards)
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    return _backbone(config, place) if trains_backbone(entry) else []


def _gallery(config: dict, wildcards: Mapping[str, str]) -> list:
    """The images of all settings that the gallery shows."""
    settings = pictures.gallery(config)["settings"]
    return [entry for setting in settings for entry in _images(config, setting)]


_READERS = {
    "index_images": _images,
    "describe_backbone": _backbone,
    "extract_features": _extraction,
    "extract_maps": _extraction,
    "store_images": _images,
    "pretrain": _pretraining,
    "class_semantics": _source,
    "mark_leaks": _leaks,
    "choose": _training,
    "fit": _training,
    "fit_sweep": _training,
    "sample_graphs": _training,
    "show_gallery": _gallery,
}
