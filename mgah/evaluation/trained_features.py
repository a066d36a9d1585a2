"""``python -m mgah.evaluation.trained_features``: score the features of networks that a method trained, coded anew.

A method that trains the backbone end to end learns features and codes. To tell one from the other, the features of its
trained network are computed for all images, before the hidden layer, the scaling and the hash layer of the method;
methods that take features are fitted on those of the training images, as the job ``fit`` fits them on the features of
the untrained network, and all images are coded; and the features are ranked by cosine, without codes.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah import registry
from mgah.cli import json_object, run
from mgah.errors import InputError
from mgah.evaluation.no_coding import score_split
from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.evaluation.rows import Value, score_rows
from mgah.evaluation.score import score_codes
from mgah.io.files import read_json
from mgah.io.records import OBJECT, check_fields
from mgah.methods.deep.base import DeepHashing
from mgah.methods.models import load_model
from mgah.methods.trained import NETWORK_ROWS
from mgah.tables.leaks import read_marks_by_class
from mgah.tables.trained_features import COLUMNS, write_trained_features
from mgah.training.fit import encoded
from mgah.training.job import Job, add_arguments, read_job

_ROWS = 8192  # images whose features are computed at a time


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the scores of all code lengths."""
    parser = argparse.ArgumentParser(
        prog="python -m mgah.evaluation.trained_features", description=__doc__.splitlines()[0]
    )
    add_arguments(parser)
    parser.add_argument(
        "--models", required=True, type=Path, help="folder of the method's <bits>.safetensors"
    )
    parser.add_argument(
        "--refit",
        required=True,
        type=json_object,
        help="methods to fit on the features as JSON: by name in the config an object with method, label, parameters",
    )
    parser.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    parser.add_argument("--output", required=True, type=Path, help="score file to write (.csv)")
    given = parser.parse_args(arguments)
    job, leaks = read_job(given), read_marks_by_class(given.leaks)
    tables = [
        score_rows(cell, values, job.inputs.split.unseen, leaks).drop(columns="notes")
        for bits in tqdm(job.bits, desc="score", unit="network", disable=None)
        for cell, values in scored(job, read_trained(given.models, job, bits), given.refit, given.device)
    ]
    table = pd.concat(tables, ignore_index=True).assign(network=job.name)
    write_trained_features(given.output, table[list(COLUMNS)])


def read_trained(folder: Path, job: Job, bits: int) -> DeepHashing:
    """Read from ``folder`` the model of ``job`` at one code length.

    Raises:
        InputError: for a method that trains no network, or a model that is missing or of another cell.
    """
    path = folder / f"{bits}.safetensors"
    method = load_model(path)
    if not isinstance(method, DeepHashing) or method.trainable not in NETWORK_ROWS:
        raise InputError(
            f"model {path} is of a method that trains no network, expected trainable tail or all: its features are "
            "those of the backbone"
        )
    expected = job.place() | {"seed": job.seed, "bits": bits}
    card = read_json(path.with_suffix(".json"))
    check_fields(card, {"cell": OBJECT}, f"model card {path.with_suffix('.json')}", again="fit it again")
    cell = card["cell"]
    if found := {key: cell.get(key) for key, value in expected.items() if cell.get(key) != value}:
        wanted = {key: expected[key] for key in found}
        raise InputError(f"model {path} has {found} in its card, expected {wanted}: name its own folder")
    return method


def scored(
    job: Job, method: DeepHashing, refit: Mapping[str, Mapping], device: str | None = None
) -> Iterator[tuple[dict, list[Value]]]:
    """Yield the description and the metric values of each cell on the features of one trained network.

    Args:
        job: the job whose model ``method`` is; its features are images, or maps.
        method: the fitted method.
        refit: the methods to fit on the features, by name in the config: each with ``method``, its name in the
            registry, ``label`` and ``parameters``.
        device: device of the network, and of those methods that take one and are given none; None for the one in the
            network's card.

    Yields:
        Cells of `mgah.evaluation.rows.score_rows`: those of the methods, and last that of the ranking without codes.
    """
    bits = method.n_bits
    features = trained_features(method, job.inputs.features, device)
    job = replace(job, inputs=replace(job.inputs, features=features))
    cell = job.cell(bits)
    for name, entry in refit.items():
        again = refitted(job, bits, name, entry, device)
        [fresh] = again.build()
        again.fit([fresh])
        yield (
            again.cell(bits) | {"trained": cell["trained"]},
            score_codes(encoded(fresh, again.inputs, again.cell(bits)))[0],
        )
    line = {"method": NO_CODING, "label": REFERENCE_LINES[NO_CODING]}
    yield cell | line, score_split(job.inputs.features, job.inputs.images, job.inputs.split)


def trained_features(method: DeepHashing, rows: np.ndarray, device: str | None = None) -> np.ndarray:
    """Compute the features that the network of a fitted ``method`` has after its training.

    Args:
        method: a method with ``trainable`` ``tail`` or ``all``.
        rows: feature maps, float16 (n, d), or images, uint8 (n, d), memory-mapped or not.
        device: device of the network, None for the one that the method was fitted with.

    Returns:
        Features, float32 (n, width), before anything that the method itself does to them.

    Raises:
        InputError: for a device, or a precision of the method, that is not there.
    """
    network = method.trained_network(device)
    starts = tqdm(range(0, len(rows), _ROWS), desc="features", unit="block", disable=None)
    return np.concatenate([network.features(rows[start : start + _ROWS]) for start in starts])


def refitted(job: Job, bits: int, name: str, entry: Mapping, device: str | None) -> Job:
    """Return the job that fits another method at ``bits`` on the features of ``job``; arguments as of `scored`."""
    parameters = dict(entry["parameters"])
    if device and "device" in registry.find("methods", entry["method"]).parameters:
        parameters = {"device": device} | parameters
    return replace(
        job,
        method=entry["method"],
        parameters=parameters,
        bits=(bits,),
        name=name,
        label=entry["label"],
        notes=(),
    )


if __name__ == "__main__":
    run(main)
