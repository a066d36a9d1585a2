"""The variants that studies fit: a method with parameters changed.

An ablation's variants stand in the config and are fitted as any method. Those of a sweep have one parameter at one of
several values each (`sweep_variants`); those that a choice of hyper-parameters tries are drawn from a grid
(`grid_variants`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np

from mgah import registry, seeds
from mgah.training.job import Job


@dataclass(frozen=True)
class Variant:
    """A method with parameters changed.

    Attributes:
        label: tells it from the other variants of its study; ``<parameter>/<value>`` in a sweep.
        parameters: laid over those of the method.
        training: number of training images, those that were drawn first; None: all of the split.
        bits: code lengths; None: those of the job.
        fields: what its cells tell besides.
    """

    label: str
    parameters: dict = field(default_factory=dict)
    training: int | None = None
    bits: tuple[int, ...] | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, job: Job) -> Job:
        """``job`` with this variant of its method; too few training images are an `InputError`."""
        inputs = job.inputs if self.training is None else job.inputs.with_training(self.training)
        return replace(
            job,
            inputs=inputs,
            parameters=job.parameters | self.parameters,
            bits=self.bits or job.bits,
            fields=self._fields_at,
        )

    def _fields_at(self, bits: int) -> dict[str, str]:
        """The fields; where the code length is varied, it is the value."""
        return {name: str(bits) if value is None else value for name, value in self.fields.items()}


def sweep_variants(job: Job, sweep: str, vary: Mapping[str, Sequence[Any]]) -> Iterator[Variant]:
    """The variants of a sweep, with what `mgah.tables.sweeps` tells of each.

    Args:
        job: the method as the other fits have it.
        sweep: config word of the sweep.
        vary: values by constructor parameter of the method; ``training`` is the number of training images, and
            ``bits`` the code length, of which all values are one variant.
    """
    defaults = registry.build("methods", job.method, **job.parameters).get_params()
    defaults["training"] = len(job.inputs.split.training)
    for parameter, values in vary.items():
        named = {"sweep": sweep, "parameter": parameter}
        if parameter == "bits":
            yield Variant("bits", bits=tuple(values), fields=named | {"setting": None, "default": ""})
            continue
        default = defaults.get(parameter)
        for value in values:
            told = {"setting": json.dumps(value), "default": "" if default is None else json.dumps(default)}
            changed = {"training": value} if parameter == "training" else {"parameters": {parameter: value}}
            yield Variant(f"{parameter}/{json.dumps(value)}", **changed, fields=named | told)


def grid_variants(
    method: str, parameters: dict, axes: Sequence[Sequence[dict]], trials: int
) -> list[Variant]:
    """At most ``trials`` variants out of a grid; the first changes nothing, the default.

    Args:
        method: module word.
        parameters: constructor parameters of the default.
        axes: the grid: a variant takes one entry of each axis, a dict of parameters that belong together.
        trials: variants to try, the default included; the others are drawn without replacement, the same ones
            for every split and seed, and stand in the order of the grid.
    """
    default = registry.build("methods", method, **parameters).get_params()
    grid = [{name: value for part in taken for name, value in part.items()} for taken in product(*axes)]
    others = [
        changed
        for changed in grid
        if registry.build("methods", method, **parameters | changed).get_params() != default
    ]
    drawn = seeds.shuffled(np.arange(len(others)), 0, "selection", "candidates", method)[: trials - 1]
    tried = [{}, *(others[place] for place in sorted(drawn))]
    return [Variant(json.dumps(changed), changed) for changed in tried]
