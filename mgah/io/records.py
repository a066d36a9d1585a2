"""Checks of the fields of records that are read from files: cards, and descriptions inside of other files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mgah.errors import InputError

#: Characters of a value that a sentence shows.
_SHOWN = 80


@dataclass(frozen=True)
class Kind:
    """What a field may hold: in words, and as a question to a value."""

    words: str
    holds: Callable[[object], bool]


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_integer(value: object) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _is_sha256(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch("[0-9a-f]{64}", value))


TEXT = Kind("a text", lambda value: isinstance(value, str))
NAME = Kind("a text that is not empty", lambda value: isinstance(value, str) and bool(value))
TEXT_OR_NULL = Kind("a text or null", lambda value: value is None or isinstance(value, str))
TEXTS = Kind("a list of texts", _is_texts)
TEXTS_OR_NULL = Kind("a list of texts or null", lambda value: value is None or _is_texts(value))
LISTS = Kind(
    "a list of lists", lambda value: isinstance(value, list) and all(isinstance(v, list) for v in value)
)
OBJECTS = Kind(
    "a list of objects", lambda value: isinstance(value, list) and all(isinstance(v, dict) for v in value)
)
OBJECT = Kind("an object", lambda value: isinstance(value, dict))
INTEGER = Kind("an integer from 0 to 2^63 - 1", _is_integer)
SHA256 = Kind("64 hexadecimal digits", _is_sha256)
SHA256_OR_NULL = Kind("64 hexadecimal digits or null", lambda value: value is None or _is_sha256(value))


def shown(value: object, most: int = _SHOWN) -> str:
    """Return how a sentence shows ``value``: as Python writes it, up to ``most`` characters.

    Examples:
        >>> shown("abcdefghi", most=5)
        "'abcd..."
    """
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}..."


def check_fields(
    record: object,
    kinds: Mapping[str, Kind],
    place: str,
    optional: tuple[str, ...] = (),
    again: str = "remove it and run again",
) -> None:
    """Raise `InputError` unless ``record`` holds the fields of ``kinds``, each of its kind; others may be there.

    Args:
        record: the record.
        kinds: what each field may hold.
        place: what the sentence calls the record, with its file.
        optional: fields that may be missing.
        again: what to do, the end of the sentence.

    Examples:
        >>> check_fields({"notes": None}, {"notes": TEXTS}, "card a.json")
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: card a.json has notes None, expected a list of texts: remove it and run again
    """
    if not isinstance(record, Mapping):
        raise InputError(f"{place} is a {type(record).__name__}, expected an object: {again}")
    if missing := [name for name in kinds if name not in record and name not in optional]:
        raise InputError(f"{place} lacks {', '.join(missing)}: {again}")
    for name, kind in kinds.items():
        if name in record and not kind.holds(record[name]):
            raise InputError(f"{place} has {name} {shown(record[name])}, expected {kind.words}: {again}")
