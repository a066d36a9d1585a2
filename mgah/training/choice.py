"""The record of one choice (json), and all choices of a run as one tidy table (csv). Writers and readers side by side.

Record: ``cell`` (dataset, backbone, semantics, split, method, label), ``bits`` and ``seed`` of the trials,
``settings``: the settings tried, each laid over the method's parameters, the first ``{}``; ``held_out``: classes of
each task; ``mAP``: of each setting on each task; ``chosen``: place of the setting taken.

Table: the columns `COLUMNS`, one row a setting and task; ``setting`` and ``held_out`` are JSON.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, write_json

CELL = ("dataset", "backbone", "semantics", "split", "method", "label")
COLUMNS = (*CELL, "bits", "seed", "trial", "setting", "held_out", "mAP", "chosen")


@dataclass(frozen=True)
class Choice:
    """One choice of a setting; see the module for the fields."""

    cell: dict[str, str]
    bits: int
    seed: int
    settings: list[dict]
    held_out: list[list[str]]
    mAP: list[list[float]]
    chosen: int

    @property
    def setting(self) -> dict:
        """The setting taken."""
        return self.settings[self.chosen]

    def note(self) -> str:
        """What a reader must be told beside every number of a chosen setting; the same for all splits."""
        return (
            f"weights are chosen on each split out of {len(self.settings)} settings, by the mAP at {self.bits} bits of "
            "seen classes that are held out of its training images (see the table hyperparameters)"
        )


def write_choice(target: Path | str, choice: Choice) -> None:
    """Write a record atomically."""
    write_json(target, asdict(choice))


def read_choice(source: Path | str) -> Choice:
    """Read a record; anything that is none is an `InputError` that names the file."""
    try:
        choice = Choice(**read_json(source))
        fits = np.shape(choice.mAP) == (len(choice.settings), len(choice.held_out))
        fits = fits and 0 <= choice.chosen < len(choice.settings) and set(choice.cell) == set(CELL)
    except TypeError as error:
        raise InputError(f"{source} is no record of a choice ({error}): remove it and run again") from error
    if not fits:
        raise InputError(
            f"{source} is no record of a choice, its scores, settings or cell do not fit each other: "
            "remove it and run again"
        )
    return choice


def collect_choices(sources: Sequence[Path | str]) -> pd.DataFrame:
    """All records as one table, in the order of its columns, whatever the order of ``sources``."""
    rows = [
        choice.cell
        | {"bits": choice.bits, "seed": choice.seed, "trial": trial, "setting": json.dumps(setting)}
        | {"held_out": json.dumps(held_out), "mAP": score, "chosen": trial == choice.chosen}
        for choice in map(read_choice, sources)
        for trial, setting in enumerate(choice.settings)
        for held_out, score in zip(choice.held_out, choice.mAP[trial], strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values([*CELL, "trial", "held_out"], ignore_index=True)


def write_choices(target: Path | str, table: pd.DataFrame) -> None:
    """Write the table of all choices atomically."""
    with atomic_path(target) as path:
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_choices(source: Path | str) -> pd.DataFrame:
    """Read the table of all choices; other columns or content are an `InputError` that names the file."""
    try:
        table = pd.read_csv(
            source, keep_default_na=False, dtype=dict.fromkeys((*CELL, "setting", "held_out"), str)
        )
        table = table.astype({"bits": int, "seed": int, "trial": int, "mAP": float, "chosen": bool})
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"choices {source} cannot be read as csv ({error}): make them again") from error
    if tuple(table.columns) != COLUMNS:
        raise InputError(f"choices {source} have the columns {list(table.columns)}, expected {list(COLUMNS)}")
    return table
