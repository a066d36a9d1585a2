"""Finds the sources of class semantics by name: a source's word is the name of its module in this package.

A source is a module with one function::

    class_semantics(classes, options, data_dir=None, synsets=None) -> ClassSemantics

    classes   class names, in the dataset's order
    options   the source's options, checked there: unknown, missing or ill-typed ones are `InputError`s
    data_dir  data folder that paths in ``options`` are relative to, or None where there is none
    synsets   WordNet noun id of each class (``n02121620``), a missing key or None where a class has none

A module that reads files of its own has a second function ``needs(options) -> list[Need]`` that tells which, and looks
nowhere.

The semantics of a class depend on that class alone, never on which other classes are asked for: the rows and
columns of the seen classes are then the same as if the unseen ones did not exist. Listing names imports no
source.
"""

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path

from mgah.errors import InputError
from mgah.needs import Need
from mgah.semantics.store import ClassSemantics

_FUNCTION = "class_semantics"


def source_names() -> list[str]:
    """The words of all sources found, sorted."""
    modules = Path(__file__).parent.glob("*.py")
    return sorted(path.stem for path in modules if f"\ndef {_FUNCTION}(" in path.read_text(encoding="utf-8"))


def source(name: str) -> Callable[..., ClassSemantics]:
    """The function of the source ``name``, an `InputError` for an unknown one."""
    if name not in source_names():
        raise InputError(
            f"unknown source of class semantics {name!r}: expected one of {', '.join(source_names())}"
        )
    return getattr(importlib.import_module(f"mgah.semantics.{name}"), _FUNCTION)


def source_needs(name: str) -> Callable[[Mapping[str, object]], list[Need]]:
    """What the source ``name`` needs in the data folder, by its options."""
    return getattr(importlib.import_module(f"mgah.semantics.{name}"), "needs", lambda options: [])
