"""Finds the components of each kind, those of the project and those from outside, without importing them."""

import ast
import functools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from mgah.errors import InputError
from mgah.registry.kinds import KINDS, Kind
from mgah.registry.outside import VARIABLE, Place, entry_points, given_modules
from mgah.registry.source import Class, Module, find_module, lookup

#: What an attribute may be told to hold, by its type.
_TYPES = {
    str: "text in quotes",
    bool: "True or False",
    int: "an integer",
    tuple: "a tuple",
    dict: "a dictionary",
}


@dataclass(frozen=True)
class Component:
    """One dataset, backbone, source of class semantics, method or output, by what its source code says.

    Attributes:
        kind: its kind, a key of `mgah.registry.kinds.KINDS`.
        name: its name in configs, which is that of its module or entry point.
        module: dotted name of its module; for a module from outside that is a file, the name it is imported under.
        attribute: name of its class or function in that module.
        file: the file that defines it.
        parameters: names of the parameters of its class, sorted; of an output, the tables that its function takes, in
            their order.
        tags: values by name of all attributes of its class, inherited or not, that are literals, except ``name``.
        docstring: docstring of its module, "" where it has none.
        place: where its module was named, for one that does not come with the project.
    """

    kind: str
    name: str
    module: str
    attribute: str
    file: Path
    parameters: tuple[str, ...]
    tags: Mapping[str, object] = field(hash=False)
    docstring: str
    place: Place | None = None

    @property
    def group(self) -> str:
        """``tables`` or ``figures`` for an output, else its kind."""
        return {"build": "tables", "draw": "figures"}[self.attribute] if self.kind == "outputs" else self.kind


@dataclass(frozen=True)
class Outside:
    """Components from outside, by kind and name, and what is wrong with each broken module, by its `Place`."""

    components: Mapping[str, Mapping[str, Component]]
    faults: Mapping[Place, str]


def components_of(kind: str) -> Mapping[str, Component]:
    """Return all components of ``kind`` by name, sorted; of the project's modules only those of the kind are read."""
    return _components_of(kind, *_environment())


def faults_outside() -> Mapping[Place, str]:
    """Return one sentence on what is wrong with each module from outside that cannot be used."""
    return _outside(*_environment()).faults


def _environment() -> tuple[str, tuple[str, ...]]:
    """What determines the modules from outside: those that the environment names, and Python's search path."""
    return os.environ.get(VARIABLE, ""), tuple(sys.path)


@functools.lru_cache(maxsize=8 * len(KINDS))
def _components_of(kind: str, given: str, path: tuple[str, ...]) -> Mapping[str, Component]:
    known = dict(_shipped(KINDS[kind])) | dict(_outside(given, path).components[kind])
    return MappingProxyType(dict(sorted(known.items())))


@functools.lru_cache(maxsize=8)
def _outside(given: str, path: tuple[str, ...]) -> Outside:
    components: dict[str, dict[str, Component]] = {name: {} for name in KINDS}
    faults: dict[Place, str] = {}
    for place in (*given_modules(given), *entry_points()):
        try:
            own = list(_from_outside(place))
            for component in own:
                _check_new(component, dict(_shipped(KINDS[component.kind])) | components[component.kind])
        except InputError as error:
            faults[place] = str(error)
            continue
        for component in own:
            components[component.kind][component.name] = component
    return Outside(MappingProxyType(components), MappingProxyType(faults))


@functools.cache
def _shipped(kind: Kind) -> tuple[tuple[str, Component], ...]:
    """Names and components of the project's own modules."""
    modules = [module for package in kind.packages for module in _public_modules(package)]
    own = [_component(kind, module.name.rsplit(".", 1)[1], module) for module in modules]
    return tuple((component.name, component) for component in own if component)


def _public_modules(package: str) -> Iterator[Module]:
    folder = _shipped_module(package).file.parent
    for path in sorted(folder.iterdir()):
        if path.stem.startswith("_") or not (path.suffix == ".py" or (path / "__init__.py").is_file()):
            continue
        yield _shipped_module(f"{package}.{path.stem}")


def _shipped_module(name: str) -> Module:
    module = find_module(name)
    if module is None:
        raise ImportError(f"{name} is no module of this installation: install the package again")
    return module


def _from_outside(place: Place) -> Iterator[Component]:
    """Yield the components of a module from outside; an `InputError` says why there are none."""
    module = place.read()
    kinds = [KINDS[place.kind]] if place.kind else list(KINDS.values())
    own = [_component(kind, place.component, module, place) for kind in kinds]
    if not any(own):
        for kind in kinds:
            _refuse_incomplete(kind, module, str(place))
        expected = ", ".join(kind.base.rsplit(".", 1)[-1] or " or ".join(kind.functions) for kind in kinds)
        raise InputError(
            f"{place} defines no component: expected one public class on (or function) {expected}"
        )
    yield from filter(None, own)


