"""Which cells the figures of similarity graphs, confusions and galleries show. Light to import."""

import hashlib

from mgah.errors import InputError
from mgah.report.style import headline_bits
from workflow.components import method_module
from workflow.experiments import SETTING, cells_of, methods_of, settings_of

_GALLERY = {"methods": ["mgah", "itq"], "classes": 2, "queries": 2}


def check(config: dict) -> None:
    """Raise `InputError` where the config asks for a cell that no experiment runs."""
    figures = set(config["outputs"]["figures"])
    if "graphs" in config or "figure4" in figures:
        graphs(config)
    if "gallery" in config or figures & {"gallery", "confusion"}:
        gallery(config)


def has_graphs(config: dict) -> bool:
    """Whether there are similarity graphs to show; an `InputError` where the config asks for some that are not run."""
    try:
        graphs(config)
    except InputError:
        if "graphs" in config:
            raise
        return False
    return True


def graphs(config: dict) -> dict:
    """Return the cell whose similarity graphs are shown: dataset, backbone, semantics, split, method, seed and bits.

    What the config leaves open is the first setting that runs the method, and that setting's first split.
    """
    given = config.get("graphs", {})
    method, bits = given.get("method", "mgah"), _bits(config, "graphs")
    asked = {key: given[key] for key in SETTING if key in given}
    fitting = [
        setting
        for setting in settings_of(config)
        if method in methods_of(config, setting) and asked.items() <= setting.items()
    ]
    if not fitting or method_module(config, method) != "mgah":
        raise InputError(
            f"config key graphs: no experiment with {asked or 'any dataset'} runs {method!r} as MGAH; name one that "
            "does"
        )
    setting = fitting[0]
    runs = [(split, seed) for split, seed, length in _cells(config, setting, method) if length == bits]
    splits = list(dict.fromkeys(split for split, _ in runs))
    split = given.get("split", splits[0] if splits else "")
    if split not in splits:
        raise InputError(
            f"config key graphs.split: {split!r} is not among {splits}, on which {method} has {bits} bits"
        )
    return setting | {"split": split, "method": method, "seed": dict(reversed(runs))[split], "bits": bits}


def gallery(config: dict) -> dict:
    """Return what galleries and confusions show: methods, code length, numbers of classes and queries, and settings.

    The settings are those that run all of the methods.
    """
    given = _GALLERY | config.get("gallery", {})
    datasets, bits = given.get("datasets", list(config["datasets"])), _bits(config, "gallery")
    settings = [
        setting
        for setting in settings_of(config)
        if setting["dataset"] in datasets and shown_splits(config, setting, given["methods"], bits)
    ]
    missing = set(datasets) - {setting["dataset"] for setting in settings}
    if missing and ("datasets" in given or not settings):
        raise InputError(
            f"config key gallery: no experiment of {', '.join(sorted(missing))} runs all of {given['methods']} at "
            f"{bits} bits; name datasets and methods that do"
        )
    return given | {"bits": bits, "settings": settings}


def shown_splits(config: dict, setting: dict, methods: list[str], bits: int) -> list[str]:
    """Return the splits of ``setting`` on which all ``methods`` run at ``bits`` with the config's first seed."""
    seed, splits = config["seeds"][0], config["datasets"][setting["dataset"]]["splits"]
    cells = [set(cells_of(config, setting, method)) for method in methods]
    return [split for split in splits if all((split, seed, bits) in own for own in cells)]


def drawn_splits(config: dict, setting: dict) -> list[str]:
    """Draw the splits whose queries the gallery of ``setting`` shows, as many as it shows classes, by the seed."""
    asked, dataset = gallery(config), setting["dataset"]

    def digest(split: str) -> str:
        return hashlib.sha256(f"{config['seeds'][0]} gallery {dataset} {split}".encode()).hexdigest()

    splits = shown_splits(config, setting, asked["methods"], asked["bits"])
    return sorted(splits, key=digest)[: asked["classes"]]


def _cells(config: dict, setting: dict, method: str) -> list[tuple[str, int, int]]:
    """The cells of a method in the order of the dataset's splits, then of the experiments."""
    splits = config["datasets"][setting["dataset"]]["splits"]
    return sorted(cells_of(config, setting, method), key=lambda cell: splits.index(cell[0]))


def _bits(config: dict, key: str) -> int:
    """The code length that the config key ``key`` gives, or else the one nearest to the headline code length."""
    bits = config.get(key, {}).get("bits", headline_bits(config["bits"]))
    if bits not in config["bits"]:
        raise InputError(f"config key {key}.bits: {bits} is not among {config['bits']}")
    return bits
