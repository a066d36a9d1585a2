"""Marginalized Graph Attention Hashing (BMVC 2020) and the benchmark of its line-up on unseen classes.

``from mgah import MGAH, ITQ``: every hashing method that the registry finds has here the name of its class, and beside
them stand the functions that a notebook begins with. Nothing is imported before it is asked for; ``__init__.pyi`` tells
type checkers and editors of the same names.
"""

import importlib

#: What is no method, and the module that defines it.
_PLACES = {
    "ClassSemantics": "mgah.semantics.store",
    "InputError": "mgah.errors",
    "asymmetric_mean_average_precision": "mgah.metrics",
    "draw_split": "mgah.splits",
    "drawn_classes": "mgah.splits",
    "images_of": "mgah.splits",
    "load_model": "mgah.methods.models",
    "mean_average_precision": "mgah.metrics",
    "precision_at_k": "mgah.metrics",
    "precision_at_radius": "mgah.metrics",
    "precision_recall": "mgah.metrics",
    "read_codes": "mgah.methods.codes",
    "save_model": "mgah.methods.models",
    "score_queries": "mgah.metrics",
    "seen_labels": "mgah.splits",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("mgah-benchmark")
    if name in _PLACES:
        return getattr(importlib.import_module(_PLACES[name]), name)
    if name[:1].isupper():  # a class; modules of the package, in lower case, are not looked for
        methods = _methods()
        if name in methods:
            return importlib.import_module("mgah.registry").load("methods", methods[name])
    raise AttributeError(f"module 'mgah' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES, *_methods()})


def _methods() -> dict[str, str]:
    """Names of methods in configs by the names of their classes."""
    # imported by name, as modules above: no job depends on what it does not ask for
    registry = importlib.import_module("mgah.registry")
    return {registry.find("methods", name).attribute: name for name in registry.names("methods")}
