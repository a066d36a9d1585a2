"""What a component's source says of the values of its parameters, read without importing it.

Three things say it: the annotations of the constructor (``int``, ``float``, ``bool``, ``str``, ``Sequence[str]``,
``Mapping[str, str]``, ``None`` and unions of them), for a method the calls of ``_check_integers`` and the like in its
``_check_parameters``, and for a dataset the option that its ``classes_option`` names. What depends on data, or on
anything that only Python can tell, is left to the job.
"""

import ast
import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from mgah import limits
from mgah.registry.components import Component
from mgah.registry.source import Class, Module, assigned, find_module, function_of, lookup, read_module

_RULES: dict[str, Callable[..., str]] = {
    "_check_integers": limits.integer,
    "_check_bounds": limits.bounded,
    "_check_pairs": limits.pair,
    "_check_choices": limits.choice,
}
#: What fits an annotation, and what it is called.
_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "int": (lambda value: not limits.integer(value, -(1 << 63)), "an integer"),
    "float": (lambda value: not limits.bounded(value, (-math.inf, math.inf)), "a finite number"),
    "bool": (lambda value: not limits.flag(value), "true or false, without quotes"),
    "str": (lambda value: isinstance(value, str), "text"),
    "Sequence[str]": (lambda value: not limits.texts(value), limits.texts(None)),
    "Mapping[str, str]": (lambda value: not limits.text_mapping(value), limits.text_mapping(None)),
    "None": (lambda value: value is None, "null"),
}
_COMPARISONS: dict[type, Callable[[object, object], bool]] = {
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
    ast.Is: lambda one, other: one is other,
    ast.IsNot: lambda one, other: one is not other,
}


@dataclass(frozen=True)
class _Scope:
    """Where an expression stands: its module, the name of the object there, and the object's class and values."""

    module: Module
    receiver: str
    cls: Class
    values: Mapping[str, object]

    def assigned(self, name: str) -> tuple[ast.expr, "_Scope"]:
        """Return what is assigned to ``name``, and where that stands; a `ValueError` where only Python can tell."""
        module, expression = assigned(self.module, name)
        return expression, replace(self, module=module, receiver="")


def expected(component: Component, given: Mapping[str, object]) -> dict[str, str]:
    """Return, by name, what is expected in place of those values of ``given`` that the component refuses.

    Parameters that are not given have their defaults.

    Examples:
        >>> from mgah import registry
        >>> expected(registry.find("methods", "itq"), {"iterations": -1, "normalize": True})
        {'iterations': 'an integer of 0 or more, below 2^63'}
    """
    cls = _class_of(component)
    if cls is None:
        return {}
    found: dict[str, str] = {}
    parameters = cls.keyword_only()
    for name, words in _checked(cls, {**_literals(cls), **given}):
        if name in given:
            found.setdefault(name, words)
    for name, value in given.items():
        if words := _of_annotation(parameters[name][0], value):
            found.setdefault(name, words)
    option = component.tags.get("classes_option")
    if isinstance(option, str) and option in given and (words := limits.texts(given[option], distinct=True)):
        found.setdefault(option, words)
    return found


def defaults(component: Component) -> dict[str, object]:
    """Return the defaults, by name, of the component's parameters: those that are literals, None for one without any.

    Examples:
        >>> from mgah import registry
        >>> defaults(registry.find("backbones", "vectors"))
        {'dimension': 512, 'trained_on': 'unknown'}
    """
    cls = _class_of(component)
    return {} if cls is None else dict(_literals(cls))


def _class_of(component: Component) -> Class | None:
    """The class of the component in its source; None for a function."""
    module = find_module(component.module) or read_module(component.module, component.file)
    found = lookup(module, component.attribute)
    return found if isinstance(found, Class) else None


@functools.cache
def _literals(cls: Class) -> Mapping[str, object]:
    """The defaults of the constructor's parameters, without those that only Python can tell."""
    found: dict[str, object] = {}
    for name, (_, default) in cls.keyword_only().items():
        with contextlib.suppress(ValueError):
            found[name] = ast.literal_eval(default) if default else None
    return found


