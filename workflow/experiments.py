"""The experiments of a config: which methods, splits, seeds and code lengths are run in which setting.

A setting is a dataset, a backbone and class semantics. Several experiments may lie in one setting, such as all methods
at one code length and some of them at others; what they run together is one line-up. Light to import.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from mgah.errors import InputError
from mgah.evaluation.reference_lines import REFERENCE_LINES
from mgah.tables.keys import SETTING
from workflow.checks import check_known


def setting_of(block: Mapping[str, object]) -> dict:
    """Return the setting (dataset, backbone and semantics) that a block of the config, or a job's wildcards, names."""
    return {key: block[key] for key in SETTING}


def setting_words(block: Mapping[str, object]) -> str:
    """Return what errors call the setting of a block of the config, or of a job's wildcards."""
    return " / ".join(map(str, setting_of(block).values()))


def with_experiments(config: dict) -> dict:
    """Return ``config`` with the methods, splits, seeds, code lengths and reference lines of all experiments filled in.

    Raises:
        InputError: for a name that is not known, or for a cell that two experiments of one setting both run.
    """
    for number, experiment in enumerate(config["experiments"]):
        _check(config, f"experiments.{number}", experiment)
    experiments = [
        {
            "methods": list(config["methods"]),
            "splits": config["datasets"][experiment["dataset"]]["splits"],
            "seeds": config["seeds"],
            "bits": config["bits"],
            "reference_lines": [],
        }
        | experiment
        for experiment in config["experiments"]
    ]
    for (one, first), (other, second) in combinations(enumerate(experiments), 2):
        _check_apart(f"experiments.{other}", f"experiments.{one}", first, second)
    return config | {"experiments": experiments}


def code_lengths(config: dict, method: str | None = None) -> list[int]:
    """Return the code lengths of all experiments, or of those that run ``method``, each once, in their order.

    The experiments may lack their defaults.
    """
    running = [
        e for e in config["experiments"] if method is None or method in e.get("methods", config["methods"])
    ]
    return list(dict.fromkeys(bits for e in running for bits in e.get("bits", config["bits"])))


def settings_of(config: dict) -> list[dict]:
    """Return the settings of all experiments, each once, in the order of the experiments."""
    return list({tuple(setting_of(e).values()): setting_of(e) for e in config["experiments"]}.values())


def in_setting(config: dict, setting: Mapping[str, str]) -> list[dict]:
    """Return the experiments in ``setting``, which may be a job's wildcards."""
    wanted = setting_of(setting).items()
    return [experiment for experiment in config["experiments"] if wanted <= experiment.items()]


def methods_of(config: dict, setting: Mapping[str, str]) -> list[str]:
    """Return the names of the methods that are run in ``setting``, in the order of the config's methods."""
    run = {name for experiment in in_setting(config, setting) for name in experiment["methods"]}
    return [name for name in config["methods"] if name in run]


def reference_lines(config: dict, setting: Mapping[str, str]) -> list[str]:
    """Return the names of the reference lines of ``setting``."""
    lines = {name for experiment in in_setting(config, setting) for name in experiment["reference_lines"]}
    return [name for name in REFERENCE_LINES if name in lines]


def splits_of(config: dict, setting: Mapping[str, str], method: str | None = None) -> list[str]:
    """Return the names of the splits that ``method``, or for None any method, is run on in ``setting``.

    They are in the order in which the config lists the dataset's splits.
    """
    run = {
        split
        for experiment in in_setting(config, setting)
        if method is None or method in experiment["methods"]
        for split in experiment["splits"]
    }
    return [split for split in config["datasets"][setting["dataset"]]["splits"] if split in run]


def cells_of(config: dict, setting: Mapping[str, str], method: str) -> Iterator[tuple[str, int, int]]:
    """Yield split, seed and code length of each cell of ``method`` in ``setting``."""
    for experiment in in_setting(config, setting):
        if method in experiment["methods"]:
            for split in experiment["splits"]:
                for seed in experiment["seeds"]:
                    for bits in experiment["bits"]:
                        yield split, seed, bits


def bits_of_fit(config: dict, fit: Mapping[str, str]) -> list[int]:
    """Return all code lengths of one fit, ascending: those of the experiments and of the ablation.

    Args:
        config: the configuration.
        fit: dataset, backbone, semantics, method, split and seed of the fit.
    """
    place, found = (fit["split"], int(fit["seed"])), bits_in_experiments(config, fit)
    ablation = config["ablation"]
    if fit["method"] in (ablation["method"], *ablation["variants"]):
        for block in ablation["experiments"]:
            if (
                setting_of(block) == setting_of(fit)
                and place[0] in block["splits"]
                and place[1] in block["seeds"]
            ):
                found |= set(block["bits"])
    return sorted(found)


def bits_in_experiments(config: dict, fit: Mapping[str, str]) -> set[int]:
    """Return those code lengths of one fit, named as in `bits_of_fit`, that the experiments ask for."""
    place = {"methods": fit["method"], "splits": fit["split"], "seeds": int(fit["seed"])}
    return {
        bits
        for experiment in in_setting(config, fit)
        if all(value in experiment[key] for key, value in place.items())
        for bits in experiment["bits"]
    }


def _check(config: dict, place: str, experiment: dict) -> None:
    """Raise `InputError` unless the experiment's dataset, semantics, methods, splits and reference lines exist."""
    dataset = experiment["dataset"]
    check_known(place, "dataset", [dataset], sorted(config["datasets"]))
    block = config["datasets"][dataset]
    semantics = f"semantics of {dataset}"
    check_known(place, semantics, [experiment["semantics"]], sorted(block["semantics"]))
    check_known(f"{place}.methods", "method", experiment.get("methods", ()), sorted(config["methods"]))
    splits = f"split of {dataset}"
    check_known(f"{place}.splits", splits, experiment.get("splits", ()), block["splits"])
    lines = experiment.get("reference_lines", ())
    check_known(f"{place}.reference_lines", "reference line", lines, list(REFERENCE_LINES))


def _check_apart(place: str, other: str, first: dict, second: dict) -> None:
    """Raise `InputError` if two experiments of one setting have a cell in common."""
    if setting_of(first) != setting_of(second):
        return
    shared = {
        key: [value for value in first[key] if value in second[key]]
        for key in ("methods", "splits", "seeds", "bits")
    }
    if all(shared.values()):
        raise InputError(
            f"config key {place}: {other} runs {shared['methods'][0]} in the same setting on split "
            f"{shared['splits'][0]} with seed {shared['seeds'][0]} at {shared['bits'][0]} bits as well, expected it in "
            "one of the two"
        )
