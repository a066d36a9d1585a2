"""Finds class names among the names that a source has."""

import re
from collections.abc import Sequence

from mgah.errors import InputError


def words(name: str) -> list[str]:
    """Split a class name into its words, which ``_``, ``+`` or spaces separate.

    Examples:
        >>> words("polar+bear")
        ['polar', 'bear']
    """
    return [word for word in re.split(r"[_+\s]+", name) if word]


def rows_of(classes: Sequence[str], names: Sequence[str], place: str) -> list[int]:
    """The index of the row of each class in a table whose rows are called ``names``.

    Names are compared by their words in lower case, so that ``Polar bear`` finds ``polar+bear``. ``place`` names the
    table in the `InputError` about classes without a row.

    Examples:
        >>> rows_of(["cat"], ["dog", "cat"], "classes.txt")
        [1]
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
