"""The studies of a config: a method and variants of it, which are the method with parameters changed.

The variants of an ablation are listed in the config and fitted as any method is. Each variant of a sweep has one
parameter, or one of `SIZES`, at another value. The scores of both are in tables of their own. A choice of
hyper-parameters tries candidates out of a grid on the seen classes of each split, before the method is fitted there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mgah.errors import InputError
from mgah.report.paper.variants import TABLE3
from mgah.report.style import headline_bits
from mgah.training.grid import other_settings
from workflow.checks import check_known, check_parameters, check_values
from workflow.components import is_chosen, label_of, method_entry, method_module
from workflow.experiments import code_lengths, methods_of, setting_of, setting_words, settings_of, splits_of
from workflow.split_checks import seen_count

#: What a sweep may vary besides the parameters of its method: number of training images, and code length.
SIZES = ("training", "bits")


@dataclass(frozen=True)
class Variant:
    """A method with some ``parameters``, or some ``sizes`` of `SIZES`, changed by the config key ``key``."""

    key: str
    parameters: Mapping[str, object]
    sizes: Mapping[str, object]


@dataclass(frozen=True)
class Study:
    """A method and variants of it.

    Attributes:
        key: config key of the study.
        method: name of the method in the config.
        variants: the variants; of a choice, one for each entry of its grid's axes.
        where: by config key, each block of settings, splits and seeds that the variants are fitted in.
    """

    key: str
    method: str
    variants: tuple[Variant, ...]
    where: Mapping[str, dict]


def with_studies(config: dict) -> dict:
    """Return ``config`` with all defaults of its studies filled in.

    Raises:
        InputError: for a study of parameters, splits or methods that do not exist.
    """
    variants = TABLE3 if "ablation" in config else {}
    ablation = {"method": None, "variants": variants, "experiments": []} | config.get("ablation", {})
    experiments = [{"bits": config["bits"]} | _with_runs(config, block) for block in ablation["experiments"]]
    alone = {"bits": [headline_bits(code_lengths(config))]}
    sweeps = {name: alone | _with_runs(config, block) for name, block in config.get("sweeps", {}).items()}
    config = config | {"ablation": ablation | {"experiments": experiments}, "sweeps": sweeps}
    for study in studies_of(config):
        _check(config, study)
    _check_names(config)
    return config


def studies_of(config: dict) -> Iterator[Study]:
    """Yield the studies of a config with all defaults: the ablation, if there is one, the sweeps and the choices."""
    ablation = config["ablation"]
    if ablation["method"]:
        changes = {name: variant["parameters"] for name, variant in ablation["variants"].items()}
        named = tuple(Variant(f"ablation.variants.{name}", change, {}) for name, change in changes.items())
        where = {
            f"ablation.experiments.{place}": block for place, block in enumerate(ablation["experiments"])
        }
        yield Study("ablation", ablation["method"], named, where)
    for name, sweep in config["sweeps"].items():
        key = f"sweeps.{name}"
        variants = tuple(
            Variant(
                f"{key}.vary", *(({}, {parameter: value}) if parameter in SIZES else ({parameter: value}, {}))
            )
            for parameter, values in sweep["vary"].items()
            for value in values
        )
        yield Study(key, sweep["method"], variants, {key: sweep})
    yield from choices(config)


def choices(config: dict) -> Iterator[Study]:
    """Yield the choice of hyper-parameters of each method that has parameters to choose."""
    for name, entry in config["methods"].items():
        if "choose" not in entry:
            continue
        key = f"methods.{name}.choose"
        grid = tuple(
            Variant(f"{key}.{axis}.{place}", setting, {})
            for axis, settings in enumerate(entry["choose"])
            for place, setting in enumerate(settings)
        )
        seeds = [config["split_seed"]]
        where = {
            setting_words(setting): setting | {"splits": splits_of(config, setting, name), "seeds": seeds}
            for setting in settings_of(config)
            if name in methods_of(config, setting)
        }
        yield Study(key, name, grid, where)


def tried_parameters(config: dict, place: Mapping[str, str]) -> list[dict]:
    """Return the parameters of every setting that a job's method may be fitted with, those of its default first.

    Without a grid there are no others. Settings are compared by what the config gives: one that differs from the
    default in a parameter that only the method's class gives, and has the same value, is listed as well.

    Args:
        config: the configuration.
        place: dataset, backbone and method of the job.
    """
    given = method_entry(config, place["method"], place["dataset"], place["backbone"])["parameters"]
    axes = config["methods"].get(place["method"], {}).get("choose")
    others = other_settings(axes, lambda changed: given | changed) if axes else []
    return [given, *(given | changed for changed in others)]


def defaults(config: dict) -> dict[str, str]:
    """Return the method with the default setting of each choice, by ``<dataset>/<backbone>/<semantics>/<method>``.

    It is the first one in the setting of the same class with the same parameters for which nothing is chosen; a choice
    without one is left out.
    """
    found = {}
    for study in choices(config):
        for block in study.where.values():
            place = setting_of(block)
            wanted = _fitted(config, study.method, place)
            same = [
                name
                for name in methods_of(config, place)
                if not is_chosen(config, name) and _fitted(config, name, place) == wanted
            ]
            if same:
                found["/".join([*place.values(), study.method])] = same[0]
    return found


def _fitted(config: dict, name: str, place: Mapping[str, str]) -> tuple[str, dict]:
    """What the method ``name`` fits in the setting ``place``: its name in the registry and its parameters."""
    entry = method_entry(config, name, place["dataset"], place["backbone"])
    return entry["method"], entry["parameters"]


def ablated_methods(config: dict) -> list[str]:
    """Return the names in the config of the ablated method and its variants; none without an ablation."""
    ablation = config["ablation"]
    return [ablation["method"], *ablation["variants"]] if ablation["method"] else []


def ablation_block(config: dict, setting: Mapping[str, str]) -> dict:
    """Return the block of the ablation's experiments in a setting: there is one in each that the ablation names."""
    (block,) = [e for e in config["ablation"]["experiments"] if setting_of(e) == setting_of(setting)]
    return block


