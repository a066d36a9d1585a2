"""What planned jobs read from outside the repository, as `mgah.needs.__main__.collect` takes it."""

from collections.abc import Iterable, Mapping

from mgah import registry
from workflow import pictures, settings
from workflow.fingerprint import imports
from workflow.training import place_of


def wanted(config: dict, jobs: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, list]:
    """The datasets, weights, sources and folders that ``jobs`` (rule, wildcards) read."""
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
    dataset = wildcards["dataset"]
    return [("datasets", [dataset, config["datasets"][dataset].get("options", {})])]


def _extraction(config: dict, wildcards: Mapping[str, str]) -> list:
    block = settings.backbone_entry(config, wildcards["backbone"])
    weights = ("backbones", [block["backbone"], block.get("weights")])
    return _images(config, wildcards) + ([] if "pretrained" in block else [weights])


def _pretraining(config: dict, wildcards: Mapping[str, str]) -> list:
    return [
        ("pretraining", [config["pretraining"][wildcards["pretraining"]].get("folder", "imagenet/train")])
    ]


def _source(config: dict, wildcards: Mapping[str, str]) -> list:
    source = wildcards["semantics"]
    return [("semantics", [source, config["datasets"][wildcards["dataset"]]["semantics"][source]])]


def _leaks(config: dict, wildcards: Mapping[str, str]) -> list:
    """WordNet compares with the classes that a backbone has learned, if any."""
    module = settings.backbone_entry(config, wildcards["backbone"])["backbone"]
    file = registry.find("backbones", module).file
    return [("leaks", [])] if imports(file, "mgah/datasets/imagenet1k.py") else []


def _training(config: dict, wildcards: Mapping[str, str]) -> list:
    """A method that trains a network along starts at its weights."""
    places = (wildcards[key] for key in ("method", "dataset", "backbone"))
    parameters = settings.method_entry(config, *places)["parameters"]
    network = parameters.get("network")
    trained_here = "pretrained" in settings.backbone_entry(config, wildcards["backbone"])
    return [("backbones", [network, parameters.get("weights")])] if network and not trained_here else []


def _gallery(config: dict, wildcards: Mapping[str, str]) -> list:
    """The gallery shows images of all of its experiments."""
    experiments = pictures.gallery(config)["experiments"]
    return [entry for experiment in experiments for entry in _images(config, experiment)]


def _sweep(config: dict, wildcards: Mapping[str, str]) -> list:
    """The fits of a sweep read what a fit does."""
    return _training(config, place_of(config, wildcards))


_READERS = {
    "index_images": _images,
    "extract_features": _extraction,
    "pretrain": _pretraining,
    "class_semantics": _source,
    "mark_leaks": _leaks,
    "choose": _training,
    "fit": _training,
    "fit_sweep": _sweep,
    "sample_graphs": _training,
    "show_gallery": _gallery,
}
