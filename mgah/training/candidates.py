"""Which settings of a method are tried: its default first, then others drawn from a grid."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from mgah import seeds
from mgah.methods.discovery import build_method


def candidates(
    name: str, parameters: dict, axes: Sequence[Sequence[dict]], trials: int
) -> list[dict[str, object]]:
    """At most ``trials`` settings, each to be laid over ``parameters``; the first is ``{}``, the default.

    Args:
        name: method word.
        parameters: constructor parameters of the default.
        axes: the grid: a candidate takes one setting of each axis, a dict of parameters that belong together.
        trials: settings to try, the default included; the others are drawn without replacement, the same ones
            for every split and seed, and stand in the order of the grid.
    """
    default = build_method(name, parameters).get_params()
    grid = [{key: value for setting in choice for key, value in setting.items()} for choice in product(*axes)]
    others = [setting for setting in grid if build_method(name, parameters | setting).get_params() != default]
    drawn = seeds.shuffled(np.arange(len(others)), 0, "selection", "candidates", name)[: trials - 1]
    return [{}, *(others[place] for place in sorted(drawn))]
