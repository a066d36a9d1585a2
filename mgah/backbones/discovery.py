"""Backbones by name: every module of this package that is not part of the stage itself is a backbone."""

import importlib
import inspect
import pkgutil
from pathlib import Path

from mgah.backbones.base import Backbone
from mgah.errors import InputError

_STAGE = {
    "__main__",
    "base",
    "discovery",
    "extraction",
    "feature_maps",
    "openvino_engine",
    "store",
    "torch_backbone",
    "torchvision_backbone",
    "weights",
    "weights_card",
}


def backbone_names() -> list[str]:
    """Names of all backbones found, sorted. Imports none of them."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(module.name for module in modules if module.name not in _STAGE)


def backbone_class(name: str) -> type[Backbone]:
    """The backbone that the module ``name`` defines.

    Raises:
        InputError: for an unknown name, or a module that does not define one backbone of its own name.
    """
    if name not in backbone_names():
        raise InputError(f"there is no backbone {name!r}: choose one of {', '.join(backbone_names())}")
    module = importlib.import_module(f"mgah.backbones.{name}")
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Backbone) and member.__module__ == module.__name__
    ]
    if len(found) != 1 or found[0].name != name:
        raise InputError(
            f"mgah/backbones/{name}.py must define one Backbone with the name {name!r}, got {found}"
        )
    return found[0]
