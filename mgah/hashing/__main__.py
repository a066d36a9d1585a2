"""``python -m mgah.hashing``: fit one method on one split and write codes and models of all code lengths."""

import argparse
from pathlib import Path

from mgah.cli import json_object, run
from mgah.data.card import read_card
from mgah.data.images import read_images
from mgah.features.store import read_features
from mgah.hashing import fitting
from mgah.hashing.discovery import build_method
from mgah.selection.store import read_choice
from mgah.semantics.store import read_semantics
from mgah.splits import read_split


def main() -> None:
    """Parse the command line, read the stage's inputs, and fit."""
    parser = argparse.ArgumentParser(prog="python -m mgah.hashing", description=__doc__)
    parser.add_argument("--images", required=True, help="images.csv of the data stage")
    parser.add_argument("--dataset-card", required=True, help="dataset.json of the data stage")
    parser.add_argument("--features", required=True, help="folder of features.npy and card.json")
    parser.add_argument("--split", required=True, help="split file (.json)")
    parser.add_argument("--semantics", required=True, help="class semantics (.npz)")
    parser.add_argument("--semantics-name", required=True, help="config word of the semantics source")
    parser.add_argument("--method", required=True, help="method word: a module of baselines, or mgah")
    parser.add_argument("--variant", help="config word of this entry; the method word when not given")
    parser.add_argument("--label", help="display name; the method's own when not given")
    parser.add_argument("--parameters", type=json_object, default={}, help="constructor parameters as JSON")
    parser.add_argument("--choice", help="record of the selection stage (.json), laid over the parameters")
    parser.add_argument(
        "--data-dir", type=Path, default=Path(), help="folder that the parameter weights is in"
    )
    parser.add_argument("--network-weights", help="file to take in place of the parameter weights")
    parser.add_argument("--bits", type=int, nargs="+", required=True, help="code lengths")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--codes", type=Path, required=True, help="output folder of <bits>.npz")
    parser.add_argument("--models", type=Path, required=True, help="output folder of <bits>.safetensors")
    arguments = parser.parse_args()

    images, card = read_images(arguments.images), read_card(arguments.dataset_card)
    features, features_card = read_features(arguments.features, len(images))
    split, semantics = read_split(arguments.split, images), read_semantics(arguments.semantics)
    parameters, chosen = arguments.parameters, ()
    if arguments.choice:
        choice = read_choice(arguments.choice)
        parameters, chosen = parameters | choice.setting, (choice.note(),)
    if arguments.network_weights:
        parameters |= {"weights": arguments.network_weights}
    elif parameters.get("weights"):
        parameters |= {"weights": str(arguments.data_dir / parameters["weights"])}
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
