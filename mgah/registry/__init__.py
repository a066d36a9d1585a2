"""Which datasets, backbones, sources of class semantics, methods and outputs there are, and what they take.

A component is a public module of its kind's package (`mgah.registry.kinds`) that defines one class on the kind's base
class with all of its methods, or, for an output, a function ``build`` or ``draw``. Its word is the module's name; a
module whose name has a leading underscore is a shared part. Modules outside the project count as well
(`mgah.registry.outside`).

Everything but `load` and `build` reads sources and imports none: a dry run needs neither NumPy nor torch.
"""

import importlib
from collections.abc import Iterable
from typing import Any

from mgah.errors import InputError
from mgah.registry.components import Component, components_of, faults_outside
from mgah.registry.kinds import KINDS
from mgah.registry.outside import VARIABLE, absolute, joined

__all__ = [
    "KINDS",
    "VARIABLE",
    "Component",
    "absolute",
    "build",
    "check_options",
    "faults",
    "find",
    "joined",
    "load",
    "names",
]

#: Kinds whose classes know their word, as ``name``: that of their module, whatever they or their bases say.
_NAMED = ("datasets", "backbones")


def names(kind: str) -> list[str]:
    """The words of all components of ``kind``, a key of `KINDS`, sorted."""
    return list(components_of(kind))


def faults() -> dict[str, str]:
    """What is wrong with each module from outside that cannot be used, one sentence, by the file or dotted name."""
    return {place.target: fault for place, fault in faults_outside().items()}


def find(kind: str, word: str) -> Component:
    """The component ``word`` of ``kind``.

    Raises:
        InputError: where there is none; the sentence says why, if a module from outside should define it.
    """
    known = components_of(kind)
    if word in known:
        return known[word]
    for place, fault in faults_outside().items():
        if place.word == word and place.kind in ("", kind):
            raise InputError(fault)
    expected = ", ".join(known) or "none, there are none"
    raise InputError(f"there is no {KINDS[kind].singular} {word!r}: expected one of {expected}")


def load(kind: str, word: str) -> Any:
    """Import the class (of an output, the function) of a component.

    Raises:
        InputError: for an unknown word, or a module from outside that cannot be imported.
    """
    component = find(kind, word)
    module = component.place.load() if component.place else importlib.import_module(component.module)
    made = getattr(module, component.attribute)
    if kind in _NAMED:
        made.name = component.word
    return made


def check_options(kind: str, word: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the component takes all of the options ``given``."""
    known, what = find(kind, word).parameters, KINDS[kind]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(
            f"{what.singular} {word} has no {what.options} {', '.join(map(repr, unknown))}: its {what.options}s are "
            f"{', '.join(known) or 'none'}"
        )


def build(kind: str, word: str, *arguments: object, **options: object):
    """An instance of a component: its class called with ``arguments`` and ``options``.

    Raises:
        InputError: for an unknown word or option, and what the class itself refuses.
    """
    check_options(kind, word, options)
    return load(kind, word)(*arguments, **options)
