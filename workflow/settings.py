"""The configuration: checked against its schema and against the code before any job is planned.

Light to import: a dry run reads method files as text and imports neither torch nor NumPy.
"""

import os
from pathlib import Path

import jsonschema
import yaml

from mgah import registry
from mgah.errors import InputError
from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.report.style import headline_bits
from workflow.checks import check_components, check_known, check_options, check_parameters
from workflow.fingerprint import imports
from workflow.split_checks import check_splits
from workflow.studies import with_studies

SCHEMA = Path(__file__).parent / "config" / "schema.yaml"


def checked(config: dict) -> dict:
    """The configuration with all defaults filled in; an `InputError` names every fault of a bad one."""
    schema = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    faults = sorted(
        jsonschema.Draft202012Validator(schema).iter_errors(config), key=lambda fault: list(fault.path)
    )
    if faults:
        raise InputError("; ".join(map(_sentence, faults)) + f"; see {SCHEMA.relative_to(SCHEMA.parents[2])}")
    config = {
        "data_dir": "data",
        "split_seed": 0,
        "device": "auto",
        "modules": [],
        "backbones": {},
        "pretraining": {},
        **config,
    }
    config["selection"] = {"trials": 9, "draws": 3, "bits": 32} | config.get("selection", {})
    bits = headline_bits(config["bits"])
    config["comparison"] = {"reference": "mgah", "bits": bits} | config.get("comparison", {})
    _check_modules(config)
    _check_words(config)
    check_splits(config)
    _check_pretraining(config)
    _check_methods(config)
    _check_experiments(config)
    _check_comparison(config)
    _check_outputs(config)
    return with_studies(config)


def data_dir(config: dict) -> str:
    """Where raw data lies: the environment variable MGAH_DATA, else the config's ``data_dir``."""
    return os.environ.get("MGAH_DATA") or config["data_dir"]


def method_entry(config: dict, name: str, dataset: str, backbone: str) -> dict:
    """One method of the config: ``method`` (module word), ``label`` or None, and its parameters there.

    A variant of the ablation is its method with the variant's label, and its parameters laid over all others.
    """
    if name in config["ablation"]["variants"]:
        variant = config["ablation"]["variants"][name]
        entry = method_entry(config, config["ablation"]["method"], dataset, backbone)
        parameters = entry["parameters"] | variant["parameters"]
        return entry | {"label": variant["label"], "parameters": parameters}
    entry = config["methods"][name]
    word = entry.get("method", name)
    parameters = entry.get("parameters", {}) | entry.get("datasets", {}).get(dataset, {})
    parameters |= entry.get("backbones", {}).get(backbone, {})
    return {"method": word, "label": entry.get("label"), "parameters": parameters}


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


def chosen_methods(config: dict, experiment: dict) -> list[str]:
    """Config words of the methods of ``experiment`` that have parameters to choose."""
    return [name for name in methods_of(config, experiment) if is_chosen(config, name)]


def backbone_entry(config: dict, name: str) -> dict:
    """One backbone of the config: its block, with ``backbone``, the module word, filled in."""
    return {"backbone": name} | config["backbones"].get(name, {})


def is_network(config: dict, name: str) -> bool:
    """Whether the backbone ``name`` is a torch network: one with weights, and of use to a GPU."""
    file = registry.find("backbones", backbone_entry(config, name)["backbone"]).file
    return imports(file, "mgah/backbones/torch_backbone.py")


def _sentence(fault: jsonschema.ValidationError) -> str:
    return f"config key {'.'.join(map(str, fault.absolute_path)) or '(top level)'}: {fault.message}"


def _check_modules(config: dict) -> None:
    """A module that the config names can be used: what it defines is known by now."""
    faults = registry.faults()
    for target in map(registry.absolute, config["modules"]):
        if target in faults:
            raise InputError(f"config key modules: {faults[target]}")


def _check_words(config: dict) -> None:
    """Datasets, backbones and sources, and their options; a misspelt one must not wait for its job."""
    used = [experiment["backbone"] for experiment in config["experiments"]]
    for name in used:
        place = f"backbones.{name}" if name in config["backbones"] else "experiments"
        entry = backbone_entry(config, name)
        check_options(place, "backbones", entry["backbone"], entry.get("options", ()))
    check_known("backbones", "backbone of experiments", config["backbones"], sorted(set(used)))
    for dataset, block in config["datasets"].items():
        check_options("datasets", "datasets", dataset, ())
        check_options(f"datasets.{dataset}.options", "datasets", dataset, block.get("options", ()))
        for source, options in block["semantics"].items():
            place = f"datasets.{dataset}.semantics"
            check_options(place, "semantics", source, options)
            shipped = [options["builtin"]] if "builtin" in options else []
            check_known(f"{place} (builtin)", "shipped set", shipped, shipped_sets())


def shipped_sets() -> list[str]:
    """Datasets whose class semantics come with the project."""
    folder = Path(__file__).resolve().parents[1] / "mgah/semantics"
    return sorted(path.parent.name for path in folder.glob("*/provenance.json"))


