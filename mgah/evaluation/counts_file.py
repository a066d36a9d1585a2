"""The counts file (``.npz``): the integers that a table of scores was computed from and can be computed from again.

The arrays of a cell are named ``dataset/backbone/semantics/split/method/bits/seed/<array>``. The arrays are
``unseen_cnt``, ``unseen_rel``, ``seen_cnt`` and ``seen_rel``, uint32 (queries, bits + 1): items and relevant items at
every distance from the queries of unseen classes and from the seen queries; and ``unseen_labels``, ``seen_labels``,
``unseen_ids`` and ``seen_ids``, uint32 (queries,): the queries' class ids and image ids. Those of the seen queries may
be left out.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mgah.errors import InputError
from mgah.io.arrays import load_arrays
from mgah.io.files import atomic_path

#: Columns that name a cell, in the order in which the names of its arrays have them.
KEY = ("dataset", "backbone", "semantics", "split", "method", "bits", "seed")


_SIDES = ("unseen", "seen")
_ARRAYS = {f"{side}_{part}" for side in _SIDES for part in ("cnt", "rel", "labels", "ids")}
_UNSEEN = {name for name in _ARRAYS if name.startswith("unseen")}


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
        InputError: for a file that cannot be read, or arrays that do not fit each other.
    """
    cells: dict[str, dict[str, np.ndarray]] = {}
    try:
        with load_arrays(source) as stored:
            for place in stored.files:
                key, name = place.rsplit("/", 1)
                if stored[place].dtype != np.uint32:
                    raise InputError(f"{place} is {stored[place].dtype}, expected uint32")
                cells.setdefault(key, {})[name] = stored[place].astype(np.int64)
        if not cells:
            raise InputError("it holds no cell")
        for key, cell in cells.items():
            _check(key, cell)
    except InputError as error:
        raise InputError(f"counts {source}: {error}; remove them and run again") from error
    except Exception as error:  # a broken zip can raise nearly anything
        raise InputError(f"counts {source} cannot be read ({error}): remove them and run again") from error
    return cells


def _check(key: str, cell: Mapping[str, np.ndarray]) -> None:
    """Raise `InputError` unless the name and the arrays of a cell are as this module says."""
    parts = key.split("/")
    if (
        len(parts) != len(KEY)
        or set(cell) not in (_ARRAYS, _UNSEEN)
        or not (parts[5].isdecimal() and parts[6].isdecimal())
    ):
        raise InputError(f"the cell {key} has the arrays {sorted(cell)}, expected {sorted(_ARRAYS)}")
    for side in _SIDES[: len(cell) // 4]:
        cnt, rel, labels, ids = (cell[f"{side}_{part}"] for part in ("cnt", "rel", "labels", "ids"))
        queries = (len(ids),)
        if ids.shape != queries or labels.shape != queries or cnt.shape != (*queries, int(parts[5]) + 1):
            raise InputError(
                f"the cell {key} has {side} counts of shape {cnt.shape}, {len(labels)} labels and {len(ids)} ids, "
                f"expected counts of shape ({len(ids)}, {parts[5]} + 1)"
            )
        if rel.shape != cnt.shape or (rel > cnt).any():
            raise InputError(
                f"the cell {key} has {side} counts that cannot be: more relevant items than items"
            )
        if len(np.unique(ids)) < len(ids):
            raise InputError(f"the cell {key} has a query twice among its {side}_ids")
