"""Checks of the words of a config: one line each, no name longer than a file's, letters that figures can draw."""

import unicodedata
from collections.abc import Iterator

from mgah.errors import InputError
from mgah.report.fonts import FAMILY, INSTALL, without_font

#: Figures that show names of classes; captions show those of splits alone.
_OF_CLASSES = ("confusion", "figure4", "figure6", "gallery")
#: Bytes of a name that files have: file systems take 255, and an ending comes after it.
_LONGEST = 200


def check_texts(config: dict) -> None:
    """Raise `InputError` for a text that cannot stand in every output, or a name that cannot be that of a file.

    A line break would end a row of a table, and is in no file's name by intent, so no text of a config may have one.
    """
    for place, text in _texts(config, ()):
        if found := [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")]:
            raise InputError(
                f"config key {place}: {text!r} has {found[0]!r}, expected one line of text without control characters"
            )
    for place, name in _names(config):
        if len(name.encode()) > _LONGEST:
            raise InputError(
                f"config key {place}: {name[:20]!r}... has {len(name.encode())} bytes, expected {_LONGEST} at most, as "
                "files have its name"
            )
    for place, label in _shown(config):
        if not label.strip() or label.startswith("_"):
            raise InputError(
                f"config key {place}: {label!r} is no name that a legend shows, expected one that begins with another "
                "character"
            )
    if config["outputs"]["figures"]:
        _check_letters([*_shown(config), *_splits(config)])


def figures_of_classes(config: dict) -> list[str]:
    """Return the figures of ``config`` that show names of classes, which are not known before a dataset is read.

    Examples:
        >>> figures_of_classes({"outputs": {"figures": ["figure3", "gallery"]}})
        ['gallery']
    """
    return [name for name in config["outputs"]["figures"] if name in _OF_CLASSES]


def _check_letters(shown: list[tuple[str, str]]) -> None:
    """Raise `InputError` for texts with letters that no font has, all in one sentence."""
    missing = {(place, text): without_font(text) for place, text in shown}
    if told := [
        f"{letters!r} of {text!r} ({place})" for (place, text), letters in missing.items() if letters
    ]:
        place = next(place for (place, _), letters in missing.items() if letters)
        raise InputError(
            f"config key {place}: figures cannot show {', '.join(told)}, which {FAMILY} and the installed fonts "
            f"lack: {INSTALL}, write another text, or ask for no figures"
        )


def _texts(value: object, place: tuple) -> Iterator[tuple[str, str]]:
    """Keys and texts of ``value`` at ``place`` of the config, each with its place."""
    if isinstance(value, str):
        yield ".".join(map(str, place)), value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts(key, place)
            yield from _texts(part, (*place, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _texts(part, (*place, number))


def _names(config: dict) -> Iterator[tuple[str, str]]:
    """Names that become those of files and folders."""
    yield "name", config["name"]
    for key in ("datasets", "backbones", "methods", "pretraining", "sweeps"):
        yield from ((key, name) for name in config.get(key, {}))
    yield from (("ablation.variants", name) for name in (config.get("ablation") or {}).get("variants") or {})
    for name, block in config["datasets"].items():
        yield from ((f"datasets.{name}.semantics", semantics) for semantics in block["semantics"])
    yield from _splits(config)


def _splits(config: dict) -> Iterator[tuple[str, str]]:
    """Names of splits, which captions show."""
    for name, block in config["datasets"].items():
        yield from ((f"datasets.{name}.splits", split) for split in block.get("splits", []))


def _shown(config: dict) -> Iterator[tuple[str, str]]:
    """The words of a user's own that figures and tables show."""
    blocks = {f"methods.{name}": entry for name, entry in config["methods"].items()}
    variants = (config.get("ablation") or {}).get("variants") or {}
    blocks |= {f"ablation.variants.{name}": entry for name, entry in variants.items()}
    yield from (
        (f"{place}.label", block["label"]) for place, block in blocks.items() if "label" in (block or {})
    )
    contrasts = enumerate(config.get("contrasts", []))
    yield from ((f"contrasts.{number}.part", contrast["part"]) for number, contrast in contrasts)
