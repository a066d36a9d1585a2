"""The table of images that splits are drawn from, of arrays instead of a dataset."""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mgah.arrays import as_array
from mgah.errors import InputError


def images_of(class_names: Sequence[str] | np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Return a table of images (`mgah.tables.images`) whose ids are the places of their rows.

    Args:
        class_names: name of each image's class, (n,).
        rows: pixels or features, (n, ...); images with equal rows are exact copies: none is a query, and one of a seen
            class is no training image where the other is of an unseen class.

    Raises:
        InputError: for another number of names than rows, or none; names that are missing; or rows that are no array.

    Examples:
        >>> images_of(["dog", "cat", "dog"], np.array([[1.0], [2.0], [1.0]]))[["id", "class_id", "class_name"]]
           id  class_id class_name
        0   0         1        dog
        1   1         0        cat
        2   2         1        dog
    """
    names, rows = as_array(class_names, "class names"), as_array(rows, "rows")
    if rows.dtype.kind == "O":
        raise InputError("rows are objects, expected numbers or text of shape (n, ...)")
    if (missing := pd.isna(names)).any():
        raise InputError(
            f"class names are missing, first of row {int(missing.argmax())}, expected a name a row"
        )
    names = names.astype(str)
    if not rows.ndim or names.shape != (len(rows),) or not len(rows):
        raise InputError(
            f"class names are of shape {names.shape} for rows of shape {rows.shape}, expected one name a row"
        )
    classes, class_ids = np.unique(names, return_inverse=True)
    digits = len(str(len(rows) - 1))
    return pd.DataFrame(
        {
            "id": np.arange(len(rows)),
            "class_id": class_ids,
            "class_name": classes[class_ids].tolist(),
            "path": [f"{place:0{digits}}" for place in range(len(rows))],
            "content": [
                hashlib.blake2b(np.ascontiguousarray(row).tobytes(), digest_size=16).hexdigest()
                for row in rows
            ],
        }
    )
