"""Collects the course of all trainings, from the cards of models, into one table, `mgah.tables.history`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.tables.history import HISTORY, ORDER
from mgah.tables.keys import RUN_KEY


def collect_history(models: Sequence[Path | str]) -> pd.DataFrame:
    """Return the losses by epoch of ``models`` (files of `mgah.methods.models`) as one table, sorted by its columns.

    Raises:
        InputError: for a model whose card has no history of a training.
    """
    rows = [row for model in models for row in _epochs(Path(model).with_suffix(".json"))]
    return HISTORY.rows(rows).sort_values(list(ORDER), ignore_index=True)


def _epochs(card_file: Path) -> list[dict]:
    """A row for each epoch of one model, from what its training recorded."""
    card = read_json(card_file)
    try:
        loss, cell = card["history"]["loss_"], card["cell"]
        betas = card["history"].get("beta_", [np.nan] * len(loss))
        return [
            {key: cell[key] for key in RUN_KEY} | {"epoch": epoch, "loss": value, "beta": beta}
            for epoch, (value, beta) in enumerate(zip(loss, betas, strict=True), start=1)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"model card {card_file} tells of no training ({error!r}): fit it again") from error