def _check_pretraining(config: dict) -> None:
    """A backbone's weights are given, or those of a training here."""
    for name, block in config["pretraining"].items():
        place = f"pretraining.{name}"
        check_known(place, "dataset among datasets", [block["dataset"]], sorted(config["datasets"]))
    for name, block in config["backbones"].items():
        if "pretrained" in block:
            place = f"backbones.{name}"
            if "weights" in block:
                raise InputError(f"config key {place}: got weights and pretrained, expected one of them")
            check_known(place, "entry of pretraining", [block["pretrained"]], sorted(config["pretraining"]))


def _check_methods(config: dict) -> None:
    if twice := sorted(set(config["methods"]) & set(REFERENCE_LINES)):
        raise InputError(
            f"config key methods.{twice[0]}: {twice[0]} makes no codes, so it is no method: list it under "
            "reference_lines of an experiment"
        )
    for name, entry in config["methods"].items():
        word = entry.get("method", name)
        check_components(f"methods.{name}", "methods", [word])
        datasets, backbones = entry.get("datasets", {}), entry.get("backbones", {})
        check_known(
            f"methods.{name}.datasets", "dataset among datasets", datasets, sorted(config["datasets"])
        )
        used = sorted({experiment["backbone"] for experiment in config["experiments"]})
        check_known(f"methods.{name}.backbones", "backbone of experiments", backbones, used)
        overrides = [entry.get("parameters", {}), *datasets.values(), *backbones.values()]
        axes = entry.get("choose", [])
        given = set().union(*overrides, *(s for axis in axes for s in axis))
        networks = [parameters["network"] for parameters in overrides if parameters.get("network")]
        check_components(f"methods.{name}", "backbones", networks)
        check_parameters(f"methods.{name}", word, given)


def _check_experiments(config: dict) -> None:
    for number, experiment in enumerate(config["experiments"]):
        place = f"config key experiments.{number}"
        dataset = experiment["dataset"]
        if dataset not in config["datasets"]:
            raise InputError(
                f"{place}: dataset {dataset!r} is not among datasets, {sorted(config['datasets'])}"
            )
        sources = config["datasets"][dataset]["semantics"]
        if experiment["semantics"] not in sources:
            raise InputError(
                f"{place}: semantics {experiment['semantics']!r} is not among datasets.{dataset}.semantics, "
                f"{sorted(sources)}"
            )
        for name in experiment.get("methods", ()):
            if name not in config["methods"]:
                raise InputError(
                    f"{place}: method {name!r} is not among methods, {sorted(config['methods'])}"
                )
        lines = reference_lines(experiment)
        check_known(f"experiments.{number}.reference_lines", "reference line", lines, list(REFERENCE_LINES))
    keys = [(e["dataset"], e["backbone"], e["semantics"]) for e in config["experiments"]]
    if len(set(keys)) < len(keys):
        raise InputError("config key experiments: a (dataset, backbone, semantics) stands there twice")


def _check_comparison(config: dict) -> None:
    """The default reference may be absent: then nothing is compared."""
    reference, bits = config["comparison"]["reference"], config["comparison"]["bits"]
    if bits not in config["bits"]:
        raise InputError(f"config key comparison.bits: {bits} is not among bits, {config['bits']}")
    if reference != "mgah":
        check_known("comparison.reference", "method", [reference], sorted(config["methods"]))


def _check_outputs(config: dict) -> None:
    groups = {name: registry.find("outputs", name).group for name in registry.names("outputs")}
    for kind, names in config["outputs"].items():
        for name in names:
            if groups.get(name) != kind:
                there = [other for other in groups if groups[other] == kind]
                raise InputError(
                    f"config key outputs.{kind}: there is no {kind[:-1]} {name!r}, expected among {there}"
                )
            tables = registry.find("outputs", name).parameters
            if "ablations" in tables and "scores" not in tables and "ablation" not in config:
                raise InputError(
                    f"config key outputs.{kind}: {name} shows an ablation and the config has none, expected the key "
                    "ablation"
                )


def compared_baselines(config: dict) -> list[str]:
    """Config words of the methods that the reference is judged against.

    Neither controls nor variants of the reference, nor variants of a method that is judged itself, be they the same
    class or one that says so (``variant_of``): the more comparisons, the less each can show.
    """
    reference = config["comparison"]["reference"]
    own = _word(config, reference) if reference in config["methods"] else reference
    words = {name: _word(config, name) for name in config["methods"]}
    tags = {word: registry.find("methods", word).tags for word in words.values()}
    return [
        name
        for name, word in words.items()
        if word != own
        and not tags[word]["control"]
        and (name == word or word not in config["methods"])
        and tags[word]["variant_of"] not in words.values()
    ]


def reference_lines(experiment: dict) -> list[str]:
    """Names of the lines without codes of ``experiment``."""
    return experiment.get("reference_lines", [])


def methods_of(config: dict, experiment: dict) -> list[str]:
    """Config words of the methods of ``experiment``: those it names, or all."""
    return experiment.get("methods") or list(config["methods"])


def _word(config: dict, name: str) -> str:
    return config["methods"][name].get("method", name)
