"""The images table (``images.csv``): every image of a dataset by a stable id. Writer and reader side by side.

Columns: ``id`` int, rank of ``path`` among all paths sorted as text, so that it is the same on every machine;
``class_id`` int, index into the dataset's class list; ``class_name`` str; ``path`` str, the image's place inside
the dataset; ``content`` str, 32 hexadecimal digits, the hash of the decoded RGB pixels and their shape.
"""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path

COLUMNS = ("id", "class_id", "class_name", "path", "content")


def write_images(target: Path | str, images: pd.DataFrame) -> None:
    """Check and write an images table."""
    _check(images, target)
    with atomic_path(target) as path:
        images.to_csv(path, index=False)


def read_images(source: Path | str) -> pd.DataFrame:
    """Read and check an images table; row ``i`` has id ``i``."""
    try:
        images = pd.read_csv(
            source,
            dtype={"class_name": str, "path": str, "content": str},
            keep_default_na=False,
            na_values=[],
        )
    except (OSError, ValueError) as error:
        raise InputError(
            f"images table {source} cannot be read ({error}): remove it and run again"
        ) from error
    _check(images, source)
    return images


def _check(images: pd.DataFrame, place: Path | str) -> None:
    if tuple(images.columns) != COLUMNS:
        raise InputError(
            f"images table {place} has the columns {list(images.columns)}, expected {list(COLUMNS)}"
        )
    if images.empty:
        raise InputError(f"images table {place} has no rows: the dataset has no images")
    if not (images["id"].to_numpy() == range(len(images))).all():
        raise InputError(
            f"images table {place} has ids that are not 0, 1, 2, ... in order: remove it and run again"
        )
    if not images["path"].is_monotonic_increasing or images["path"].duplicated().any():
        raise InputError(f"images table {place} is not sorted by unique paths: remove it and run again")
