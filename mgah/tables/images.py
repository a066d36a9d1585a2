"""The images table (``images.csv``): every image of a dataset by a stable id. Writer and reader side by side.

Columns: ``id`` int, rank of ``path`` among all paths sorted as text, so that it is the same on every machine;
``class_id`` int, index into the dataset's class list; ``class_name`` str; ``path`` str, the image's path inside
the dataset; ``content`` str, 32 hexadecimal digits, the hash of the decoded RGB pixels and their shape.
"""

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.tables.format import TableFormat


def check_images(images: pd.DataFrame) -> None:
    """Raise `InputError` unless the rows of the table ``images`` may be taken by their ids, and its classes be told.

    Splits hold ids and take them as places of rows: in a table that was filtered or sorted anew, they would be those of
    other images.

    Examples:
        >>> from mgah.splits import images_of
        >>> images = images_of(["ant", "bee", "cat"], np.arange(3))
        >>> check_images(images)
        >>> check_images(images[images["class_name"] != "ant"])
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: the images table has ids that are not 0, 1, 2, ... in order: give it whole, ...
    """
    if missing := [name for name in ("id", "class_id", "class_name", "content") if name not in images]:
        raise InputError(
            f"the images table has the columns {list(images)}, expected {', '.join(missing)} as well: make it with "
            "images_of, or read it from the images.csv of a run"
        )
    if fault := _fault_of_ids(images) or _fault_of_classes(images):
        raise InputError(
            f"the images table {fault}: give it whole, as images_of or the images.csv of a run has it"
        )


def _fault_of_ids(images: pd.DataFrame) -> str | None:
    if images.empty:
        return "has no rows, expected one for each image of the dataset"
    if not np.array_equal(images["id"], np.arange(len(images))):
        return "has ids that are not 0, 1, 2, ... in order"
    return None


def _fault_of_classes(images: pd.DataFrame) -> str | None:
    classes = images[["class_id", "class_name"]].drop_duplicates()
    if classes["class_id"].duplicated().any() or classes["class_name"].duplicated().any():
        return "gives a class id two names or a class name two ids"
    return None


def _fault(images: pd.DataFrame) -> str | None:
    if fault := _fault_of_ids(images):
        return fault
    if not images["path"].is_monotonic_increasing or images["path"].duplicated().any():
        return "is not sorted by unique paths"
    if wrong := [number for number in images["class_id"].unique().tolist() if not 0 <= number <= MAX_CLASS]:
        return f"has the class id {wrong[0]}, expected ids from 0 to {MAX_CLASS:,}"
    if fault := _fault_of_classes(images):
        return fault
    if not images["content"].str.fullmatch("[0-9a-f]{32}").all():
        return "has a content that is not 32 hexadecimal digits"
    return None


#: Highest class id that a codes file can hold.
MAX_CLASS = (1 << 15) - 1
IMAGES = TableFormat(
    name="images table",
    columns={"id": int, "class_id": int, "class_name": str, "path": str, "content": str},
    empty=False,
    check=_fault,
)
COLUMNS = tuple(IMAGES.columns)
write_images, read_images = IMAGES.write, IMAGES.read
