"""Opens arrays and tables in files of one's own; says in one sentence what cannot be read."""

from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.arrays import load_arrays, reason


def is_table(file: Path) -> bool:
    """Say whether ``file`` is a table by its name, ``.csv`` or, as ``mgah export`` packs it, ``.csv.gz``.

    Examples:
        >>> is_table(Path("photos.CSV")), is_table(Path("photos.csv.gz")), is_table(Path("photos.npz"))
        (True, True, False)
    """
    return file.name.lower().endswith((".csv", ".csv.gz"))


def read_array(file: Path, name: str = "codes") -> np.ndarray:
    """Return the array in ``file``, ``.npy``, or the one called ``name`` of an ``.npz``.

    Raises:
        InputError: for a file that cannot be read, or has no such array.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     np.savez(f"{folder}/own.npz", labels=[1, 2])
        ...     read_array(Path(f"{folder}/own.npz"), "labels").tolist()
        [1, 2]
    """
    try:
        stored = load_arrays(file)
        return stored if isinstance(stored, np.ndarray) else stored[name]
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(
            f"{file} cannot be read ({reason(error)}): expected {name} as .npy, .npz or .csv"
        ) from error


def read_table(file: Path) -> pd.DataFrame:
    """Return the table in ``file``, for which `is_table` holds, all of whose cells are texts.

    Raises:
        InputError: for a file that cannot be read, has no rows, or one that is longer than the first.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(f"{folder}/own.csv").write_text("code,label\\n01,cat\\n")
        ...     read_table(Path(f"{folder}/own.csv"))["code"].tolist()
        ['01']
    """
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except Exception as error:  # a damaged packed file can raise nearly anything
        raise InputError(f"{file} cannot be read as a table ({error}): expected .csv or .csv.gz") from error
    if table.empty or not isinstance(table.index, pd.RangeIndex):
        raise InputError(
            f"{file} has no rows, or one of more than {table.shape[1]} values, expected a code a row: write it again"
        )
    return table
