"""Checks that several blocks of a config share: that a name is known, and that a component takes its parameters."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from mgah import registry
from mgah.errors import InputError
from mgah.limits import hint
from mgah.near import near
from mgah.registry.limits import expected

#: What `check_among` calls the code lengths that there are.
LENGTHS = "code lengths of the experiments"
#: Constructor parameters of methods that a run sets itself, and the config key to use in their stead.
_OF_THE_RUN = {
    "n_bits": "the key bits",
    "random_state": "the key seeds",
    "network": "the experiment's backbone, which trainable: tail or all trains",
    "network_options": "backbones.<name>.options of the experiment's backbone",
    "weights": "backbones.<name>.weights of the experiment's backbone",
}


def check_known(place: str, what: str, names: Iterable[str], known: list[str]) -> None:
    """Raise `InputError` for the first of ``names`` that is not among the ``known`` ones.

    ``place`` is the config key that the names are at, and ``what`` says what they name.
    """
    for name in names:
        if name not in known:
            raise InputError(
                f"config key {place}: there is no {what} {name!r}, expected one of {', '.join(known)}"
                f"{near(name, known)}"
            )


def check_among(place: str, numbers: Iterable[int], what: str, known: Iterable[int]) -> None:
    """Raise `InputError` for the first of ``numbers`` that is not among the ``known`` ones.

    ``place`` is the config key that the numbers are at, and ``what`` says what all of them are, in the plural.
    """
    known = list(known)
    for number in numbers:
        if number not in known:
            raise InputError(f"config key {place}: {number} is not among the {what}, {known}")


def check_components(place: str, kind: str, names: Iterable[str]) -> None:
    """Raise `InputError` for the first of ``names``, at the config key ``place``, that is no component of ``kind``."""
    for name in names:
        check_options(place, kind, name, ())


def check_parameters(place: str, name: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the registry's method ``name`` takes all parameters ``given`` at ``place``."""
    given = set(given)
    if reserved := sorted(given & _OF_THE_RUN.keys()):
        raise InputError(
            f"config key {place}: {reserved[0]} is no parameter of an entry, expected {_OF_THE_RUN[reserved[0]]}"
        )
    check_options(place, "methods", name, given)


def check_values(
    place: str, kind: str, name: str, given: Mapping[str, object], others: Mapping[str, object] | None = None
) -> None:
    """Raise `InputError` for the first value of ``given`` that the component ``name`` of ``kind`` refuses.

    ``others`` are values of parameters that are given elsewhere. Only what the component's source says is checked, so
    that nothing is imported (`mgah.registry.limits`); its names are known.
    """
    for parameter, words in expected(registry.find(kind, name), {**(others or {}), **given}).items():
        if parameter in given:
            value = given[parameter]
            raise InputError(
                f"config key {place}.{parameter}: got {value!r}, expected {words}{hint(value, words)}"
            )


def check_options(place: str, kind: str, name: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the component ``name`` of ``kind`` takes all options ``given`` at ``place``."""
    with at_key(place):
        registry.check_options(kind, name, given)


@contextmanager
def at_key(place: str) -> Iterator[None]:
    """Name the config key ``place`` in an `InputError` of the block."""
    try:
        yield
    except InputError as error:
        raise InputError(f"config key {place}: {error}") from error
