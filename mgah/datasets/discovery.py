"""Datasets by name: a module of this package that holds a `Dataset` of its own name is a dataset."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import mgah.datasets
from mgah.datasets.base import Dataset
from mgah.errors import InputError


def dataset_names() -> list[str]:
    """Names of all datasets found, sorted."""
    return [name for name in _module_names() if _find(name) is not None]


def dataset_class(name: str) -> type[Dataset]:
    """The class of dataset ``name``, for what needs no data; an unknown name is an `InputError`."""
    found = _find(name) if name in _module_names() else None
    if found is None:
        raise InputError(f"there is no dataset {name!r}: choose one of {', '.join(dataset_names())}")
    return found


def open_dataset(name: str, root: Path | str, **options: object) -> Dataset:
    """Open dataset ``name`` in the data folder ``root``.

    Raises:
        InputError: for an unknown name or option, a bad value of an option, or data that is missing or
            damaged.
    """
    found = dataset_class(name)
    parameters = inspect.signature(found).parameters.values()
    known = [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise InputError(
            f"dataset {name} has no option {', '.join(map(repr, unknown))}: its options are "
            f"{', '.join(known) or 'none'}"
        )
    return found(Path(root), **options)


def _module_names() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(mgah.datasets.__path__))
    return sorted(name for name in names if not name.startswith("_"))


def _find(name: str) -> type[Dataset] | None:
    module = importlib.import_module(f"mgah.datasets.{name}")
    for _, found in inspect.getmembers(module, inspect.isclass):
        if issubclass(found, Dataset) and getattr(found, "name", None) == name:
            return found
    return None
