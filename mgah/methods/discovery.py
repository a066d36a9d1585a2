"""Finds hashing methods by name: a method word is the name of its module.

``mgah`` is ``mgah.methods.mgah.estimator``; every other method is ``mgah.baselines.<name>``. Modules whose name starts
with an underscore are shared parts, not methods. Listing names and parameters imports no method.
"""

import ast
import functools
import importlib
import inspect
from pathlib import Path

from mgah.errors import InputError

_ROOT = Path(__file__).resolve().parents[2]


def method_names() -> list[str]:
    """The words of all methods found, sorted."""
    baselines = (path.stem for path in (_ROOT / "mgah/baselines").glob("*.py"))
    return sorted({"mgah", *(name for name in baselines if not name.startswith("_"))})


def method_file(name: str) -> Path:
    """The file that holds the method ``name``, an `InputError` for an unknown one."""
    if name not in method_names():
        raise InputError(f"unknown method {name!r}: expected one of {', '.join(method_names())}")
    return _ROOT / ("mgah/methods/mgah/estimator.py" if name == "mgah" else f"mgah/baselines/{name}.py")


@functools.cache  # a dry run asks for each of its jobs
def method_parameters(name: str) -> list[str]:
    """Constructor parameters of the method ``name``, sorted, read from its source.

    A constructor that passes ``**training`` on has those of the deep methods' common base as well.
    """
    own = _constructor(method_file(name))
    inherited = _constructor(_ROOT / "mgah/methods/deep/base.py").kwonlyargs if own.kwarg else []
    return sorted(argument.arg for argument in (*own.kwonlyargs, *inherited))


def _constructor(path: Path) -> ast.arguments:
    """Arguments of the first constructor in ``path`` that has keyword-only parameters."""
    for function in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(function, ast.FunctionDef) and function.name == "__init__" and function.args.kwonlyargs:
            return function.args
    raise InputError(f"method module {path} has no class whose constructor has keyword-only parameters")


@functools.cache
def variant_of(name: str) -> str:
    """The method that ``name`` says it is another form of, empty for none, read from its source."""
    for node in ast.walk(ast.parse(method_file(name).read_bytes())):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and getattr(target, "id", "") == "variant_of":
            return ast.literal_eval(node.value)
    return ""


def build_method(name: str, parameters: dict):
    """An unfitted method ``name``; parameters that its constructor does not take are an `InputError`."""
    try:
        return method_class(name)(**parameters)
    except TypeError as error:
        raise InputError(f"method {name!r} does not take the parameters {parameters} ({error})") from error


def method_class(name: str) -> type:
    """The class of the method ``name``, a subclass of `mgah.methods.base.HashingMethod`."""
    from mgah.methods.base import HashingMethod

    module_name = ".".join(method_file(name).relative_to(_ROOT).with_suffix("").parts)
    module = importlib.import_module(module_name)
    found = [
        candidate
        for candidate in vars(module).values()
        if inspect.isclass(candidate)
        and issubclass(candidate, HashingMethod)
        and not inspect.isabstract(candidate)
        and candidate.__module__ == module_name
    ]
    if len(found) != 1:
        raise InputError(
            f"{module_name} holds {len(found)} hashing methods, expected one class on HashingMethod"
        )
    return found[0]
