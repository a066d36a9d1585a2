"""Names of rows, as files of arrays have them."""

import numpy as np

from mgah.errors import InputError
from mgah.io.arrays import as_text
from mgah.io.names import is_text


def read_names(stored: np.ndarray, place: str) -> tuple[str, ...]:
    """Return the names in ``stored``, texts, bytes of UTF-8, numbers or dates (n,); ``place`` names it in sentences.

    Raises:
        InputError: for an array of another shape or kind, bytes that are no UTF-8, or a text that is more than a line.

    Examples:
        >>> read_names(np.array([b"caf\\xc3\\xa9", b"tea"]), "names in rows.npz")
        ('café', 'tea')
        >>> read_names(np.array("tea"), "names in rows.npz")
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: names in rows.npz are <U3 of shape (), expected texts of shape (n,), one for each row
    """
    if stored.ndim != 1 or stored.dtype.kind not in "USbiufM":
        raise InputError(
            f"{place} are {stored.dtype} of shape {stored.shape}, expected texts of shape (n,), one for each row"
        )
    names = tuple(map(str, as_text(stored, place).tolist()))
    for row, name in enumerate(names):
        if not is_text(name):
            raise InputError(
                f"{place} hold {name!r} in row {row}, expected a line of text without control characters: rename it"
            )
    return names
