"""Which datasets, backbones, sources of class semantics, methods and outputs there are, and what they take.

A component is a public module of its kind's package (`mgah.registry.kinds`) that defines one class on the kind's base
class with all of its methods, or, for an output, a function ``build`` or ``draw``. Its name is the module's; a
module whose name has a leading underscore is a shared part. Modules outside the project count as well
(`mgah.registry.outside`).

Everything but `load` and `build` reads sources and imports none: a dry run needs neither NumPy nor torch.
"""

import importlib
from collections.abc import Iterable
from typing import Any

from mgah.errors import InputError
from mgah.near import near
from mgah.registry.components import Component, check_complete, components_of, faults_outside
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

#: Kinds whose classes have the attribute ``name``, which `load` sets to the component's name.
_NAMED = ("datasets", "backbones")


def names(kind: str) -> list[str]:
    """Return the names of all components of ``kind``, a key of `KINDS`, sorted."""
    return list(components_of(kind))


def faults() -> dict[str, str]:
    """Return, by file or dotted name, one sentence on what is wrong with each module from outside that is broken."""
    return {place.target: fault for place, fault in faults_outside().items()}


def find(kind: str, name: str) -> Component:
    """Return the component ``name`` of ``kind``, without importing it.

    Raises:
        InputError: where there is none; if a module from outside should define it, the sentence says what is wrong.
    """
    known = components_of(kind)
    if name in known:
        return known[name]
    for place, fault in faults_outside().items():
        if place.component == name and place.kind in ("", kind):
            raise InputError(fault)
    check_complete(KINDS[kind], name)
    expected = ", ".join(known) or "none, there are none"
    own = f", or one of your own, whose file is named under modules in a config or in {VARIABLE}"
    raise InputError(
        f"there is no {KINDS[kind].singular} {name!r}: expected one of {expected}{own}{near(name, known)}"
    )


def load(kind: str, name: str) -> Any:
    """Import the component ``name`` of ``kind`` and return its class, or the function of an output.

    Raises:
        InputError: for an unknown name, or a module from outside that cannot be imported.
    """
    component = find(kind, name)
    module = component.place.load() if component.place else importlib.import_module(component.module)
    made = getattr(module, component.attribute)
    if kind in _NAMED:
        made.name = component.name
    return made


def check_options(kind: str, name: str, given: Iterable[str]) -> None:
    """Raise `InputError` unless the component ``name`` of ``kind`` takes all of the options ``given``."""
    known, what = find(kind, name).parameters, KINDS[kind]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise InputError(
            f"{what.singular} {name} has no {what.options} {', '.join(map(repr, unknown))}: its {what.options}s are "
            f"{', '.join(known) or 'none'}{near(unknown[0], known)}"
        )


def build(kind: str, name: str, *arguments: object, **options: object):
    """Return an instance of the component ``name`` of ``kind``, made with ``arguments`` and ``options``.

    Raises:
        InputError: for an unknown name or option, and for what the class itself refuses.
    """
    check_options(kind, name, options)
    return load(kind, name)(*arguments, **options)
