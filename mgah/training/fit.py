"""Fit one method on one split with one seed, and write codes and models of all code lengths."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mgah import registry
from mgah.methods.base import HashingMethod
from mgah.methods.batches import check_batches
from mgah.methods.blocks import packed_codes
from mgah.methods.codes import Codes, write_codes
from mgah.methods.models import check_model, save_model
from mgah.splits import names_by_id
from mgah.training.job import Inputs, Job
from mgah.training.learning import learning_notes

#: Rows that are encoded at a time, so that a large database needs no second copy of its features in memory.
_ROWS = 8192
#: Rows that a method from outside the project, and its stored model, are tried on.
_CHECKED = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that this job takes besides those of `mgah.training.job.add_arguments`."""
    parser.add_argument("--training", type=int, help="train on so many images, those that were drawn first")
    parser.add_argument("--codes", type=Path, required=True, help="output folder of <bits>.npz")
    parser.add_argument("--models", type=Path, required=True, help="output folder of <bits>.safetensors")
    parser.add_argument(
        "--keep-models",
        type=int,
        nargs="*",
        metavar="BITS",
        help="code lengths whose models are stored, default all; of the others their cards alone",
    )


def run(job: Job, arguments: argparse.Namespace) -> None:
    """Fit the job's method and write codes and models to the folders that the arguments name."""
    if arguments.training is not None:
        job = replace(job, inputs=job.inputs.with_training(arguments.training))
    write_fit(job, arguments.codes, arguments.models, arguments.keep_models)


def write_fit(
    job: Job, codes_folder: Path, models_folder: Path | None, networks: Sequence[int] | None = None
) -> None:
    """Fit, encode and write all code lengths; nothing is written before everything is computed.

    Args:
        job: the method and its data.
        codes_folder: folder of the codes files.
        models_folder: folder of the models; None to write no models.
        networks: code lengths whose models are written with their weights, None for all; of the others only the card
            is written.
    """
    methods = job.build()
    job.fit(methods)
    if models_folder and registry.find("methods", job.method).place:
        for method in methods:  # those of the project are held to this by tests
            check_model(method, job.inputs.features[:_CHECKED])
            check_batches(method, job.inputs.features[:_CHECKED])
    coded = [_with_notes(method, job) for method in methods]
    for method, codes in zip(methods, coded, strict=True):
        if models_folder:
            target = models_folder / f"{method.n_bits}.safetensors"
            kept = networks is None or method.n_bits in networks
            save_model(target, job.method, method, codes.cell, weights=kept)
        write_codes(codes_folder / f"{method.n_bits}.npz", codes)


def _with_notes(method: HashingMethod, job: Job) -> Codes:
    """The method's codes; its cell says where they show that it learned nothing."""
    codes = encoded(method, job.inputs, job.cell(method.n_bits))
    notes = [*codes.cell["notes"], *learning_notes(method, codes, job.inputs)]
    return replace(codes, cell=codes.cell | {"notes": notes})


def encoded(method: HashingMethod, inputs: Inputs, cell: dict) -> Codes:
    """Encode the queries and the database of the split, which together are all images, and return their codes."""
    features, split = inputs.features, inputs.split
    packed = packed_codes(method, features, _ROWS)
    labels = inputs.images["class_id"].to_numpy()
    return Codes(
        query_codes=packed[split.queries],
        query_ids=split.queries,
        query_labels=labels[split.queries],
        database_codes=packed[split.database],
        database_ids=split.database,
        database_labels=labels[split.database],
        seen_query_ids=split.seen_queries,
        class_names=names_by_id(inputs.images),
        n_bits=method.n_bits,
        cell=cell,
    )
