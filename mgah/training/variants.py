"""The variants that studies fit: a method with parameters changed.

The variants of an ablation are listed in the config and fitted as any method is. Each variant of a sweep has one
parameter at another value (`sweep_variants`); the candidates of a choice of hyper-parameters are drawn from a grid
(`grid_variants`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mgah import registry, seeds
from mgah.training.grid import other_settings
from mgah.training.job import Job


@dataclass(frozen=True)
class Variant:
    """A method with parameters changed.

    Attributes:
        label: its name among the variants of its study; ``<parameter>/<value>`` in a sweep.
        parameters: parameters that replace those of the method.
        training: number of training images, of which those that were drawn first are taken; None for all of the split.
        bits: code lengths; None for those of the job.
        fields: what the description of its cells holds in addition; None as a value stands for the code length.
    """

    label: str
    parameters: dict = field(default_factory=dict)
    training: int | None = None
    bits: tuple[int, ...] | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)

    def of(self, job: Job) -> Job:
        """Return ``job`` with this variant of its method.

        Raises:
            InputError: where the split has fewer training images than the variant takes.
        """
        inputs = job.inputs if self.training is None else job.inputs.with_training(self.training)
        return replace(
            job,
            inputs=inputs,
            parameters=job.parameters | self.parameters,
            bits=self.bits or job.bits,
            fields=self._fields_at,
        )

    def _fields_at(self, bits: int) -> dict[str, str]:
        """The fields of the cell of the code length ``bits``."""
        return {name: str(bits) if value is None else value for name, value in self.fields.items()}


def sweep_variants(job: Job, sweep: str, vary: Mapping[str, Sequence[Any]]) -> Iterator[Variant]:
    """Yield the variants of a sweep; their fields are columns of `mgah.tables.sweeps`.

    Args:
        job: the method with its default parameters.
        sweep: name of the sweep in the config.
        vary: values to try, by constructor parameter of the method. Two further keys are ``training``, the number of
            training images, and ``bits``, the code length, all of whose values make one variant.
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
    """Return at most ``trials`` variants out of a grid, of which the first, the default, changes nothing.

    Args:
        method: name of the method in the registry.
        parameters: constructor parameters of the default.
        axes: axes of the grid (`mgah.training.grid`).
        trials: number of variants, the default included. The others are drawn without replacement out of the settings
            that differ from the default and from each other, the same for every split and seed, and are returned in the
            order of the grid.

    Raises:
        InputError: for a parameter on two axes, or one that the method does not have.

    Examples:
        >>> axes = [[{"n_anchors": 60}, {"n_anchors": 10}], [{"graph": "targets"}]]
        >>> [variant.label for variant in grid_variants("tsk", {"graph": "targets"}, axes, trials=2)]
        ['{}', '{"n_anchors": 10, "graph": "targets"}']
    """
    others = other_settings(
        axes, lambda changed: registry.build("methods", method, **parameters | changed).get_params()
    )
    drawn = seeds.shuffled(np.arange(len(others)), 0, "selection", "candidates", method)[: trials - 1]
    tried = [{}, *(others[place] for place in sorted(drawn))]
    return [Variant(json.dumps(changed), changed) for changed in tried]
