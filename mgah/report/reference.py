"""The numbers a paper published, tidy: table, metric, dataset, backbone, method, bits, value."""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError

COLUMNS = ("table", "metric", "dataset", "backbone", "method", "bits", "value")


def read_reference(path: Path | str) -> pd.DataFrame:
    """Read published numbers; ``bits`` int64, ``value`` float64 in [0, 1], one row a number."""
    try:
        reference = pd.read_csv(path, dtype={"bits": "int64", "value": "float64"}, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"published numbers {path} cannot be read ({error}): restore the file") from error
    if tuple(reference.columns) != COLUMNS:
        raise InputError(
            f"published numbers {path} have the columns {list(reference.columns)}, expected {list(COLUMNS)}"
        )
    if not reference["value"].between(0, 1).all():
        raise InputError(
            f"published numbers {path} hold values outside 0..1: a percentage is to be divided by 100"
        )
    twice = reference.duplicated(list(COLUMNS[:-1]))
    if twice.any():
        raise InputError(
            f"published numbers {path} hold {reference[twice].iloc[0, :-1].to_dict()} twice, expected once"
        )
    return reference


def published(reference: pd.DataFrame, table: str, metric: str) -> pd.DataFrame:
    """One published table and metric as ``dataset``, ``method``, ``bits`` (Int64), ``published``."""
    part = reference[(reference["table"] == table) & (reference["metric"] == metric)]
    part = part.rename(columns={"value": "published"}).astype({"bits": "Int64"})
    return part[["dataset", "method", "bits", "published"]].reset_index(drop=True)
