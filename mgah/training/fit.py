"""The fit job: one method on one split with one seed, at all code lengths, from stored files to codes and models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mgah import seeds
from mgah.methods.base import HashingMethod
from mgah.methods.codes import Codes, pack, write_codes
from mgah.methods.discovery import build_method
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics
from mgah.splits import Split, names_by_id, seen_labels

#: Rows encoded at a time, so that a large database needs no second copy of its features.
_ROWS = 8192


@dataclass(frozen=True)
class Cell:
    """Which cells of the benchmark a job computes, in config words; ``label`` and ``notes`` are for the tables."""

    dataset: str
    backbone: str
    semantics: str
    split: str
    method: str
    label: str
    seed: int
    notes: tuple[str, ...]

    def at(self, bits: int | None) -> dict:
        """The description stored in a codes file."""
        return {**vars(self), "bits": bits, "notes": list(self.notes)}


def build_methods(name: str, parameters: dict, bits: Sequence[int], cell: Cell) -> list[HashingMethod]:
    """One unfitted method a code length.

    The seed is the cell's own, without the method: variants of one method start from the same weights.
    """
    random_state = seeds.integer(cell.seed, "hashing", cell.dataset, cell.split)
    return [
        build_method(name, {"n_bits": n_bits, "random_state": random_state} | parameters) for n_bits in bits
    ]


def fit_cell(
    methods: Sequence[HashingMethod],
    features: np.ndarray,
    images: pd.DataFrame,
    split: Split,
    semantics: ClassSemantics,
) -> None:
    """Fit on the training images of ``split``, all of seen classes, with the semantics of the seen classes alone."""
    labels = seen_labels(split, images)
    type(methods[0]).fit_many(methods, features[split.training], labels, semantics.subset(split.seen))


def encode_cell(
    method: HashingMethod, features: np.ndarray, images: pd.DataFrame, split: Split, cell: Cell
) -> Codes:
    """Codes of the queries and the database of ``split``, which together are all images."""
    packed = np.concatenate(
        [pack(method.encode(features[start : start + _ROWS])) for start in range(0, len(features), _ROWS)]
    )
    labels = images["class_id"].to_numpy()
    return Codes(
        query_codes=packed[split.queries],
        query_ids=split.queries,
        query_labels=labels[split.queries],
        database_codes=packed[split.database],
        database_ids=split.database,
        database_labels=labels[split.database],
        seen_query_ids=split.seen_queries,
        class_names=names_by_id(images),
        n_bits=method.n_bits,
        cell=cell.at(method.n_bits),
    )


def run(
    name: str,
    parameters: dict,
    bits: Sequence[int],
    cell: Cell,
    features: np.ndarray,
    images: pd.DataFrame,
    split: Split,
    semantics: ClassSemantics,
    codes_folder: Path,
    models_folder: Path,
) -> None:
    """Fit, encode and write all code lengths; nothing is written before everything is computed."""
    methods = build_methods(name, parameters, bits, cell)
    fit_cell(methods, features, images, split, semantics)
    coded = [encode_cell(method, features, images, split, cell) for method in methods]
    for method, codes in zip(methods, coded, strict=True):
        save_model(models_folder / f"{method.n_bits}.safetensors", name, method, codes.cell)
        write_codes(codes_folder / f"{method.n_bits}.npz", codes)
