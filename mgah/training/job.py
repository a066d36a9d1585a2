"""A job that trains, which is one method on one split with one seed: its data, and its command line."""

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
from mgah.datasets.card import read_dataset
from mgah.errors import InputError
from mgah.methods.base import HashingMethod
from mgah.methods.trained import NETWORK_ROWS
from mgah.semantics.store import ClassSemantics, read_semantics
from mgah.splits import Split, read_split, seen_labels, split_notes, training_subset


@dataclass(frozen=True, eq=False)
class Inputs:
    """The data of a job.

    Attributes:
        dataset, backbone, semantics_name: names in the config of the dataset, the backbone and the class semantics.
        images: the dataset's table of images.
        features: the store's rows of all images, memory-mapped: features, float32 (images, d); for a method that
            trains the backbone, feature maps, float16, or images, uint8.
        split: the split of these images.
        semantics: semantics of all classes.
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
        """Return these data with only those ``count`` training images that were drawn first.

        Raises:
            InputError: where the split has fewer, or a seen class would have none.
        """
        return replace(self, split=training_subset(self.split, self.images, count))


def _no_fields(bits: int) -> dict:
    return {}


@dataclass(frozen=True, eq=False)
class Job:
    """A method to be trained on one split with one seed, at some code lengths.

    Attributes:
        inputs: the data.
        method: name of the method in the registry.
        parameters: constructor parameters, all but ``n_bits`` and ``random_state``.
        bits: code lengths.
        seed: one of the config's ``seeds``.
        name: name of the method in the config.
        label: display name; None for that of the method's class.
        notes: sentences that belong beside every number, besides those of the data and of the method.
        candidates: parameters among which each split chose ``parameters``; empty where nothing was chosen.
        fields: returns, for a code length, what the description of a cell holds in addition (that of a study's cells).
    """

    inputs: Inputs
    method: str
    parameters: dict
    bits: tuple[int, ...]
    seed: int
    name: str
    label: str | None = None
    notes: tuple[str, ...] = ()
    candidates: tuple[dict, ...] = ()
    fields: Callable[[int], dict] = _no_fields

    def cell(self, bits: int) -> dict:
        """Return the description of the cell of the code length ``bits``, which is stored with its codes.

        Raises:
            InputError: for parameters that the method does not take.
        """
        method = registry.build("methods", self.method, **self.parameters)
        return {
            **self.place(),
            "label": self.label or method.label,
            "trained": method.trained,
            "seed": self.seed,
            "notes": [*self.inputs.notes, *self._method_notes(method), *self.notes],
            **self.fields(bits),
            "bits": bits,
        }

    def _method_notes(self, method: HashingMethod) -> list[str]:
        """The method's notes; where a split chose its parameters, those that not every candidate has are marked.

        Notes of all splits stand beside a method's mean, which most of them may have nothing to do with.
        """
        notes = [
            registry.build("methods", self.method, **parameters).cell_notes()
            for parameters in self.candidates
        ]
        return [
            note
            if all(note in others for others in notes)
            else f"{note.removesuffix('.')} (on splits that chose so)."
            for note in method.cell_notes()
        ]

    def place(self) -> dict[str, str]:
        """Return the names in the config of the job's dataset, backbone, semantics, split and method."""
        return {
            "dataset": self.inputs.dataset,
            "backbone": self.inputs.backbone,
            "semantics": self.inputs.semantics_name,
            "split": self.inputs.split.name,
            "method": self.name,
        }

    def build(self) -> list[HashingMethod]:
        """Return one unfitted method for each code length.

        Their ``random_state`` depends on dataset, split and seed and not on the method, so that variants of one method
        start from the same weights.
        """
        random_state = seeds.integer(self.seed, "hashing", self.inputs.dataset, self.inputs.split.name)
        common = {"random_state": random_state} | self.parameters
        return [registry.build("methods", self.method, **{"n_bits": bits} | common) for bits in self.bits]

    def fit(self, methods: Sequence[HashingMethod]) -> None:
        """Fit ``methods`` on the training images of the split and the semantics of its seen classes."""
        type(methods[0]).fit_many(methods, *self._training())

    def check(self, methods: Sequence[HashingMethod]) -> None:
        """Raise the `InputError` that `fit` would raise before it computes anything."""
        type(methods[0]).check_many(methods, *self._training())

    def _training(self) -> tuple[np.ndarray, np.ndarray, ClassSemantics]:
        """Features and labels of the training images, and the semantics of the seen classes."""
        data, split = self.inputs, self.inputs.split
        labels = seen_labels(split, data.images)
        return data.features[split.training], labels, data.semantics.subset(split.seen)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that all jobs that train take: files, method, code lengths and seed."""
    parser.add_argument("--images", required=True, help="images.csv of the data stage")
    parser.add_argument("--dataset-card", required=True, help="dataset.json of the data stage")
    parser.add_argument("--store", required=True, help="folder of features, maps or images to train from")
    parser.add_argument("--backbone-card", required=True, help="card of the backbone, JSON")
    parser.add_argument("--split", required=True, help="split file (.json)")
    parser.add_argument("--semantics", required=True, help="class semantics (.npz)")
    parser.add_argument("--semantics-name", required=True, help="name of the class semantics in the config")
    parser.add_argument(
        "--method", required=True, help="name of the method in the registry: a module of baselines, or mgah"
    )
    parser.add_argument("--variant", help="name of the method in the config, default --method")
    parser.add_argument("--label", help="display name, default that of the method's class")
    parser.add_argument("--parameters", type=json_object, default={}, help="constructor parameters as JSON")
    parser.add_argument(
        "--choice", help="record of the job choose (.json), whose parameters replace those of --parameters"
    )
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
    """Read the files that the arguments name and return the job.

    Raises:
        InputError: for files that cannot be read or do not fit together.
    """
    inputs, backbone = _read_inputs(arguments)
    parameters, notes = _parameters(arguments, backbone), tuple[str, ...]()
    candidates: tuple[dict, ...] = ()
    if arguments.choice:
        # imported by name, so that this module is in the fingerprint of jobs with a choice alone: see
        # `training_modules` in workflow/training.py
        choice = import_module("mgah.training.choice").read_choice(arguments.choice)
        candidates = tuple(parameters | setting for setting in choice.settings)
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
        candidates=candidates,
    )


def _read_inputs(arguments: argparse.Namespace) -> tuple[Inputs, BackboneCard]:
    images, card = read_dataset(arguments.images, arguments.dataset_card)
    store, store_card = read_features(arguments.store, len(images), dataset=card.name, table=arguments.images)
    backbone, semantics = read_backbone_card(arguments.backbone_card), read_semantics(arguments.semantics)
    # stored images belong to no backbone, so the notes on its weights are in the backbone's own card
    seen = store_card["notes"] if "backbone" in store_card else backbone.notes
    split = read_split(arguments.split, images)
    if lacking := [name for name in card.classes if name not in semantics.names]:
        raise InputError(
            f"class semantics {arguments.semantics} lack {', '.join(lacking[:5])} of the {len(card.classes)} classes "
            f"of {card.name}, so that they are of another dataset: remove them and run again"
        )
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
