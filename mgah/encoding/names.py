"""Names of rows, as files of arrays have them."""

import numpy as np

from mgah.errors import InputError
from mgah.io.arrays import as_text


def read_names(stored: np.ndarray, place: str) -> tuple[str, ...]:
    """Return the names in ``stored``, texts, bytes of UTF-8, numbers or dates (n,); ``place`` names it in sentences.

    Raises:
        InputError: for an array of another shape or kind, or bytes that are no UTF-8.

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
    return tuple(map(str, as_text(stored, place).tolist()))
