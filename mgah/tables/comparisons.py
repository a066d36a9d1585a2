"""Comparisons (``.csv``), tidy: a reference method with each other one, on the same splits, seeds and queries.

Columns: ``dataset``, ``backbone``, ``semantics``, ``reference``, ``method``, ``bits`` int64, ``split``, empty for all
splits together; ``reference_mAP``, ``mAP``, ``difference`` (reference minus method), means over seeds and queries, and
over splits where there is none named. On those rows also, empty on the others:

- ``low``, ``high``: 95 % interval of the difference; ``splits``, ``won`` (splits on which the reference is above),
  ``seeds`` and ``queries`` (fewest of any split), Int64; ``d_z``, ``p``: see `mgah.metrics.statistics`;
- ``family``: yes or no, whether the comparison is one of those fixed beforehand; ``p_holm`` and ``verdict``, better,
  worse or undecided, of those only; ``reason``: why undecided.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path

KEY = ("dataset", "backbone", "semantics", "reference", "method", "bits", "split")
COUNTS = ("splits", "won", "seeds", "queries")
NUMBERS = ("reference_mAP", "mAP", "difference", "low", "high", "d_z", "p", "p_holm")
TEXTS = ("family", "verdict", "reason")
COLUMNS = (*KEY, *NUMBERS[:5], *COUNTS, *NUMBERS[5:7], "family", "p_holm", "verdict", "reason")
VERDICTS = ("better", "worse", "undecided")


def write_comparisons(target: Path | str, comparisons: pd.DataFrame) -> None:
    """Write comparisons atomically, numbers to 10 digits: the last ones differ between processors."""
    with atomic_path(target) as path:
        comparisons.to_csv(path, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8")


def read_comparisons(path: Path | str) -> pd.DataFrame:
    """Read comparisons; other columns, or text where a number belongs, are an `InputError` that names the file."""
    text = [column for column in (*KEY, *TEXTS) if column != "bits"]
    types = {"bits": "int64", **dict.fromkeys(NUMBERS, "float64"), **dict.fromkeys(COUNTS, "Int64")}
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        if tuple(table.columns) != COLUMNS:
            raise ValueError(f"columns {list(table.columns)}, expected {list(COLUMNS)}")
        numbers = table.drop(columns=text).apply(pd.to_numeric)
        return table.assign(**numbers).astype(types)[list(COLUMNS)]
    except (OSError, ValueError) as error:
        raise InputError(f"comparisons {path} cannot be read ({error}): make them again") from error
