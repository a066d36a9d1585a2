"""The configuration: checked against its schema and against the code before any job is planned.

Light to import: a dry run reads component files as text and imports neither torch nor NumPy.
"""

import os
import re
from collections import Counter
from collections.abc import Mapping

from mgah import registry
from mgah.backbones.model_names import EXTRAS, check_model
from mgah.errors import InputError
from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.report.style import headline_bits, method_named
from mgah.training.grid import check_axes
from workflow.checks import (
    LENGTHS,
    at_key,
    check_among,
    check_components,
    check_known,
    check_options,
    check_parameters,
    check_values,
)
from workflow.components import (
    backbone_entry,
    dataset_module,
    label_of,
    method_module,
    shipped_sets,
    source_of,
)
from workflow.contrasts import with_contrasts
from workflow.experiments import code_lengths, with_experiments
from workflow.output_checks import check_outputs, check_own_outputs
from workflow.schema import SCHEMA, schema_faults
from workflow.setting_checks import check_settings
from workflow.split_checks import check_splits, with_composed_splits
from workflow.studies import with_studies
from workflow.texts import check_texts
from workflow.trained_features import with_trained_features

#: Blocks that a file states whole or not at all, and the key of each that is empty where nothing is asked.
_BLOCKS = {"ablation": "experiments", "trained_features": "methods"}
#: Devices of torch; ``auto`` is the first of cuda, mps and cpu that is there.
_DEVICES = r"auto|(cpu|cuda|hip|hpu|ipu|maia|meta|mps|mtia|ve|vulkan|xla|xpu)(:\d+)?"


def checked(config: dict) -> dict:
    """Return the configuration with all defaults filled in.

    Raises:
        InputError: for a configuration that does not fit its schema (the sentence names every fault) or that names what
            does not exist.
    """
    config = with_composed_splits(config)
    if faults := schema_faults(config):
        raise InputError("; ".join(faults) + f"; see {SCHEMA.relative_to(SCHEMA.parents[2])}")
    config = {
        "data_dir": "data",
        "split_seed": 0,
        "device": "auto",
        "modules": [],
        "backbones": {},
        "pretraining": {},
        "keep_models": {},
        **config,
    }
    bits = headline_bits(code_lengths(config))
    config["selection"] = {"trials": 9, "draws": 3, "bits": bits} | config.get("selection", {})
    reference = config.get("comparison", {}).get("reference", "mgah")
    bits = headline_bits(code_lengths(config, reference) or code_lengths(config))
    config["comparison"] = {"reference": reference, "bits": bits} | config.get("comparison", {})
    config["measures"] = {"ranks": [], "precision_ranks": [], "asymmetric": False} | config.get(
        "measures", {}
    )
    check_texts(config)
    _check_device(config)
    _check_modules(config)
    check_own_outputs(config)
    _check_data(config)
    check_splits(config)
    _check_backbones(config)
    _check_methods(config)
    _check_comparison(config)
    check_outputs(config)
    config = with_trained_features(with_contrasts(with_studies(with_experiments(config))))
    check_settings(config)
    return config


def stated(config: dict) -> dict:
    """Return a checked configuration as a file may state it, for a record of a run that can be run again.

    Blocks that were filled in with nothing asked are left out.
    """
    empty = {key for key, asks in _BLOCKS.items() if not config[key][asks]}
    return {key: value for key, value in config.items() if key not in empty}


def data_dir(config: dict) -> str:
    """Return the folder of all raw data: the environment variable MGAH_DATA, else the config's ``data_dir``.

    A ``~`` at its beginning is the home folder, as in a shell.
    """
    folder = os.path.expanduser(os.environ.get("MGAH_DATA") or config["data_dir"])
    return f"./{folder}" if folder.startswith("-") else folder  # no option of a command


