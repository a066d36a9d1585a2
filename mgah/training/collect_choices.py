"""Collects the records of all choices into one table, `mgah.tables.choices`."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.tables.choices import CHOICES
from mgah.training.choice import CHOICE_KEY, read_choice


def collect_choices(sources: Sequence[Path | str]) -> pd.DataFrame:
    """Return the records in the files ``sources`` as one table, sorted by its columns."""
    rows = [
        choice.cell
        | {"bits": choice.bits, "seed": choice.seed, "trial": trial, "setting": json.dumps(setting)}
        | {"held_out": json.dumps(held_out), "mAP": score, "chosen": trial == choice.chosen}
        for choice in map(read_choice, sources)
        for trial, setting in enumerate(choice.settings)
        for held_out, score in zip(choice.held_out, choice.mAP[trial], strict=True)
    ]
    return CHOICES.rows(rows).sort_values([*CHOICE_KEY, "trial", "held_out"], ignore_index=True)
