"""Modules outside the project: named by the environment variable MGAH_MODULES, or entry points of installed packages.

MGAH_MODULES lists files and dotted names, separated as in PYTHONPATH. A config's ``modules`` are handed to jobs in it.
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import ModuleType

from mgah.errors import InputError
from mgah.io.files import as_found
from mgah.registry.kinds import KINDS
from mgah.registry.source import Module, find_module, read_module

VARIABLE = "MGAH_MODULES"


@dataclass(frozen=True)
class Place:
    """A module from outside, as MGAH_MODULES or an entry point names it.

    Attributes:
        target: file that ends in ``.py``, or dotted name of the module.
        component: name of its component in configs.
        kind: kind of its component; "" where its class determines it.
        attribute: name of its class or function; "" where it is the module's only one.
    """

    target: str
    component: str
    kind: str = ""
    attribute: str = ""

    def __str__(self) -> str:
        return (
            f"entry point {self.component} = {self.target} of mgah.{self.kind}"
            if self.kind
            else f"module {self.target}"
        )

    @property
    def is_file(self) -> bool:
        """Whether the module is named by its file and not by a dotted name."""
        return is_file(self.target)

    @property
    def name(self) -> str:
        """The name under which the module is imported."""
        return f"mgah_module_{self.component}" if self.is_file else self.target

    def read(self) -> Module:
        """Read the module's source code without importing it.

        Raises:
            InputError: where there is no such module, or none in Python.
        """
        if self.is_file:
            file = Path(self.target)
            if not file.is_file():
                raise InputError(f"module {file} {as_found(file)}: correct its path in modules or {VARIABLE}")
            return read_module(self.name, file)
        module = find_module(self.target)
        if module is None:
            raise InputError(
                f"{self} is not found: install its package, or put its folder on PYTHONPATH; a file has its .py"
            )
        return module

    def load(self) -> ModuleType:
        """Import the module and return it.

        Raises:
            InputError: for whatever its import raises; the sentence names the module.
        """
        try:
            return (
                _import_file(self.name, self.target) if self.is_file else importlib.import_module(self.target)
            )
        except Exception as error:  # a stranger's module may raise anything
            raise InputError(f"{self} cannot be imported ({type(error).__name__}: {error})") from error


def is_file(target: str) -> bool:
    """Say whether ``target`` names a module by its file."""
    return target.endswith(".py")


def joined(targets: Iterable[str]) -> str:
    """Return the value of MGAH_MODULES with ``targets`` added; files are relative to the current folder."""
    return os.pathsep.join(dict.fromkeys([*_named(os.environ.get(VARIABLE, "")), *map(absolute, targets)]))


def absolute(target: str) -> str:
    """Return the absolute path of a module that is named by its file; a dotted name is returned as it is."""
    return str(Path(target).absolute()) if is_file(target) else target


def given_modules(value: str) -> Iterator[Place]:
    """Yield the modules that ``value``, one of MGAH_MODULES, names."""
    for target in dict.fromkeys(_named(value)):
        if is_file(target):
            yield Place(absolute(target), Path(target).stem)
        else:
            yield Place(target, target.rsplit(".", 1)[-1])


def entry_points() -> Iterator[Place]:
    """Yield the modules that entry points of installed packages name, sorted by kind and name."""
    installed = metadata.entry_points()
    points = [(kind, point) for kind in KINDS for point in installed.select(group=f"mgah.{kind}")]
    for kind, point in sorted(points, key=lambda found: (found[0], found[1].name, found[1].value)):
        yield Place(point.module, point.name, kind, point.attr)


def _named(value: str) -> list[str]:
    return [target for target in value.split(os.pathsep) if target]


def _import_file(name: str, file: str) -> ModuleType:
    loaded = sys.modules.get(name)
    if loaded is not None and loaded.__file__ == file:
        return loaded
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module: expected a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