def _check_new(component: Component, known: Mapping[str, Component]) -> None:
    if component.name in known:
        other = known[component.name]
        raise InputError(
            f"{component.place} defines the {KINDS[component.kind].singular} {component.name!r}, which {other.file} "
            "defines already: rename it"
        )


def _component(kind: Kind, name: str, module: Module, place: Place | None = None) -> Component | None:
    """The component of ``kind`` that ``module`` defines, None where it defines none."""
    names = [place.attribute] if place and place.attribute else _candidates(kind, module)
    if len(names) > 1:
        raise InputError(
            f"{place or module.file} defines {', '.join(names)}, expected one {kind.singular} a module: put a leading "
            "underscore before the others' names"
        )
    if not names:
        return None
    docstring = ast.get_docstring(module.tree) or ""
    if not kind.base:
        function = module.defined()[names[0]]
        if not isinstance(function, ast.FunctionDef):
            raise InputError(
                f"{place or module.file}: {names[0]} is no function, expected the one that makes the output"
            )
        inputs = tuple(argument.arg for argument in (*function.args.posonlyargs, *function.args.args))
        return Component(kind.name, name, module.name, names[0], module.file, inputs, {}, docstring, place)
    cls = lookup(module, names[0])
    if not isinstance(cls, Class) or not _is_on_base(kind, cls):
        raise InputError(f"{place} is no {kind.singular}: expected a class on {kind.base}")
    if lacking := _lacking(kind, cls) or (_mistaken(kind, cls) if place else ""):
        raise InputError(f"{place}: the {kind.singular} {names[0]} {lacking}")
    tags = MappingProxyType({key: value for key, value in cls.constants().items() if key != "name"})
    file = cls.module.file
    return Component(kind.name, name, module.name, names[0], file, cls.parameters(), tags, docstring, place)


def _candidates(kind: Kind, module: Module) -> list[str]:
    """Names of the public components that ``module`` defines; a package defines what it imports from its modules."""
    own = [name for name in module.defined() if not name.startswith("_")]
    if not kind.base:
        return [name for name in own if name in kind.functions]
    if module.is_package:
        own += [local for local, origin, _ in module.imported() if origin.startswith(f"{module.name}.")]
    return [name for name, cls in _classes(kind, module, own) if not _lacking(kind, cls)]


def _classes(kind: Kind, module: Module, names: Iterable[str]) -> list[tuple[str, Class]]:
    """Those of ``names`` in ``module`` that are classes on the base of ``kind``."""
    found = [(name, lookup(module, name)) for name in dict.fromkeys(names)]
    return [(name, cls) for name, cls in found if isinstance(cls, Class) and _is_on_base(kind, cls)]


def _is_on_base(kind: Kind, cls: Class) -> bool:
    return kind.base in {base.name for base in cls.order()[1:]}


def _lacking(kind: Kind, cls: Class) -> str:
    """What a class on the base of ``kind`` lacks to be a component, the end of a sentence; "" for nothing."""
    if abstract := cls.abstract():
        return f"lacks {' and '.join(abstract)}: define every method that {kind.base} leaves open"
    own = {name for base in cls.order() if base.name != kind.base for name in base.members()}
    if kind.one_of and not own & set(kind.one_of):
        return f"lacks {' or '.join(kind.one_of)}: define one of them"
    missing = [name for name in kind.parameters if name not in cls.parameters()]
    if missing:
        return (
            f"has a constructor without {' and '.join(missing)}: write def __init__(self, *, "
            f"{'=..., '.join(kind.parameters)}=...), keyword-only behind the star"
        )
    if required := cls.required():
        return (
            f"has a constructor without a default for {' and '.join(required)}: give each {kind.options} one"
        )
    return ""


def _mistaken(kind: Kind, cls: Class) -> str:
    """What an attribute of the class holds that is of another type than on the base, the end of a sentence."""
    base = next(ancestor for ancestor in cls.order() if ancestor.name == kind.base)
    types = {"label": str, "name": str} | {name: type(value) for name, value in base.constants().items()}
    for name, value in cls.constants().items():
        expected = types.get(name, type(None))
        if expected in _TYPES and type(value) is not expected:
            return f"has {name} = {value!r}: write {_TYPES[expected]}"
    return ""


def _refuse_incomplete(kind: Kind, module: Module, where: str) -> None:
    """Raise `InputError` for a public class of ``module`` that is on the base of ``kind`` and lacks something."""
    if not kind.base:
        return
    own = [name for name in module.defined() if not name.startswith("_")]
    for name, cls in _classes(kind, module, own):
        if lacking := _lacking(kind, cls):
            raise InputError(f"{where}: the {kind.singular} {name} {lacking}")


def check_complete(kind: Kind, name: str) -> None:
    """Raise `InputError` where the module ``name`` of the project has a class of ``kind`` that lacks something."""
    for module in (find_module(f"{package}.{name}") for package in kind.packages):
        if module:
            _refuse_incomplete(kind, module, f"module {module.file}")
