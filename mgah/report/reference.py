"""The numbers a paper published, tidy: table, metric, dataset, backbone, method, bits, value."""

from collections.abc import Iterable
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
    backbones = reference.groupby("table")["backbone"].unique()
    for table, found in backbones[backbones.map(len) > 1].items():
        raise InputError(
            f"published numbers {path} give {table} the backbones {', '.join(sorted(found))}, expected one: "
            "a table is of one backbone, so give the others a table of their own"
        )
    return reference


def published(reference: pd.DataFrame, table: str, metric: str, backbones: Iterable[str]) -> pd.DataFrame:
    """One published table and metric as ``dataset``, ``backbone``, ``method``, ``bits`` (Int64), ``published``.

    A backbone that the paper uses has its own numbers, so none in a table of another backbone; a stand-in,
    which the paper does not use at all, has those of the table's backbone under its own name.
    """
    part = reference[(reference["table"] == table) & (reference["metric"] == metric)]
    part = part.rename(columns={"value": "published"}).astype({"bits": "Int64"})
    part = part[["dataset", "backbone", "method", "bits", "published"]]
    used = set(reference["backbone"])
    return pd.concat(
        [
            (part[part["backbone"] == word] if word in used else part).assign(backbone=word)
            for word in sorted(set(backbones))
        ],
        ignore_index=True,
    )
