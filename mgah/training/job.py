"""What a job that trains reads and is told: one method on one split with one seed, and how a command line names it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from mgah import registry, seeds
from mgah.backbones.card import BackboneCard, read_backbone_card
from mgah.backbones.store import read_features
from mgah.cli import json_object
from mgah.datasets.card import read_card
from mgah.methods.base import HashingMethod
from mgah.methods.trained import NETWORK_ROWS
from mgah.semantics.store import ClassSemantics, read_semantics
from mgah.splits import Split, read_split, seen_labels, split_notes, training_subset
from mgah.tables.images import read_images


@dataclass(frozen=True, eq=False)
class Inputs:
    """The data of a job.

    Attributes:
        dataset, backbone, semantics_name: their names in the config.
        images: the dataset's table of images.
        features: of all images, float32 (images, d), or for a method that trains the backbone along what it trains
            from: feature maps, float16, or images, uint8; memory-mapped.
        split: of these images.
        semantics: of all classes.
        notes: sentences that belong beside every number made from these data.
    """

    dataset: str
    backbone: str
    semantics_name: str
    images: pd.DataFrame
    features: np.ndarray
    split: Split
    semantics: ClassSemantics
    notes: tuple[str, ...]

    def with_training(self, count: int) -> Self:
        """The same with the ``count`` training images that were drawn first; more than there are: `InputError`."""
        return replace(self, split=training_subset(self.split, self.images, count))


def _no_fields(bits: int) -> dict:
    return {}


@dataclass(frozen=True, eq=False)
class Job:
    """A method to be trained on one split with one seed, at some code lengths.

    Attributes:
        inputs: the data.
        method: module word.
        parameters: constructor parameters, all but ``n_bits`` and ``random_state``.
        bits: code lengths.
        seed: of the benchmark's seeds.
        name: config word of the method's entry.
        label: display name; the method's own when None.
        notes: sentences that belong beside every number, besides those of the data and of the method.
        fields: what a cell of a study tells besides, by code length.
    """

    inputs: Inputs
    method: str
    parameters: dict
    bits: tuple[int, ...]
    seed: int
    name: str
    label: str | None = None
    notes: tuple[str, ...] = ()
    fields: Callable[[int], dict] = _no_fields

    def cell(self, bits: int) -> dict:
        """The description of the cell at ``bits`` that is stored with its codes; bad parameters are an `InputError`."""
        method = registry.build("methods", self.method, **self.parameters)
        return {
            **self.place(),
            "label": self.label or method.label,
            "trained": method.trained,
            "seed": self.seed,
            "notes": [*self.inputs.notes, *method.cell_notes(), *self.notes],
            **self.fields(bits),
            "bits": bits,
        }

    def place(self) -> dict[str, str]:
        """Where the job stands in the benchmark, in config words."""
        return {
            "dataset": self.inputs.dataset,
            "backbone": self.inputs.backbone,
            "semantics": self.inputs.semantics_name,
            "split": self.inputs.split.name,
            "method": self.name,
        }

    def build(self) -> list[HashingMethod]:
        """One unfitted method a code length.

        Their seed depends on dataset, split and seed and not on the method: variants of one method start from the
        same weights.
        """
        random_state = seeds.integer(self.seed, "hashing", self.inputs.dataset, self.inputs.split.name)
        common = {"random_state": random_state} | self.parameters
        return [registry.build("methods", self.method, **{"n_bits": bits} | common) for bits in self.bits]

    def fit(self, methods: Sequence[HashingMethod]) -> None:
        """Fit ``methods`` on the split's training images, all of seen classes, and the semantics of seen classes."""
        data, split = self.inputs, self.inputs.split
        labels = seen_labels(split, data.images)
        type(methods[0]).fit_many(
            methods, data.features[split.training], labels, data.semantics.subset(split.seen)
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The files, the method, the code lengths and the seed, which all jobs that train take."""
    parser.add_argument("--images", required=True, help="images.csv of the data stage")
    parser.add_argument("--dataset-card", required=True, help="dataset.json of the data stage")
    parser.add_argument("--store", required=True, help="folder of features, maps or images to train from")
    parser.add_argument("--backbone-card", required=True, help="card of the backbone, JSON")
    parser.add_argument("--split", required=True, help="split file (.json)")
    parser.add_argument("--semantics", required=True, help="class semantics (.npz)")
    parser.add_argument("--semantics-name", required=True, help="config word of the semantics source")
    parser.add_argument("--method", required=True, help="method word: a module of baselines, or mgah")
    parser.add_argument("--variant", help="config word of this entry; the method word when not given")
    parser.add_argument("--label", help="display name; the method's own when not given")
    parser.add_argument("--parameters", type=json_object, default={}, help="constructor parameters as JSON")
    parser.add_argument("--choice", help="record of the job choose (.json), laid over the parameters")
    parser.add_argument("--data-dir", type=Path, default=Path(), help="folder that --weights is in")
    parser.add_argument(
        "--weights", type=Path, help="file or folder that the backbone's training starts at, if it has any"
    )
    parser.add_argument(
        "--device", help="device of methods that take one and are given none among their parameters"
    )
    parser.add_argument("--bits", type=int, nargs="+", required=True, help="code lengths")
    parser.add_argument("--seed", type=int, default=0)


def read_job(arguments: argparse.Namespace) -> Job:
    """Read the files that the arguments name; what does not fit together is an `InputError`."""
    inputs, backbone = _read_inputs(arguments)
    parameters, notes = _parameters(arguments, backbone), tuple[str, ...]()
    if arguments.choice:
        # by name, so that what reads a choice counts for jobs with a choice alone: see workflow/rules/train.smk
        choice = import_module("mgah.training.choice").read_choice(arguments.choice)
        parameters, notes = parameters | choice.setting, (choice.note(),)
    return Job(
        inputs=inputs,
        method=arguments.method,
        parameters=parameters,
        bits=tuple(arguments.bits),
        seed=arguments.seed,
        name=arguments.variant or arguments.method,
        label=arguments.label,
        notes=notes,
    )


def _read_inputs(arguments: argparse.Namespace) -> tuple[Inputs, BackboneCard]:
    images, card = read_images(arguments.images), read_card(arguments.dataset_card)
    store, store_card = read_features(arguments.store, len(images))
    backbone, semantics = read_backbone_card(arguments.backbone_card), read_semantics(arguments.semantics)
    # stored images belong to no backbone, so what must be told of its weights stands in its own card
    seen = store_card["notes"] if "backbone" in store_card else backbone.notes
    split = read_split(arguments.split, images)
    inputs = Inputs(
        dataset=card.name,
        backbone=backbone.backbone,
        semantics_name=arguments.semantics_name,
        images=images,
        features=store,
        split=split,
        semantics=semantics,
        notes=(*card.notes, *split_notes(split, images), *seen, *semantics.notes),
    )
    return inputs, backbone


def _parameters(arguments: argparse.Namespace, backbone: BackboneCard) -> dict[str, object]:
    """The method's parameters, with its device, and with the setting's backbone where the method can train it."""
    parameters, known = arguments.parameters, registry.find("methods", arguments.method).parameters
    if arguments.device and "device" in known:
        parameters = {"device": arguments.device} | parameters
    if "network" not in known or parameters.get("trainable") not in NETWORK_ROWS:
        return parameters
    weights = arguments.weights and str(arguments.data_dir / arguments.weights)
    network = {"network": backbone.module, "network_options": dict(backbone.options), "weights": weights}
    return parameters | network
