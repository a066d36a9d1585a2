"""How trainings went, from the cards of models, as one tidy table (csv).

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` str; ``bits``, ``seed``, ``epoch``
int64, the first epoch is 1; ``loss`` float64, its mean over the epoch; ``beta`` float64, the energy factor of the
epoch (equation 9), nan for a method that has none. Writer and reader side by side.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json

CELL = ("dataset", "backbone", "semantics", "split", "method", "label", "bits", "seed")
COLUMNS = (*CELL, "epoch", "loss", "beta")
_NUMBERS = {"bits": "int64", "seed": "int64", "epoch": "int64", "loss": "float64", "beta": "float64"}


def collect_history(models: Sequence[Path | str]) -> pd.DataFrame:
    """The trainings of ``models`` (``.safetensors``, of `mgah.methods.models`), in the order of the columns."""
    rows = [row for model in models for row in _epochs(Path(model).with_suffix(".json"))]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(_NUMBERS)
    return table.sort_values([*CELL, "epoch"], ignore_index=True)


def _epochs(card_file: Path) -> list[dict]:
    """A row for each epoch of one model, from what its training recorded."""
    card = read_json(card_file)
    try:
        loss, cell = card["history"]["loss_"], card["cell"]
        betas = card["history"].get("beta_", [np.nan] * len(loss))
        return [
            {key: cell[key] for key in CELL} | {"epoch": epoch, "loss": value, "beta": beta}
            for epoch, (value, beta) in enumerate(zip(loss, betas, strict=True), start=1)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"model card {card_file} tells of no training ({error!r}): fit it again") from error


def write_history(target: Path | str, table: pd.DataFrame) -> None:
    """Write the table atomically."""
    with atomic_path(target) as path:
        table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def read_history(source: Path | str) -> pd.DataFrame:
    """Read the table; other columns or content are an `InputError` that names the file."""
    try:
        table = pd.read_csv(
            source, keep_default_na=False, na_values={"beta": ""}, dtype=dict.fromkeys(CELL[:6], str)
        )
        if tuple(table.columns) == COLUMNS:
            return table.astype(_NUMBERS)
    except (OSError, ValueError) as error:
        raise InputError(f"history {source} cannot be read as csv ({error}): make it again") from error
    raise InputError(f"history {source} has the columns {list(table.columns)}, expected {list(COLUMNS)}")