def compared_baselines(config: dict) -> list[str]:
    """Return the names of the methods that the comparison's reference is compared with.

    Left out are controls, variants of the reference, and variants of a method that is compared itself; a variant has
    the same class or names the method in ``variant_of``. The more comparisons, the less each can show.
    """
    reference = config["comparison"]["reference"]
    own = method_module(config, reference) if reference in config["methods"] else reference
    modules = {name: method_module(config, name) for name in config["methods"]}
    tags = {module: registry.find("methods", module).tags for module in modules.values()}
    return [
        name
        for name, module in modules.items()
        if module != own
        and not tags[module]["control"]
        and (name == module or module not in config["methods"])
        and tags[module]["variant_of"] not in modules.values()
    ]


def development_splits(config: dict) -> dict[str, list[str]]:
    """Return the splits on which defaults of methods were chosen, by dataset; only datasets that have some."""
    blocks = config["datasets"].items()
    return {name: block["development_splits"] for name, block in blocks if "development_splits" in block}


def _check_device(config: dict) -> None:
    if not re.fullmatch(_DEVICES, config["device"]):
        raise InputError(
            f"config key device: got {config['device']!r}, expected auto, cpu, cuda, cuda:1, mps or another device of "
            "torch"
        )


def _check_modules(config: dict) -> None:
    """Raise `InputError` for a module in the config that cannot be used."""
    faults = registry.faults()
    for target in map(registry.absolute, config["modules"]):
        if os.pathsep in target:
            raise InputError(
                f"config key modules: {target} has {os.pathsep!r}, which stands between modules in "
                f"{registry.VARIABLE}: rename the file or its folder"
            )
        if target in faults:
            raise InputError(f"config key modules: {faults[target]}")


def _check_data(config: dict) -> None:
    """Raise `InputError` for a dataset or a source of class semantics that does not exist or lacks an option."""
    for name, block in config["datasets"].items():
        place, module = f"datasets.{name}", dataset_module(config, name)
        check_options(place if "dataset" in block else "datasets", "datasets", module, ())
        check_options(f"{place}.options", "datasets", module, block.get("options", ()))
        check_values(f"{place}.options", "datasets", module, block.get("options", {}))
        for semantics in block["semantics"]:
            source, options = source_of(config, name, semantics)
            check_options(f"{place}.semantics", "semantics", source, options)
            shipped = [options["builtin"]] if "builtin" in options else []
            check_known(f"{place}.semantics (builtin)", "shipped set", shipped, shipped_sets())
            if not shipped or len(options) > 1:  # else there is nothing to check
                _check_source(f"{place}.semantics.{semantics}", source, options)


def _check_source(place: str, source: str, options: Mapping[str, object]) -> None:
    """Raise `InputError` for options that a source of class semantics refuses."""
    check_values(place, "semantics", source, options)
    if registry.find("semantics", source).place is not None:
        return  # what is not the project's is not run before its job
    with at_key(place):
        registry.build("semantics", source, **options)


def _check_backbones(config: dict) -> None:
    """Raise `InputError` for a backbone that does not exist or lacks an option, or that has two kinds of weights."""
    for name, block in config["pretraining"].items():
        place = f"pretraining.{name}"
        check_known(place, "dataset among datasets", [block["dataset"]], sorted(config["datasets"]))
    used = sorted({experiment["backbone"] for experiment in config["experiments"]})
    for name in used:
        place = f"backbones.{name}" if name in config["backbones"] else "experiments"
        entry = backbone_entry(config, name)
        _check_network(place, name, entry)
        check_options(place, "backbones", entry["backbone"], entry.get("options", ()))
        check_values(f"{place}.options", "backbones", entry["backbone"], entry.get("options", {}))
    check_known("backbones", "backbone of experiments", config["backbones"], used)
    for name, block in config["backbones"].items():
        if "pretrained" in block:
            place = f"backbones.{name}"
            if "weights" in block:
                raise InputError(f"config key {place}: got weights and pretrained, expected one of them")
            check_known(place, "entry of pretraining", [block["pretrained"]], sorted(config["pretraining"]))


def _check_network(place: str, name: str, entry: Mapping) -> None:
    """Raise `InputError` for a network of another package that there is not, or that has no name in the config."""
    if ":" in name:
        raise InputError(
            f"config key {place}: {name!r} needs a name of its own, expected one of the key backbones, as in "
            f"backbones: {{mine: {{backbone: {name!r}}}}}"
        )
    if entry["backbone"] in EXTRAS:
        with at_key(place):
            check_model(entry["backbone"], entry.get("options", {}).get("model"))


