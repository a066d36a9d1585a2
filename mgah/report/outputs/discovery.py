"""Finds tables and figures by name: an output is called as its module in ``tables`` or ``figures``."""

import ast
import importlib
from pathlib import Path
from types import ModuleType

from mgah.errors import InputError

KINDS = {"tables": "build", "figures": "draw"}


def output_kinds() -> dict[str, str]:
    """Every output found, sorted by name, with its kind, ``tables`` or ``figures``; imports none of them."""
    found: dict[str, str] = {}
    for kind in KINDS:
        for path in (Path(__file__).parent / kind).glob("[!_]*.py"):
            if path.stem in found:
                raise InputError(f"output {path.stem!r} is both a table and a figure: rename {path}")
            found[path.stem] = kind
    return dict(sorted(found.items()))


def output_names() -> list[str]:
    """The names of all outputs, sorted."""
    return list(output_kinds())


def output_words(name: str) -> str:
    """What the output ``name`` shows, from its source: its docstring. The first line is a heading."""
    return ast.get_docstring(_source(name)) or name


def output_inputs(name: str) -> tuple[str, ...]:
    """Names of the tidy tables that the output ``name`` reads, from its source: its ``INPUTS`` or the usual two."""
    for line in _source(name).body:
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "INPUTS":
            return ast.literal_eval(line.value)
    return ("scores", "reference")


def _source(name: str) -> ast.Module:
    return ast.parse((Path(__file__).parent / output_kinds()[name] / f"{name}.py").read_bytes())


def output(name: str) -> ModuleType:
    """Import the module of the output ``name``; see `mgah.report.outputs.base` for what it has."""
    kinds = output_kinds()
    if name not in kinds:
        raise InputError(f"there is no output {name!r}, expected one of {', '.join(kinds)}")
    module = importlib.import_module(f"mgah.report.outputs.{kinds[name]}.{name}")
    if not callable(getattr(module, KINDS[kinds[name]], None)):
        raise InputError(
            f"{module.__file__} has no function {KINDS[kinds[name]]!r}: add it or rename the file _{name}.py"
        )
    return module
