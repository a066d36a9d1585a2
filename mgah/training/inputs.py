"""What a job that fits methods on one split reads, and how its command line names it."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mgah.backbones.store import read_features
from mgah.cli import json_object
from mgah.datasets.card import DatasetCard, read_card
from mgah.methods.base import HashingMethod
from mgah.semantics.store import ClassSemantics, read_semantics
from mgah.splits import Split, read_split
from mgah.tables.images import read_images


class Inputs(NamedTuple):
    """Content of the files that `add_arguments` names; ``features`` are of all images, memory-mapped (images, d)."""

    images: pd.DataFrame
    card: DatasetCard
    features: np.ndarray
    features_card: dict
    split: Split
    semantics: ClassSemantics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, the method and the seed."""
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
    parser.add_argument(
        "--data-dir", type=Path, default=Path(), help="folder that the parameter weights is in"
    )
    parser.add_argument("--network-weights", help="file to take in place of the parameter weights")
    parser.add_argument("--seed", type=int, default=0)


def read_inputs(arguments: argparse.Namespace) -> Inputs:
    """Read the files; what does not fit together is an `InputError`."""
    images = read_images(arguments.images)
    return Inputs(
        images,
        read_card(arguments.dataset_card),
        *read_features(arguments.features, len(images)),
        read_split(arguments.split, images),
        read_semantics(arguments.semantics),
    )


def constructor_parameters(arguments: argparse.Namespace) -> dict[str, object]:
    """The method's parameters, with the weights that its network starts at, if any, as a path from here."""
    if arguments.network_weights:
        return arguments.parameters | {"weights": arguments.network_weights}
    if arguments.parameters.get("weights"):
        return arguments.parameters | {"weights": str(arguments.data_dir / arguments.parameters["weights"])}
    return arguments.parameters


def cell_fields(
    arguments: argparse.Namespace, inputs: Inputs, method: HashingMethod, more_notes: Sequence[str] = ()
) -> dict[str, object]:
    """What `mgah.training.fit.Cell` tells of the cells of this job."""
    notes = (
        *inputs.card.notes,
        *inputs.features_card["notes"],
        *inputs.semantics.notes,
        *method.cell_notes(),
    )
    return {
        "dataset": inputs.card.name,
        "backbone": inputs.features_card["backbone"],
        "semantics": arguments.semantics_name,
        "split": inputs.split.name,
        "method": arguments.variant or arguments.method,
        "label": arguments.label or method.label,
        "seed": arguments.seed,
        "notes": (*notes, *more_notes),
    }