def _check_methods(config: dict) -> None:
    if twice := sorted(set(config["methods"]) & set(REFERENCE_LINES)):
        raise InputError(
            f"config key methods.{twice[0]}: {twice[0]} makes no codes, so it is no method: list it under "
            "reference_lines of an experiment"
        )
    used = sorted({experiment["backbone"] for experiment in config["experiments"]})
    for name, entry in config["methods"].items():
        module = method_module(config, name)
        check_components(f"methods.{name}", "methods", [module])
        _check_name(name, module)
        datasets, backbones = entry.get("datasets", {}), entry.get("backbones", {})
        check_known(
            f"methods.{name}.datasets", "dataset among datasets", datasets, sorted(config["datasets"])
        )
        check_known(f"methods.{name}.backbones", "backbone of experiments", backbones, used)
        parameters = entry.get("parameters", {})
        overrides = {"parameters": parameters}
        overrides |= {f"datasets.{key}": block for key, block in datasets.items()}
        overrides |= {f"backbones.{key}": block for key, block in backbones.items()}
        check_parameters(f"methods.{name}", module, set().union(*overrides.values()))
        for place, block in overrides.items():
            check_values(f"methods.{name}.{place}", "methods", module, block, parameters)
        with at_key(f"methods.{name}.choose"):
            _check_grid(entry.get("choose", []))
    _check_labels(config)


def _check_name(name: str, module: str) -> None:
    """Raise `InputError` for an entry of methods whose name says that it is of another method than ``module``.

    Tables and figures take the name's word for what a method is: a control, or a variant of a method of the paper.
    """
    named = method_named(name)
    if named not in (None, module):
        raise InputError(
            f"config key methods.{name}: its name says that it is {named} or a variant of it, and its method is "
            f"{module}: name it {module}_<word>, or begin its name with a word of its own; its label is what is printed"
        )
    if named is None and registry.find("methods", module).tags["control"]:
        raise InputError(
            f"config key methods.{name}: its method {module} is a control, which its name must say: name it "
            f"{module}_<word>; its label is what is printed"
        )


def _check_grid(axes: list[list[dict]]) -> None:
    """Raise `InputError` for a grid that sets ``trainable``, or one parameter on two axes."""
    if any("trainable" in setting for axis in axes for setting in axis):
        raise InputError(
            "trainable decides what a job reads, expected an entry of methods for each of its values"
        )
    check_axes(axes)


def _check_labels(config: dict) -> None:
    """Raise `InputError` for two methods with one display name, whose rows nobody could distinguish."""
    labels = {name: label_of(config, name) for name in config["methods"]}
    counts = Counter(labels.values())
    # what a config or a module from outside has called so comes before what the project itself calls so
    named = [
        name for name in labels if name != method_module(config, name) or "label" in config["methods"][name]
    ]
    outside = [
        name for name in labels if registry.find("methods", method_module(config, name)).place is not None
    ]
    for name in (*named, *outside):
        if counts[labels[name]] > 1:
            others = [other for other in labels if labels[other] == labels[name] and other != name]
            raise InputError(
                f"config key methods.{name}: it is called {labels[name]!r} as {', '.join(others)} is, expected a label "
                "of its own"
            )


def _check_comparison(config: dict) -> None:
    """Raise `InputError` for a reference that is not run, or not at the code length of the verdicts.

    The default one may be no method of the config, which then has no comparison.
    """
    reference, bits = config["comparison"]["reference"], config["comparison"]["bits"]
    lengths = code_lengths(config, reference)
    if reference != "mgah":
        check_known("comparison.reference", "method", [reference], sorted(config["methods"]))
        if not lengths:
            raise InputError(
                f"config key comparison.reference: no experiment runs {reference}, expected a method that one does"
            )
    what = f"{LENGTHS} with {reference}" if lengths else LENGTHS
    check_among("comparison.bits", [bits], what, lengths or code_lengths(config))
