"""``python -m mgah.training.sweep``: fit one method on one split with one parameter at a time at several values.

Each setting is fitted as ``python -m mgah.training`` would alone. Codes and models of a setting lie in
``<parameter>/<value>/``, those of the code lengths, which are fitted together, in ``bits/``.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from mgah.cli import json_object, run
from mgah.methods.base import HashingMethod
from mgah.methods.discovery import build_method
from mgah.splits import Split, training_subset
from mgah.training import fit
from mgah.training.inputs import Inputs, add_arguments, cell_fields, constructor_parameters, read_inputs


@dataclass(frozen=True)
class SweepCell(fit.Cell):
    """A cell of a sweep: of which parameter, at which value, and at which the other fits have it, as text.

    ``setting`` is None where the code length itself is varied, which has no ``default``.
    """

    sweep: str
    parameter: str
    setting: str | None
    default: str

    def at(self, bits: int) -> dict:
        cell = super().at(bits)
        return cell | {"setting": str(bits) if self.setting is None else self.setting}


@dataclass(frozen=True)
class Setting:
    """One value of one parameter, or all code lengths: what is fitted, and where it goes below a folder."""

    parameter: str
    value: float | None
    default: float | None
    folder: Path
    parameters: dict
    bits: Sequence[int]
    split: Split


def settings(
    vary: Mapping[str, Sequence[float]],
    method: HashingMethod,
    parameters: dict,
    bits: Sequence[int],
    inputs: Inputs,
) -> Iterator[Setting]:
    """The settings of a sweep.

    Args:
        vary: values by constructor parameter of ``method``; ``training`` is the number of training images, see
            `mgah.splits.training_subset`, and ``bits`` the code length.
        method: unfitted, as the other fits have it.
        parameters: its constructor parameters.
        bits: code lengths at which the other parameters are varied.
    """
    split = inputs.split
    for parameter, values in vary.items():
        if parameter == "bits":
            yield Setting(parameter, None, None, Path(parameter), parameters, values, split)
            continue
        for value in values:
            folder = Path(parameter, json.dumps(value))
            if parameter == "training":
                subset = training_subset(split, inputs.images, value)
                yield Setting(parameter, value, len(split.training), folder, parameters, bits, subset)
            else:
                default = method.get_params().get(parameter)
                changed = parameters | {parameter: value}
                yield Setting(parameter, value, default, folder, changed, bits, split)


def main() -> None:
    """Parse the command line, read the stage's inputs, and fit all settings; a bad name or size fits none."""
    parser = argparse.ArgumentParser(prog="python -m mgah.training.sweep", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--sweep", required=True, help="config word of the sweep")
    parser.add_argument(
        "--vary", type=json_object, required=True, help="values by parameter, training or bits, as JSON"
    )
    parser.add_argument("--bits", type=int, nargs="+", required=True, help="code lengths of the settings")
    parser.add_argument("--codes", type=Path, required=True, help="output folder of the codes")
    parser.add_argument("--models", type=Path, required=True, help="output folder of the models")
    arguments = parser.parse_args()

    inputs, parameters = read_inputs(arguments), constructor_parameters(arguments)
    method = build_method(arguments.method, parameters)
    planned = list(settings(arguments.vary, method, parameters, arguments.bits, inputs))
    methods = [build_method(arguments.method, setting.parameters) for setting in planned]
    for setting, changed in tqdm(list(zip(planned, methods, strict=True)), unit="setting", disable=None):
        cell = SweepCell(
            **cell_fields(arguments, inputs, changed),
            sweep=arguments.sweep,
            parameter=setting.parameter,
            setting=None if setting.value is None else json.dumps(setting.value),
            default="" if setting.default is None else json.dumps(setting.default),
        )
        fit.run(
            arguments.method,
            setting.parameters,
            setting.bits,
            cell,
            inputs.features,
            inputs.images,
            setting.split,
            inputs.semantics,
            arguments.codes / setting.folder,
            arguments.models / setting.folder,
        )


if __name__ == "__main__":
    run(main)
