"""Checks that several blocks of a config share: a name that is known, parameters that a method takes."""

from collections.abc import Iterable

from mgah import registry
from mgah.errors import InputError


def check_known(place: str, what: str, names: Iterable[str], known: list[str]) -> None:
    """Raise `InputError` for the first of ``names``, a ``what`` in the config at ``place``, that is not known."""
    for name in names:
        if name not in known:
            raise InputError(
                f"config key {place}: there is no {what} {name!r}, expected one of {', '.join(known)}"
            )


def check_components(place: str, kind: str, words: Iterable[str]) -> None:
    """Raise `InputError` for the first of ``words`` in the config at ``place`` that is no component of ``kind``."""
    for word in words:
        check_options(place, kind, word, ())


def check_parameters(place: str, word: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the method module ``word`` takes all of the parameters ``given`` from a config."""
    given = set(given)
    if reserved := given & {"n_bits", "random_state"}:
        raise InputError(f"config key {place}: {sorted(reserved)} come from bits and seeds, not from here")
    check_options(place, "methods", word, given)


def check_options(place: str, kind: str, word: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the component ``word`` of ``kind`` takes all options ``given`` in the config."""
    try:
        registry.check_options(kind, word, given)
    except InputError as error:
        raise InputError(f"config key {place}: {error}") from error
