"""``python -m mgah.training``: fit one method on one split and write codes and models of all code lengths."""

import argparse
from pathlib import Path

from mgah.cli import run
from mgah.methods.discovery import build_method
from mgah.splits import training_subset
from mgah.training import fit
from mgah.training.choice import read_choice
from mgah.training.inputs import add_arguments, cell_fields, constructor_parameters, read_inputs


def main() -> None:
    """Parse the command line, read the stage's inputs, and fit."""
    parser = argparse.ArgumentParser(prog="python -m mgah.training", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--choice", help="record of the selection stage (.json), laid over the parameters")
    parser.add_argument(
        "--training",
        type=int,
        help="train on this many images, those of the training set that were drawn first",
    )
    parser.add_argument("--bits", type=int, nargs="+", required=True, help="code lengths")
    parser.add_argument("--codes", type=Path, required=True, help="output folder of <bits>.npz")
    parser.add_argument("--models", type=Path, required=True, help="output folder of <bits>.safetensors")
    arguments = parser.parse_args()

    inputs = read_inputs(arguments)
    split = inputs.split
    if arguments.training is not None:
        split = training_subset(split, inputs.images, arguments.training)
    parameters, chosen = constructor_parameters(arguments), ()
    if arguments.choice:
        choice = read_choice(arguments.choice)
        parameters, chosen = parameters | choice.setting, (choice.note(),)
    method = build_method(arguments.method, parameters)
    cell = fit.Cell(**cell_fields(arguments, inputs, method, chosen))
    fit.run(
        arguments.method,
        parameters,
        arguments.bits,
        cell,
        inputs.features,
        inputs.images,
        split,
        inputs.semantics,
        arguments.codes,
        arguments.models,
    )


if __name__ == "__main__":
    run(main)
