"""The evaluation stage: score codes files, or the line without codes.

``score`` ranks by Hamming distance and writes a tidy score file and the integer counts behind it; ``no-coding``
ranks float features by cosine and writes a tidy score file.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from mgah.cli import run
from mgah.data.images import read_images
from mgah.errors import InputError
from mgah.evaluation.cells import score_codes
from mgah.evaluation.counts_store import cell_key, write_counts
from mgah.evaluation.no_coding import no_coding_cell, score_split
from mgah.evaluation.scores import check_cell, read_leaks, score_rows, write_scores
from mgah.features.store import read_features
from mgah.files import read_json
from mgah.hashing.codes import read_codes
from mgah.hashing.discovery import method_class
from mgah.splits import read_split


def main() -> None:
    """Parse the command line and run one of the two commands."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation", description=__doc__)
    commands = parser.add_subparsers(required=True)
    score = commands.add_parser("score", help="score codes files")
    score.add_argument("--counts", required=True, type=Path, help="counts file to write (.npz)")
    score.add_argument("codes", nargs="+", type=Path, help="codes files (.npz)")
    score.set_defaults(command=_score)
    cosine = commands.add_parser("no-coding", help="score float features by cosine")
    cosine.add_argument("--features", required=True, type=Path, help="folder of the feature store")
    cosine.add_argument("--images", required=True, type=Path, help="the dataset's images table")
    cosine.add_argument("--dataset-card", required=True, type=Path, help="the dataset's card (dataset.json)")
    cosine.add_argument("--method", required=True, help="method word, one whose rows are floats")
    cosine.add_argument(
        "--cell",
        required=True,
        help="JSON object with semantics and seed; method, label, dataset, backbone and notes may be given too",
    )
    cosine.add_argument("--splits", required=True, nargs="+", type=Path, help="split files (.json)")
    cosine.set_defaults(command=_no_coding)
    for command in (score, cosine):
        command.add_argument("--output", required=True, type=Path, help="score file to write (.csv)")
        command.add_argument("--leaks", type=Path, help="leak marks of the classes (.csv)")
    arguments = parser.parse_args()
    arguments.command(arguments)


def _score(arguments: argparse.Namespace) -> None:
    leaks = None if arguments.leaks is None else read_leaks(arguments.leaks)
    tables, counts = [], {}
    for path in tqdm(arguments.codes, desc="score", unit="cell", disable=None):
        codes = read_codes(path)
        check_cell(codes.cell, f"codes file {path}")
        if codes.cell.get("bits") != codes.n_bits:
            raise InputError(
                f"codes file {path} holds {codes.n_bits} bits and calls them {codes.cell.get('bits')}: make it again"
            )
        key = cell_key(codes.cell)
        if key in counts:
            raise InputError(
                f"codes file {path} is the cell {key}, which another file is already: leave one out"
            )
        try:
            values, counts[key] = score_codes(codes)
        except InputError as error:
            raise InputError(f"codes file {path}: {error}") from error
        unseen = [codes.class_names[label] for label in sorted(set(codes.query_labels.tolist()))]
        tables.append(score_rows(codes.cell, values, unseen, leaks))
    _check_leak_scope(tables, leaks)
    write_counts(arguments.counts, counts)
    write_scores(arguments.output, pd.concat(tables, ignore_index=True))


def _no_coding(arguments: argparse.Namespace) -> None:
    given = _cell_argument(arguments.cell)
    leaks = None if arguments.leaks is None else read_leaks(arguments.leaks)
    images, dataset = read_images(arguments.images), read_json(arguments.dataset_card)
    features, card = read_features(arguments.features, len(images))
    method = method_class(arguments.method)
    notes = (*dataset["notes"], *card["notes"], *method.notes)
    tables = []
    for path in tqdm(arguments.splits, desc="score", unit="split", disable=None):
        split = read_split(path, images)
        cell = no_coding_cell(given, arguments.method, method.label, notes, card["backbone"], split)
        check_cell(cell, "--cell")
        tables.append(score_rows(cell, score_split(method(), features, images, split), split.unseen, leaks))
    write_scores(arguments.output, pd.concat(tables, ignore_index=True))


def _cell_argument(text: str) -> Mapping:
    try:
        cell = json.loads(text)
    except ValueError as error:
        raise InputError(
            f"--cell {text!r} is not JSON ({error}): pass an object with semantics and seed"
        ) from error
    if (
        not isinstance(cell, dict)
        or not {"semantics", "seed"} <= cell.keys()
        or {"bits", "split"} & cell.keys()
    ):
        raise InputError(
            f"--cell is {text!r}, expected a JSON object with semantics and seed and without bits and split"
        )
    return cell


def _check_leak_scope(tables: list[pd.DataFrame], leaks: Mapping[str, str] | None) -> None:
    """Leak marks belong to one dataset and one backbone."""
    scopes = {(table["dataset"].iloc[0], table["backbone"].iloc[0]) for table in tables}
    if leaks is not None and len(scopes) > 1:
        raise InputError(
            f"--leaks holds the marks of one dataset and backbone, the codes are of {sorted(scopes)}: score them apart"
        )


if __name__ == "__main__":
    run(main)
