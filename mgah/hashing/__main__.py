"""``python -m mgah.hashing``: fit one method on one split and write codes and models of all code lengths."""

import argparse
from pathlib import Path

from mgah.cli import run
from mgah.hashing import fitting
from mgah.hashing.discovery import build_method
from mgah.hashing.inputs import add_arguments, constructor_parameters, read_inputs
from mgah.selection.store import read_choice


def main() -> None:
    """Parse the command line, read the stage's inputs, and fit."""
    parser = argparse.ArgumentParser(prog="python -m mgah.hashing", description=__doc__)
    add_arguments(parser)
    parser.add_argument("--choice", help="record of the selection stage (.json), laid over the parameters")
    parser.add_argument("--bits", type=int, nargs="+", required=True, help="code lengths")
    parser.add_argument("--codes", type=Path, required=True, help="output folder of <bits>.npz")
    parser.add_argument("--models", type=Path, required=True, help="output folder of <bits>.safetensors")
    arguments = parser.parse_args()

    images, card, features, features_card, split, semantics = read_inputs(arguments)
    parameters, chosen = constructor_parameters(arguments), ()
    if arguments.choice:
        choice = read_choice(arguments.choice)
        parameters, chosen = parameters | choice.setting, (choice.note(),)
    method = build_method(arguments.method, parameters)
    cell = fitting.Cell(
        dataset=card.name,
        backbone=features_card["backbone"],
        semantics=arguments.semantics_name,
        split=split.name,
        method=arguments.variant or arguments.method,
        label=arguments.label or method.label,
        seed=arguments.seed,
        notes=(*card.notes, *features_card["notes"], *semantics.notes, *method.cell_notes(), *chosen),
    )
    fitting.run(
        arguments.method,
        parameters,
        arguments.bits,
        cell,
        features,
        images,
        split,
        semantics,
        arguments.codes,
        arguments.models,
    )


if __name__ == "__main__":
    run(main)
