"""Which cells the figures of single images show: similarity graphs, confusions and galleries. Light to import."""

import hashlib

from mgah.errors import InputError
from mgah.report.style import headline_bits
from workflow.settings import methods_of

_PLACE = ("dataset", "backbone", "semantics")
_GALLERY = {"methods": ["mgah", "itq"], "classes": 2, "queries": 2}


def check(config: dict) -> None:
    """Raise `InputError` where a cell that is to be shown is not among those that are run."""
    figures = set(config["outputs"]["figures"])
    if "graphs" in config or "figure4" in figures:
        graphs(config)
    if "gallery" in config or figures & {"gallery", "confusion"}:
        gallery(config)


def graphs(config: dict) -> dict:
    """The cell whose similarity graphs are shown: dataset, backbone, semantics, split, method, seed, bits.

    Whatever the config leaves open is the first that there is: of its experiments with the method, of its splits.
    """
    given = config.get("graphs", {})
    method = given.get("method", "mgah")
    asked = {key: given[key] for key in _PLACE if key in given}
    fitting = [
        experiment
        for experiment in config["experiments"]
        if method in methods_of(config, experiment) and asked.items() <= experiment.items()
    ]
    if not fitting or config["methods"][method].get("method", method) != "mgah":
        raise InputError(
            f"config key graphs: no experiment with {asked or 'any dataset'} runs {method!r} as MGAH; name one that "
            "does"
        )
    splits = config["datasets"][fitting[0]["dataset"]]["splits"]
    split = given.get("split", splits[0])
    if split not in splits:
        raise InputError(f"config key graphs.split: {split!r} is not among {splits}")
    place = {key: fitting[0][key] for key in _PLACE}
    return place | {
        "split": split,
        "method": method,
        "seed": config["seeds"][0],
        "bits": _bits(config, "graphs"),
    }


def gallery(config: dict) -> dict:
    """What galleries and confusions show: methods, bits, classes, queries, and the experiments that have it all."""
    given = _GALLERY | config.get("gallery", {})
    datasets = given.get("datasets", list(config["datasets"]))
    experiments = [
        {key: experiment[key] for key in _PLACE}
        for experiment in config["experiments"]
        if experiment["dataset"] in datasets and set(given["methods"]) <= set(methods_of(config, experiment))
    ]
    missing = set(datasets) - {experiment["dataset"] for experiment in experiments}
    if missing and ("datasets" in given or not experiments):
        raise InputError(
            f"config key gallery: no experiment of {', '.join(sorted(missing))} runs all of {given['methods']}; "
            "name datasets and methods that do"
        )
    return given | {"bits": _bits(config, "gallery"), "experiments": experiments}


def drawn_splits(config: dict, dataset: str) -> list[str]:
    """Splits of ``dataset`` that give queries to the gallery: as many as it shows classes, by the seed."""

    def digest(split: str) -> str:
        return hashlib.sha256(f"{config['seeds'][0]} gallery {dataset} {split}".encode()).hexdigest()

    return sorted(config["datasets"][dataset]["splits"], key=digest)[: gallery(config)["classes"]]


def _bits(config: dict, key: str) -> int:
    """The code length that ``key`` gives, or that nearest to the headline."""
    bits = config.get(key, {}).get("bits", headline_bits(config["bits"]))
    if bits not in config["bits"]:
        raise InputError(f"config key {key}.bits: {bits} is not among {config['bits']}")
    return bits