def _with_runs(config: dict, block: dict) -> dict:
    """A block with its splits and seeds filled in: by default all splits of its dataset, and the config's seeds."""
    splits = config["datasets"].get(block["dataset"], {}).get("splits", [])
    return {"splits": splits, "seeds": config["seeds"]} | block


def _check(config: dict, study: Study) -> None:
    """Raise `InputError` unless the study changes parameters that its method has, on splits of the experiments."""
    for place, block in study.where.items():
        _check_place(config, place, block)
    method = _check_method(config, study)
    if study.key == "ablation" and method != "mgah" and config["ablation"]["variants"] == TABLE3:
        raise InputError(
            f"config key ablation: its method {study.method} is not MGAH, whose variants are the default ones: give it "
            "variants"
        )
    for variant in study.variants:
        check_parameters(variant.key, method, variant.parameters)
        check_values(
            variant.key,
            "methods",
            method,
            variant.parameters,
            config["methods"][study.method].get("parameters"),
        )
        for block in study.where.values():
            _check_sizes(config, variant, block)


def _check_sizes(config: dict, variant: Variant, block: dict) -> None:
    seen = [seen_count(config, block["dataset"], split) or 1 for split in block["splits"]]
    limits = {"training": (max(seen), config["datasets"][block["dataset"]]["training"]), "bits": (1, 512)}
    for name, value in variant.sizes.items():
        least, most = limits[name]
        if not isinstance(value, int) or not least <= value <= most:
            raise InputError(
                f"config key {variant.key}.{name}: got {value}, expected integers from {least} to {most}, "
                f"{_LIMITS[name]}"
            )


def _check_names(config: dict) -> None:
    """Raise `InputError` for variants of the ablation with others' names or labels, or experiments that overlap."""
    ablation = config["ablation"]
    labels = [label_of(config, ablation["method"])] if ablation["method"] else []
    for name, variant in ablation["variants"].items():
        if name in config["methods"]:
            raise InputError(
                f"config key ablation.variants.{name}: methods has {name!r} as well, expected another name"
            )
        if variant["label"] in labels:
            raise InputError(
                f"config key ablation.variants.{name}: it is called {variant['label']!r} as its method or another "
                "variant is, expected a label of its own"
            )
        labels.append(variant["label"])
    places = [setting_of(block) for block in ablation["experiments"]]
    if any(place in places[:number] for number, place in enumerate(places)):
        raise InputError(
            "config key ablation.experiments: a (dataset, backbone, semantics) stands there twice"
        )


_LIMITS = {
    "training": "an image of each seen class and all training images of a split of the dataset",
    "bits": "the longest code length",
}


def _check_method(config: dict, study: Study) -> str:
    """Name in the registry of the study's method; `InputError` where another study chooses its parameters."""
    name = study.method
    check_known(study.key, "method among methods", [name], sorted(config["methods"]))
    if "choose" in config["methods"][name] and study not in choices(config):
        raise InputError(
            f"config key {study.key}: parameters of {name} are chosen on each split, expected a method without choose"
        )
    return method_module(config, name)


def _check_place(config: dict, place: str, block: dict) -> None:
    """Raise `InputError` unless ``block`` is in a setting of the experiments and on splits of its dataset."""
    wanted, settings = setting_of(block), settings_of(config)
    if wanted not in settings:
        raise InputError(
            f"config key {place}: {setting_words(wanted)} is the setting of no experiment, expected one of "
            f"{', '.join(map(setting_words, settings))}"
        )
    check_known(
        f"{place}.splits",
        f"split of {block['dataset']}",
        block["splits"],
        config["datasets"][block["dataset"]]["splits"],
    )
