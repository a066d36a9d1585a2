"""Checks that several blocks of a config share: a name that is known, parameters that a method takes."""

from collections.abc import Iterable

from mgah.errors import InputError
from mgah.methods.discovery import method_file, method_parameters


def check_known(place: str, what: str, names: Iterable[str], known: list[str]) -> None:
    """Raise `InputError` for the first of ``names``, a ``what`` in the config at ``place``, that is not known."""
    for name in names:
        if name not in known:
            raise InputError(
                f"config key {place}: there is no {what} {name!r}, expected one of {', '.join(known)}"
            )


def check_parameters(place: str, word: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the method module ``word`` takes all of the parameters ``given`` from a config."""
    given, known = set(given), set(method_parameters(word))
    if reserved := given & {"n_bits", "random_state"}:
        raise InputError(f"config key {place}: {sorted(reserved)} come from bits and seeds, not from here")
    if unknown := given - known:
        raise InputError(
            f"config key {place}: {method_file(word).name} takes no parameters {sorted(unknown)}, "
            f"expected among {sorted(known - {'n_bits', 'random_state'})}"
        )
