"""The classes of a dataset, as the stages that need no images see them."""

import re
from collections.abc import Sequence
from pathlib import Path

from mgah.errors import InputError
from mgah.files import read_json


def read_classes(card: Path | str) -> tuple[list[str], dict[str, str | None]]:
    """Class names in class-id order, and the WordNet noun id of each or None, from a dataset's card.

    The card is the data stage's ``dataset.json``; ``synsets`` may be null or lack classes.
    """
    content = read_json(card)
    classes, synsets = content.get("classes"), content.get("synsets") or {}
    if not isinstance(classes, list) or not classes or not all(isinstance(name, str) for name in classes):
        raise InputError(f"dataset card {card} has no list of class names: remove it and run again")
    if not isinstance(synsets, dict) or not set(synsets) <= set(classes):
        raise InputError(f"dataset card {card} has synsets that fit no class: remove it and run again")
    return classes, {name: synsets.get(name) for name in classes}


def words(name: str) -> list[str]:
    """The words of a class name; ``_``, ``+`` and spaces all separate words."""
    return [word for word in re.split(r"[_+\s]+", name) if word]


def rows_of(classes: Sequence[str], names: Sequence[str], place: str) -> list[int]:
    """Row of every class in a table with the rows ``names``; one `InputError` names all that lack one.

    Names are compared by their words in lower case, so that ``Polar bear`` finds ``polar+bear``.
    """
    rows = {tuple(words(name.lower())): row for row, name in enumerate(names)}
    keys = {name: tuple(words(name.lower())) for name in classes}
    lacking = [name for name, key in keys.items() if key not in rows]
    if lacking:
        raise InputError(
            f"{place} has no row for the {len(lacking)} classes {lacking}: it has {list(names)}; "
            "use a source that knows these classes"
        )
    return [rows[key] for key in keys.values()]
