"""Collects the records of all choices into one table, `mgah.tables.choices`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.tables.choices import CHOICES
from mgah.tables.keys import METHOD_KEY
from mgah.training.choice import read_choice


def collect_choices(sources: Sequence[Path | str], defaults: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the records in the files ``sources`` as one table, sorted by its columns.

    Args:
        sources: files of `mgah.training.choice`.
        defaults: by ``<dataset>/<backbone>/<semantics>/<method>``, the method that has the default setting there.
    """
    rows = [
        choice.cell
        | {"default": _default(choice.cell, defaults or {})}
        | {"bits": choice.bits, "seed": choice.seed, "trial": trial, "setting": json.dumps(setting)}
        | {"held_out": json.dumps(held_out), "mAP": score, "chosen": trial == choice.chosen}
        for choice in map(read_choice, sources)
        for trial, setting in enumerate(choice.settings)
        for held_out, score in zip(choice.held_out, choice.mAP[trial], strict=True)
    ]
    return CHOICES.rows(rows).sort_values([*METHOD_KEY, "trial", "held_out"], ignore_index=True)


def _default(cell: Mapping[str, str], defaults: Mapping[str, str]) -> str:
    return defaults.get("/".join(cell[key] for key in ("dataset", "backbone", "semantics", "method")), "")