def _of_annotation(annotation: ast.expr | None, value: object) -> str:
    kinds = [_KINDS.get(part) for part in ast.unparse(annotation).split(" | ")] if annotation else [None]
    known = [kind for kind in kinds if kind]
    if len(known) < len(kinds) or any(fits(value) for fits, _ in known):
        return ""
    return " or ".join(words for _, words in known)


def _checked(cls: Class, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Names and what is expected of them, of all checks in the class's and its bases' ``_check_parameters``."""
    for base in cls.order():
        function = base.members().get("_check_parameters")
        if isinstance(function, ast.FunctionDef):
            scope = _Scope(base.module, function.args.args[0].arg, cls, values)
            yield from _of_body(function.body, scope)


def _of_body(body: list[ast.stmt], scope: _Scope) -> Iterator[tuple[str, str]]:
    for statement in body:
        match statement:
            case ast.If(test=test, body=then, orelse=otherwise):
                try:
                    chosen = then if _evaluated(test, scope) else otherwise
                except ValueError:
                    continue
                yield from _of_body(chosen, scope)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=check)) as call):
                if name == scope.receiver:
                    yield from _of_call(check, call, scope)
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=[ast.Name(id=first), *_])):
                found = function_of(scope.module, name) if first == scope.receiver else None
                if found:
                    module, function = found
                    receiver = function.args.args[0].arg
                    yield from _of_body(function.body, replace(scope, module=module, receiver=receiver))


def _of_call(check: str, call: ast.Call, scope: _Scope) -> Iterator[tuple[str, str]]:
    if check == "_check_flags":
        names = [node.value for node in call.args if isinstance(node, ast.Constant)]
        checks: list[tuple[str, Callable[[object], str]]] = [(str(name), limits.flag) for name in names]
    elif check in _RULES and call.args:
        entries = _entries(call.args[0], scope)
        checks = [(name, _with(_RULES[check], bound)) for name, bound in entries]
    else:
        return
    for name, rule in checks:
        if name in scope.values and (words := rule(scope.values[name])):
            yield name, words


def _with(rule: Callable[..., str], bound: object) -> Callable[[object], str]:
    return lambda value: rule(value, bound)


def _entries(node: ast.expr, scope: _Scope) -> Iterator[tuple[str, object]]:
    """Keys and values of a mapping, of which those are left out that only Python can tell."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                try:
                    yield str(_evaluated(key, scope)), _evaluated(value, scope)  # type: ignore[arg-type]
                except ValueError:
                    continue
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _entries(left, scope)
            yield from _entries(right, scope)
        case ast.DictComp(key=ast.Name(), value=value, generators=[ast.comprehension(iter=names, ifs=[])]):
            with contextlib.suppress(ValueError):
                for name in _evaluated(names, scope):  # type: ignore[attr-defined]
                    yield name, _evaluated(value, scope)
        case ast.Name(id=name):
            with contextlib.suppress(ValueError):
                yield from _entries(*scope.assigned(name))


def _evaluated(node: ast.expr, scope: _Scope) -> object:
    """The value of an expression of literals, of names of them and of the object's parameters.

    Raises:
        ValueError: for an expression of anything else.
    """
    match node:
        case ast.Attribute(value=ast.Name(id="np" | "math"), attr="inf"):
            return math.inf
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name == scope.receiver:
            if attribute in scope.values:
                return scope.values[attribute]
            if attribute in (constants := scope.cls.constants()):
                return constants[attribute]
        case ast.Tuple(elts=elements):
            return tuple(_evaluated(element, scope) for element in elements)
        case ast.Name(id=name):
            return _evaluated(*scope.assigned(name))
        case ast.Call(func=ast.Name(id="tuple"), args=[ast.Name(id=name)]):
            expression, inner = scope.assigned(name)
            if isinstance(expression, ast.Dict):
                return tuple(_evaluated(key, inner) for key in expression.keys if key)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
            return _COMPARISONS[type(op)](_evaluated(left, scope), _evaluated(right, scope))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _evaluated(operand, scope)
    return ast.literal_eval(node)
