"""Which data and modules planned jobs use that do not come with the project, as `mgah.needs.missing` takes them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from mgah import registry
from mgah.backbones.model_names import EXTRAS, trained_on
from workflow import pictures, raw_data, trained_features
from workflow.components import backbone_entry, dataset_module, method_entry, source_of, trains_backbone
from workflow.fingerprint import imports
from workflow.training import place_of


def wanted(config: dict, jobs: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, list]:
    """Return what ``jobs`` use that does not come with the project, in lists by kind, as `mgah.needs` takes them.

    Each job is the name of a rule and its wildcards.
    """
    found: dict[str, list] = {
        "datasets": [],
        "backbones": [],
        "semantics": [],
        "pretraining": [],
        "leaks": [],
        "modules": [],
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
    """The module of the job's method, and the weights of its backbone if the method trains it from them."""
    place = place_of(config, wildcards)
    entry = method_entry(config, place["method"], place["dataset"], place["backbone"])
    weights = _backbone(config, place) if trains_backbone(entry) else []
    return _outside("methods", entry["method"]) + weights


def _refits(config: dict, wildcards: Mapping[str, str]) -> list:
    """The modules of the methods that are fitted on trained features."""
    entries = trained_features.refits(config, wildcards).values()
    return [found for entry in entries for found in _outside("methods", entry["method"])]


def _output(config: dict, wildcards: Mapping[str, str]) -> list:
    return _outside("outputs", wildcards["name"])


def _outside(kind: str, name: str) -> list:
    """The component ``name`` of ``kind``, if it is not the project's: only an import tells whether it can be used."""
    return [("modules", [kind, name])] if registry.find(kind, name).place else []


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
    "score_trained_features": _refits,
    "render_table": _output,
    "render_figure": _output,
    "show_gallery": _gallery,
}
