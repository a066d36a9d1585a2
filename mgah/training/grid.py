"""The grid of settings among which a method's parameters are chosen. Light to import, as the workflow reads configs.

A grid has axes. An entry of an axis is a dict of parameters that are changed together, and a setting takes one entry of
each axis.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from mgah.errors import InputError

Axes = Sequence[Sequence[Mapping[str, object]]]


def check_axes(axes: Axes) -> None:
    """Raise `InputError` for a parameter on two axes, where the entry of one would replace that of the other.

    Examples:
        >>> check_axes([[{"scale": 1.0}, {"scale": 2.0}], [{"window": 0.5}]])
        >>> check_axes([[{"scale": 1.0}], [{"window": 0.5}, {"scale": 2.0}]])
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: the grid has 'scale' on axes 0 and 1, expected each parameter on one axis, ...
    """
    axis_of: dict[str, int] = {}
    for number, axis in enumerate(axes):
        for name in (name for entry in axis for name in entry):
            if axis_of.setdefault(name, number) != number:
                raise InputError(
                    f"the grid has {name!r} on axes {axis_of[name]} and {number}, expected each parameter on one axis, "
                    f"as a setting takes an entry of every axis: list the values of {name!r} on one of them"
                )


def other_settings(axes: Axes, completed: Callable[[dict], Mapping[str, object]]) -> list[dict]:
    """Return the settings of a grid that differ from the default and from each other, in the order of the grid.

    Args:
        axes: axes of the grid.
        completed: returns all parameters of a method by those that a setting changes; the default changes none. Lists
            and tuples of the same values are the same value.

    Raises:
        InputError: for a parameter on two axes.

    Examples:
        >>> axes = [[{"pair": [0, 1]}, {"pair": [0, 2]}], [{"scale": 1.0}, {"scale": 2.0}, {"scale": 2}]]
        >>> other_settings(axes, lambda changed: {"pair": (0, 1), "scale": 1.0} | changed)
        [{'pair': [0, 1], 'scale': 2.0}, {'pair': [0, 2], 'scale': 1.0}, {'pair': [0, 2], 'scale': 2.0}]
    """
    check_axes(axes)
    known, others = {_hashable(completed({}))}, []
    for entries in product(*axes):
        setting = {name: value for entry in entries for name, value in entry.items()}
        parameters = _hashable(completed(setting))
        if parameters not in known:
            known.add(parameters)
            others.append(setting)
    return others


def _hashable(value: object) -> object:
    """``value`` with tuples in place of lists, and sets of pairs in place of dicts."""
    if isinstance(value, Mapping):
        return frozenset((name, _hashable(part)) for name, part in value.items())
    return tuple(_hashable(part) for part in value) if isinstance(value, list | tuple) else value
