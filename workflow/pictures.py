"""Which cells the figures of similarity graphs, confusions and galleries show. Light to import."""

import hashlib

from mgah import registry
from mgah.errors import InputError
from mgah.report.style import headline_bits
from mgah.tables.keys import SETTING
from workflow.checks import LENGTHS, check_among, check_known
from workflow.components import backbone_entry, method_module
from workflow.experiments import cells_of, code_lengths, methods_of, setting_of, settings_of
from workflow.fingerprint import imports

_GALLERY = {"methods": ["mgah", "itq"], "classes": 2, "queries": 2}


def check(config: dict) -> None:
    """Raise `InputError` where the config asks for a cell that no experiment runs, or for images that there are not."""
    if "graphs" in config or "figure4" in config["outputs"]["figures"]:
        graphs(config)
    if "gallery" in config or tables_read(config) & {"gallery", "thumbnails", "confusion"}:
        shown = gallery(config)["settings"]
        if tables_read(config) & {"gallery", "thumbnails"}:
            _check_images(config, shown)


def tables_read(config: dict) -> set[str]:
    """Return the names of the tidy tables that the config's outputs read (`mgah.report.inputs`)."""
    outputs = [name for names in config["outputs"].values() for name in names]
    return {table for name in outputs for table in registry.find("outputs", name).parameters}


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

    What the config leaves open is the first setting that runs the method so, that setting's first split and seed, and
    of its code lengths the headline one.
    """
    given = config.get("graphs", {})
    for key in SETTING:
        known = dict.fromkeys(setting[key] for setting in settings_of(config))
        check_known(f"graphs.{key}", f"{key} of experiments", _named(given, key), list(known))
    check_known("graphs.method", "method", _named(given, "method"), sorted(config["methods"]))
    method = given.get("method", "mgah")
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
    cells = [
        setting | {"split": split, "method": method, "seed": seed, "bits": bits}
        for setting in fitting
        for split, seed, bits in _cells(config, setting, method)
    ]
    for key in ("split", "bits"):
        cells = _having(cells, key, given)
    first = [cell for cell in cells if setting_of(cell) == setting_of(cells[0])]
    bits = headline_bits(cell["bits"] for cell in first)
    return next(cell for cell in first if cell["bits"] == bits)


def gallery(config: dict) -> dict:
    """Return what galleries and confusions show: methods, code length, numbers of classes and queries, and settings.

    The settings are those that run all of the methods together. A code length that the config leaves open is the
    headline one of those at which they do.
    """
    given = config.get("gallery", {})
    check_known("gallery.datasets", "dataset", given.get("datasets", ()), sorted(config["datasets"]))
    check_known("gallery.methods", "method", given.get("methods", ()), sorted(config["methods"]))
    given = _GALLERY | given
    datasets = given.get("datasets", list(config["datasets"]))
    common = [
        (setting, _common(config, setting, given["methods"]))
        for setting in settings_of(config)
        if setting["dataset"] in datasets
    ]
    lengths = {bits for _, cells in common for *_, bits in cells}
    bits = given.get("bits", headline_bits(lengths or code_lengths(config)))
    check_among("gallery.bits", [bits], LENGTHS, code_lengths(config))
    settings = [setting for setting, cells in common if any(length == bits for *_, length in cells)]
    missing = set(datasets) - {setting["dataset"] for setting in settings}
    if missing and ("datasets" in given or not settings):
        raise InputError(
            f"config key gallery: no experiment of {', '.join(sorted(missing))} runs all of {given['methods']} on one "
            f"split with one seed at {bits} bits; name datasets, methods and bits that do"
        )
    return given | {"bits": bits, "settings": settings}


def shown_seeds(config: dict, setting: dict, methods: list[str], bits: int) -> dict[str, int]:
    """Return the splits of ``setting`` on which all ``methods`` run at ``bits`` with one seed, and the first such seed.

    The config's seeds come before those that experiments have of their own.
    """
    common, found = _common(config, setting, methods), {}
    order = [*config["seeds"], *sorted({seed for _, seed, _ in common})]
    for split in config["datasets"][setting["dataset"]]["splits"]:
        seeds = [seed for seed in order if (split, seed, bits) in common]
        if seeds:
            found[split] = seeds[0]
    return found


def drawn_splits(config: dict, setting: dict) -> list[str]:
    """Draw the splits whose queries the gallery of ``setting`` shows, as many as it shows classes, by the seed."""
    asked, dataset = gallery(config), setting["dataset"]

    def digest(split: str) -> str:
        return hashlib.sha256(f"{config['seeds'][0]} gallery {dataset} {split}".encode()).hexdigest()

    splits = shown_seeds(config, setting, asked["methods"], asked["bits"])
    return sorted(splits, key=digest)[: asked["classes"]]


def _check_images(config: dict, settings: list[dict]) -> None:
    """Raise `InputError` for a dataset among ``settings`` whose items are vectors, by a backbone that takes no images.

    Where a backbone from outside does not tell, the job that draws the gallery refuses it.
    """
    for setting in settings:
        backbone = registry.find("backbones", backbone_entry(config, setting["backbone"])["backbone"])
        if imports(backbone.file, "mgah/backbones/_identity.py"):
            raise InputError(
                f"config key gallery.datasets: {setting['dataset']} has vectors, which {setting['backbone']} takes, "
                "and the figure gallery shows images: name datasets of images alone, or leave the figure out (key "
                "outputs.figures)"
            )


def _named(given: dict, key: str) -> list[str]:
    """The value of ``key``, in a list; none where it is left open."""
    return [given[key]] if key in given else []


def _cells(config: dict, setting: dict, method: str) -> list[tuple[str, int, int]]:
    """The cells of a method in the order of the dataset's splits, then of the experiments."""
    splits = config["datasets"][setting["dataset"]]["splits"]
    return sorted(cells_of(config, setting, method), key=lambda cell: splits.index(cell[0]))


def _common(config: dict, setting: dict, methods: list[str]) -> set[tuple[str, int, int]]:
    """The cells of ``setting`` that all ``methods`` have."""
    return set.intersection(*(set(cells_of(config, setting, method)) for method in methods))


def _having(cells: list[dict], key: str, given: dict) -> list[dict]:
    """Those of ``cells`` with the value of ``key`` that ``given`` asks for, all where it asks for none."""
    there = list(dict.fromkeys(cell[key] for cell in cells))
    if key in given and given[key] not in there:
        raise InputError(
            f"config key graphs.{key}: {given[key]!r} is not among {there}, with which {cells[0]['method']} is run "
            "there: name one of them"
        )
    return [cell for cell in cells if given.get(key, cell[key]) == cell[key]]
