"""Finds class names among the names that a source has."""

import re
from collections.abc import Sequence

from mgah.errors import InputError
from mgah.io.names import composed
from mgah.near import near


def words(name: str) -> list[str]:
    """Split a class name into its words, which ``_``, ``+`` or spaces separate.

    A letter with an accent is one character, whichever way ``name`` writes it: in names of files on macOS it is two.

    Examples:
        >>> words("polar+bear")
        ['polar', 'bear']
    """
    return [word for word in re.split(r"[_+\s]+", composed(name)) if word]


def rows_of(classes: Sequence[str], names: Sequence[str], place: str) -> list[int]:
    """The index of the row of each class in a table whose rows are called ``names``.

    Names are compared by their words in lower case, so that ``Polar bear`` finds ``polar+bear``. ``place`` names the
    table in the `InputError` about classes without a row, or with two.

    Examples:
        >>> rows_of(["cat"], ["dog", "cat"], "classes.txt")
        [1]
    """
    rows: dict[tuple[str, ...], int] = {}
    keys = {name: _key(name) for name in classes}
    for row, name in enumerate(names):
        other = rows.setdefault(_key(name), row)
        if other != row and _key(name) in keys.values():
            raise InputError(
                f"{place} has {names[other]!r} and {name!r}, two spellings of one class: remove the row of one"
            )
    lacking = [name for name, key in keys.items() if key not in rows]
    if lacking:
        raise InputError(
            f"{place} has no row for the {len(lacking)} classes {lacking}: it has {list(names)}; "
            f"add a row for each, or use a source that knows them{near(lacking[0], names)}"
        )
    spellings: dict[tuple[str, ...], str] = {}
    for name, key in keys.items():
        if spellings.setdefault(key, name) != name:
            raise InputError(
                f"the classes {spellings[key]!r} and {name!r} are two spellings of one row of {place}: give one of "
                "them another name, or a row of its own"
            )
    return [rows[key] for key in keys.values()]


def _key(name: str) -> tuple[str, ...]:
    return tuple(words(name.lower()))
