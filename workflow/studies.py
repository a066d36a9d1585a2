"""The studies of a config: the ablation, one method and variants of it, and the sweeps of a method's parameters."""

from mgah.errors import InputError
from mgah.report.paper.variants import TABLE3
from workflow.checks import check_known, check_parameters

#: What a sweep varies besides the parameters of its method: training images and code length.
SIZES = ("training", "bits")
_PLACE = ("dataset", "backbone", "semantics")


def with_studies(config: dict) -> dict:
    """``config`` with all defaults of its studies filled in; an `InputError` names the first fault of a bad one."""
    variants = TABLE3 if "ablation" in config else {}
    ablation = {"method": None, "variants": variants, "experiments": []} | config.get("ablation", {})
    experiments = [_with_runs(config, block) for block in ablation["experiments"]]
    sweeps = {
        name: {"bits": [32]} | _with_runs(config, block) for name, block in config.get("sweeps", {}).items()
    }
    config = config | {"ablation": ablation | {"experiments": experiments}, "sweeps": sweeps}
    if ablation["method"]:
        _check_ablation(config)
    for name in sweeps:
        _check_sweep(config, name)
    return config


def ablated_methods(config: dict) -> list[str]:
    """Config words of the ablated method and its variants, none where there is no ablation."""
    ablation = config["ablation"]
    return [ablation["method"], *ablation["variants"]] if ablation["method"] else []


def sweeps_of(config: dict, sizes: bool) -> list[str]:
    """Names of the sweeps that vary `SIZES`, or of those that vary parameters of their method."""
    return [
        name
        for name, sweep in config["sweeps"].items()
        if any((parameter in SIZES) == sizes for parameter in sweep["vary"])
    ]


def _with_runs(config: dict, block: dict) -> dict:
    """A block with ``splits``, all of its dataset where it names none, and ``seeds``, those of the config."""
    splits = config["datasets"].get(block["dataset"], {}).get("splits", [])
    return {"splits": splits, "seeds": config["seeds"]} | block


def _check_ablation(config: dict) -> None:
    ablation = config["ablation"]
    word = _check_method(config, "ablation", ablation["method"])
    for name, variant in ablation["variants"].items():
        if name in config["methods"]:
            raise InputError(
                f"config key ablation.variants.{name}: methods has {name!r} as well, expected another name"
            )
        check_parameters(f"ablation.variants.{name}", word, variant["parameters"])
    for number, block in enumerate(ablation["experiments"]):
        _check_place(config, f"ablation.experiments.{number}", block)
    places = [tuple(block[key] for key in _PLACE) for block in ablation["experiments"]]
    if len(set(places)) < len(places):
        raise InputError(
            "config key ablation.experiments: a (dataset, backbone, semantics) stands there twice"
        )


def _check_sweep(config: dict, name: str) -> None:
    place, sweep = f"sweeps.{name}", config["sweeps"][name]
    _check_place(config, place, sweep)
    word = _check_method(config, place, sweep["method"])
    check_parameters(f"{place}.vary", word, set(sweep["vary"]) - set(SIZES))
    limits = {"training": config["datasets"][sweep["dataset"]]["training"], "bits": 512}
    for parameter in set(SIZES) & set(sweep["vary"]):
        for value in sweep["vary"][parameter]:
            if not isinstance(value, int) or not 1 <= value <= limits[parameter]:
                raise InputError(
                    f"config key {place}.vary.{parameter}: got {value}, expected integers from 1 to "
                    f"{limits[parameter]}, {_LIMITS[parameter]}"
                )


_LIMITS = {"training": "the training images of a split of the dataset", "bits": "the longest code length"}


def _check_method(config: dict, place: str, name: str) -> str:
    """The module word of the method ``name``, one that a study can change."""
    check_known(place, "method among methods", [name], sorted(config["methods"]))
    word = config["methods"][name].get("method", name)
    if "choose" in config["methods"][name]:
        raise InputError(
            f"config key {place}: parameters of {name} are chosen on each split, expected a method without choose"
        )
    return word


def _check_place(config: dict, place: str, block: dict) -> None:
    """A study lies in one of the experiments and on splits of its dataset."""
    wanted = [block[key] for key in _PLACE]
    experiments = [[experiment[key] for key in _PLACE] for experiment in config["experiments"]]
    if wanted not in experiments:
        raise InputError(
            f"config key {place}: {' / '.join(wanted)} is none of the experiments, expected one of "
            f"{', '.join(' / '.join(experiment) for experiment in experiments)}"
        )
    check_known(
        f"{place}.splits",
        f"split of {block['dataset']}",
        block["splits"],
        config["datasets"][block["dataset"]]["splits"],
    )
