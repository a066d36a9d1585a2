"""Tidy tables as csv files: what the modules that own such a format share, beside their columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path

#: What names the cell that a row is of: str, then ``seed`` and ``bits`` int64.
CELL = ("dataset", "backbone", "semantics", "split", "method", "label", "seed", "bits")


def write_tidy(target: Path | str, table: pd.DataFrame, key: Sequence[str], **formats: str) -> None:
    """Write ``table`` atomically, in the order of ``key``: the same rows give the same bytes.

    ``formats`` are those of `pandas.DataFrame.to_csv`, such as ``float_format``.
    """
    ordered = table.sort_values(list(key), ignore_index=True)
    with atomic_path(target) as path:
        ordered.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", **formats)


def read_tidy(
    source: Path | str,
    name: str,
    again: str,
    columns: Sequence[str],
    key: Sequence[str],
    types: Mapping[str, type],
) -> pd.DataFrame:
    """Read a table of ``columns``, one row a ``key``; ``types`` are int, float or bool, and str for all others.

    ``name`` and ``again`` (make it again) are words of the `InputError` that a file of anything else is.
    """
    try:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
        flags = {column: table[column] == "True" for column, kind in types.items() if kind is bool}
        table = table.assign(**flags).astype(dict(types))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{name} {source} cannot be read as csv ({error}): {again}") from error
    if tuple(table.columns) != tuple(columns) or table.duplicated(list(key)).any():
        raise InputError(
            f"{name} {source} cannot be used: the columns are {list(table.columns)}, expected {list(columns)} with one "
            f"row for each {', '.join(key)}: {again}"
        )
    return table
