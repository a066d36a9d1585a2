"""Checks that methods can be fitted in the settings that a config runs them in. Light to import."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mgah import registry
from mgah.errors import InputError
from mgah.methods.trained import REPRESENTATIONS
from mgah.training.held_out import held_out_count
from workflow.checks import LENGTHS, at_key, check_among
from workflow.components import (
    backbone_entry,
    dataset_module,
    kept_models,
    method_entry,
    method_module,
    source_of,
)
from workflow.experiments import cells_of, methods_of, setting_words, settings_of
from workflow.split_checks import seen_count
from workflow.studies import ablated_methods, choices


def check_settings(config: dict) -> None:
    """Raise `InputError` for a method that cannot be fitted in a setting of the config, which has all defaults."""
    _check_training(config)
    _check_bits(config)
    _check_selection(config)
    _check_semantics(config)
    _check_models(config)
    _check_kept(config)
    _check_ranks(config)


class _Fits(NamedTuple):
    """The methods and code lengths that a block of the config, at the key ``place``, has fitted in a setting."""

    place: str
    setting: Mapping
    methods: list[str]
    bits: list[int]


def _fits(config: dict) -> Iterator[_Fits]:
    """All that is fitted: by the experiments, by the ablation and by the sweeps."""
    for number, block in enumerate(config["experiments"]):
        yield _Fits(f"experiments.{number}", block, block["methods"], block["bits"])
    for number, block in enumerate(config["ablation"]["experiments"]):
        yield _Fits(f"ablation.experiments.{number}", block, ablated_methods(config), block["bits"])
    for name, block in config["sweeps"].items():
        varied = block["vary"].get("bits", [])
        own = block["bits"] if block["vary"].keys() - {"bits"} else []
        yield _Fits(f"sweeps.{name}", block, [block["method"]], [*varied, *own])


def _check_training(config: dict) -> None:
    """Raise `InputError` for a method that trains the backbone in a setting whose backbone cannot be trained so."""
    for place, setting, methods, _ in _fits(config):
        backbone = backbone_entry(config, setting["backbone"])["backbone"]
        tags: Mapping = registry.find("backbones", backbone).tags
        can = tags.get("trains", ())
        for name in methods:
            entry = method_entry(config, name, setting["dataset"], setting["backbone"])
            trainable = entry["parameters"].get("trainable")
            if trainable in REPRESENTATIONS and trainable not in can:
                key = (
                    f"ablation.variants.{name}"
                    if name in config["ablation"]["variants"]
                    else f"methods.{name}"
                )
                raise InputError(
                    f"config key {key}: trainable is {trainable}, and the backbone {setting['backbone']} of "
                    f"{setting_words(setting)}, where {place} fits it, trains with "
                    f"{' or '.join(can) or 'neither tail nor all'}: give it another there (key backbones of the "
                    "method), or leave the method out there"
                )


def _check_bits(config: dict) -> None:
    """Raise `InputError` for a method with more bits than its features are many, where both are known."""
    for place, setting, methods, bits in _fits(config):
        words = "leave the method out there, or take shorter codes (key bits)"
        _check_length(config, place, setting, methods, max(bits), words)


def _check_length(
    config: dict, place: str, setting: Mapping, methods: Iterable[str], bits: int, otherwise: str
) -> None:
    """Raise `InputError` for methods that cannot have ``bits`` in ``setting``; ``otherwise`` says what to do."""
    backbone = backbone_entry(config, setting["backbone"])["backbone"]
    tags: Mapping = registry.find("backbones", backbone).tags
    width = tags.get("dimension") or bits
    bounded = _with_tag(config, methods, "longest_code", "features")
    if bounded and bits > width:
        raise InputError(
            f"config key {place}: {', '.join(bounded)} at {bits} bits, expected at most {width}, the number of "
            f"features of {setting['backbone']}: {otherwise}"
        )


def _check_selection(config: dict) -> None:
    """Raise `InputError` for trials of a choice that cannot be made where its method is run."""
    bits = config["selection"]["bits"]
    for study in choices(config):
        for setting in study.where.values():
            _check_length(config, "selection.bits", setting, [study.method], bits, "take shorter codes there")
            _check_draws(config, setting)


def _check_draws(config: dict, setting: Mapping) -> None:
    """Raise `InputError` for more classes to hold out than a split has, where that is known before its job."""
    dataset, draws = setting["dataset"], config["selection"]["draws"]
    for split in setting["splits"]:
        seen = seen_count(config, dataset, split)
        if seen is not None:
            with at_key("selection.draws"):
                asked = config["datasets"][dataset].get("pseudo_unseen")
                held_out_count(f"split {split} of {dataset}", seen, draws, asked)


def _check_semantics(config: dict) -> None:
    """Raise `InputError` for methods that use class semantics in a setting that has none."""
    for place, setting, methods, _ in _fits(config):
        source, _ = source_of(config, setting["dataset"], setting["semantics"])
        if not registry.find("semantics", source).tags["empty"]:
            continue
        if using := _with_tag(config, methods, "uses_semantics", True):
            raise InputError(
                f"config key {place}: {', '.join(using)} use class semantics, which the setting "
                f"{setting_words(setting)} lacks: give the dataset a source of them, or name methods that use none"
            )


def _with_tag(config: dict, methods: Iterable[str], tag: str, value: object) -> list[str]:
    """Those of ``methods`` whose class says ``value`` of ``tag``; variants, of their method's class, are left out."""
    own = {name: method_module(config, name) for name in methods if name in config["methods"]}
    return [name for name in own if registry.find("methods", own[name]).tags[tag] == value]


def _check_models(config: dict) -> None:
    """Raise `InputError` where queries shall be ranked by real values and a model that computes them is not kept."""
    if not config["measures"]["asymmetric"]:
        return
    for setting in settings_of(config):
        for method in methods_of(config, setting):
            for _, seed, bits in cells_of(config, setting, method):
                if not kept_models(config, {"method": method, "seed": str(seed)}, [bits]):
                    raise InputError(
                        f"config key keep_models: the model of {method} at {bits} bits with seed {seed} in "
                        f"{setting_words(setting)} is not kept, expected all, as measures.asymmetric computes "
                        "the queries' outputs by them: leave out keep_models, or asymmetric"
                    )


def _check_kept(config: dict) -> None:
    """Raise `InputError` for code lengths and seeds of models to keep that nothing is fitted at."""
    kept, blocks = config["keep_models"], [*config["experiments"], *config["ablation"]["experiments"]]
    for key, what in (("bits", LENGTHS), ("seeds", "seeds of the experiments")):
        known = dict.fromkeys(number for block in blocks for number in block[key])
        check_among(f"keep_models.{key}", kept.get(key, ()), what, known)


def _check_ranks(config: dict) -> None:
    """Raise `InputError` for a k of P@k above the size of a dataset's database, where that is known beforehand."""
    for dataset in dict.fromkeys(setting["dataset"] for setting in settings_of(config)):
        tags: Mapping = registry.find("datasets", dataset_module(config, dataset)).tags
        for rank in config["measures"]["precision_ranks"] if tags["n_images"] else ():
            most = tags["n_images"] - config["datasets"][dataset]["queries"]
            if rank > most:
                raise InputError(
                    f"config key measures.precision_ranks: got {rank:,}, expected at most {most:,}, the images of "
                    f"{dataset} that are searched, all but its queries"
                )
