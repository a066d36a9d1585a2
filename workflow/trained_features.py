"""Which fits have their trained networks' features scored, and with which methods. Light to import.

A method that trains the backbone learns features and codes; others that are fitted again on its features tell the two
apart (`mgah.evaluation.trained_features`).
"""

from collections.abc import Mapping
from pathlib import Path

from mgah import registry
from mgah.errors import InputError
from mgah.report.style import headline_bits
from workflow.checks import check_known
from workflow.components import backbone_entry, is_chosen, kept_models, method_entry, trains_backbone
from workflow.experiments import (
    bits_in_experiments,
    cells_of,
    code_lengths,
    methods_of,
    setting_words,
    settings_of,
)

_KEY = "trained_features"
_MODULE = "mgah/evaluation/trained_features.py"


def with_trained_features(config: dict) -> dict:
    """Return ``config``, whose experiments have all defaults, with those of its key ``trained_features`` filled in.

    Raises:
        InputError: for methods that do not exist or do not fit their part, code lengths that a method is not run at,
            or models that are not kept.
    """
    asked = config.get(_KEY, {"methods": [], "refit": []})
    lengths = _lengths(config | {_KEY: asked})
    config = config | {_KEY: {"bits": [headline_bits(lengths)]} | asked}
    _check(config)
    return config


def fits(config: dict) -> list[dict[str, str]]:
    """Return dataset, backbone, semantics, method, split and seed of every fit whose network's features are scored."""
    lengths = set(config[_KEY]["bits"])
    runs = {
        (*setting.values(), method, split, str(seed)): None
        for setting, method in _places(config)
        for split, seed, bits in cells_of(config, setting, method)
        if bits in lengths
    }
    names = ("dataset", "backbone", "semantics", "method", "split", "seed")
    return [dict(zip(names, run, strict=True)) for run in runs]


def scored_bits(config: dict, fit: Mapping[str, str]) -> list[int]:
    """Return the code lengths at which the features of one of the `fits` are scored, ascending."""
    return sorted(bits_in_experiments(config, fit) & set(config[_KEY]["bits"]))


def refits(config: dict, setting: Mapping[str, str]) -> dict[str, dict]:
    """Return the methods that are fitted on the features in ``setting``, by name, as `method_entry` gives them."""
    place = (setting["dataset"], setting["backbone"])
    return {name: method_entry(config, name, *place) for name in config[_KEY]["refit"]}


def modules(config: dict, fit: Mapping[str, str]) -> list[str | Path]:
    """Return the files of the modules that the job of one of the `fits` runs: its own, and those of its methods."""
    place = (fit["dataset"], fit["backbone"])
    backbone = backbone_entry(config, fit["backbone"])["backbone"]
    entries = [method_entry(config, fit["method"], *place), *refits(config, fit).values()]
    files = [registry.find("methods", entry["method"]).file for entry in entries]
    return [_MODULE, *files, registry.find("backbones", backbone).file]


def _places(config: dict) -> list[tuple[dict, str]]:
    """Each setting, and each of the asked methods that trains the backbone there."""
    return [
        (setting, method)
        for setting in settings_of(config)
        for method in methods_of(config, setting)
        if method in config[_KEY]["methods"] and _trains(config, setting, method)
    ]


def _lengths(config: dict) -> list[int]:
    """The code lengths that all asked methods have wherever they train the backbone; if none, all that there are."""
    own = [{bits for *_, bits in cells_of(config, *place)} for place in _places(config)]
    common = set.intersection(*own) if own else set()
    return sorted(common) or code_lengths(config)


def _trains(config: dict, setting: Mapping[str, str], method: str) -> bool:
    return trains_backbone(method_entry(config, method, setting["dataset"], setting["backbone"]))


def _check(config: dict) -> None:
    """Raise `InputError` unless all of the key names methods that fit their part, and models that there will be."""
    asked, known = config[_KEY], sorted(config["methods"])
    for part in ("methods", "refit"):
        check_known(f"{_KEY}.{part}", "method among methods", asked[part], known)
    training = {method for _, method in _places(config)}
    for name in asked["methods"]:
        if name not in training:
            raise InputError(
                f"config key {_KEY}.methods: {name} trains the backbone in no experiment, expected methods with "
                "trainable tail or all: the features of others are those of the backbone"
            )
    for name in asked["refit"]:
        if any(_trains(config, setting, name) for setting in settings_of(config)):
            raise InputError(
                f"config key {_KEY}.refit: {name} trains the backbone, expected methods that take features"
            )
        if is_chosen(config, name):
            raise InputError(
                f"config key {_KEY}.refit: parameters of {name} are chosen on each split, expected a method without "
                "choose"
            )
    for setting, method in _places(config):
        _check_lengths(config, setting, method)
    for fit in fits(config):
        _check_kept(config, fit)


def _check_lengths(config: dict, setting: Mapping[str, str], method: str) -> None:
    run = {bits for *_, bits in cells_of(config, setting, method)}
    if missing := [bits for bits in config[_KEY]["bits"] if bits not in run]:
        raise InputError(
            f"config key {_KEY}.bits: {method} is not run at {missing[0]} bits in {setting_words(setting)}, expected "
            f"among {', '.join(map(str, sorted(run)))}"
        )


def _check_kept(config: dict, fit: Mapping[str, str]) -> None:
    lengths = scored_bits(config, fit)
    if missing := [bits for bits in lengths if bits not in kept_models(config, fit, lengths)]:
        raise InputError(
            f"config key keep_models: the model of {fit['method']} at {missing[0]} bits with seed {fit['seed']} in "
            f"{setting_words(fit)} is not kept, expected all whose features {_KEY} scores: keep it, or leave its "
            "method or its code length out there"
        )
