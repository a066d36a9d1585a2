"""Checks that several blocks of a config share: a name that is known, parameters that a method takes."""

from collections.abc import Iterable

from mgah import registry
from mgah.errors import InputError

#: Constructor parameters of methods that a run fills in itself, and what a config says instead.
_OF_THE_RUN = {
    "n_bits": "the key bits",
    "random_state": "the key seeds",
    "network": "the experiment's backbone, which trainable: tail or all trains",
    "network_options": "backbones.<name>.options of the experiment's backbone",
    "weights": "backbones.<name>.weights of the experiment's backbone",
}


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
    if reserved := sorted(given & _OF_THE_RUN.keys()):
        raise InputError(
            f"config key {place}: {reserved[0]} is no parameter of an entry, expected {_OF_THE_RUN[reserved[0]]}"
        )
    check_options(place, "methods", word, given)


def check_options(place: str, kind: str, word: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the component ``word`` of ``kind`` takes all options ``given`` in the config."""
    try:
        registry.check_options(kind, word, given)
    except InputError as error:
        raise InputError(f"config key {place}: {error}") from error
