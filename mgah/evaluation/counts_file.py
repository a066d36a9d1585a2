"""The counts file (``.npz``): the integers that a table of scores was computed from and can be computed from again.

The arrays of a cell are named ``dataset/backbone/semantics/split/method/bits/seed/<array>``. The arrays are
``unseen_cnt``, ``unseen_rel``, ``seen_cnt`` and ``seen_rel``, uint32 (queries, bits + 1): items and relevant items at
every distance from the queries of unseen classes and from the seen queries; and ``unseen_labels``, ``seen_labels``,
``unseen_ids`` and ``seen_ids``, uint32 (queries,): the queries' class ids and image ids.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mgah.errors import InputError
from mgah.io.files import atomic_path

#: Columns that name a cell, in the order in which the names of its arrays have them.
KEY = ("dataset", "backbone", "semantics", "split", "method", "bits", "seed")


def cell_key(cell: Mapping) -> str:
    """Return what the names of a cell's arrays begin with: ``dataset/backbone/semantics/split/method/bits/seed``."""
    return "/".join(str(cell[part]) for part in KEY)


def write_counts(target: Path | str, counts: Mapping[str, Mapping[str, np.ndarray]]) -> None:
    """Write the arrays of every cell, by `cell_key`, to ``target``, atomically; equal arrays give equal bytes."""
    arrays: dict[str, Any] = {
        f"{key}/{name}": array.astype(np.uint32)
        for key, cell in counts.items()
        for name, array in cell.items()
    }
    with atomic_path(target) as path:
        np.savez_compressed(path, **arrays)


def read_counts(source: Path | str) -> dict[str, dict[str, np.ndarray]]:
    """Read the arrays of every cell, by `cell_key`, from ``source``; counts become int64.

    Raises:
        InputError: for a file that cannot be read.
    """
    cells: dict[str, dict[str, np.ndarray]] = {}
    try:
        with np.load(source, allow_pickle=False) as stored:
            for place in stored.files:
                key, name = place.rsplit("/", 1)
                cells.setdefault(key, {})[name] = stored[place].astype(np.int64)
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(f"counts {source} cannot be read ({error}): remove them and run again") from error
    return cells
