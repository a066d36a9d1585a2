"""Array parameters of methods, such as given anchors or start values: one reader that checks them."""

from collections.abc import Sequence

import numpy as np

from mgah.arrays import as_array
from mgah.errors import InputError

#: Largest size of a number, so that sums of squares are numbers.
_LARGEST = 1e150


def read_array(who: str, name: str, value: object, shape: Sequence[int | str]) -> np.ndarray:
    """Return the array ``value`` of the parameter ``name`` of the method ``who`` as float64.

    Args:
        who: the method, for an error's sentence.
        name: the parameter, likewise.
        value: what was given, an array or what NumPy makes one of.
        shape: a length of each axis; text, such as "m", stands for any length of 1 or more.

    Raises:
        InputError: for what is no array of real, finite numbers up to 1e150, for another shape, and for masked values.

    Examples:
        >>> read_array("KSH", "anchors", [[1, 2], [3, 4]], ("m", 2)).tolist()
        [[1.0, 2.0], [3.0, 4.0]]
        >>> read_array("KSH", "anchors", [[1, 2], [3]], ("m", 2))
        Traceback (most recent call last):
        mgah.errors.InputError: KSH: values of anchors cannot be read as an array (...): pass rows of one length, ...
    """
    expected = f"expected numbers of shape ({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"
    array = _array(who, name, value, expected)
    fits = array.ndim == len(shape) and all(map(_fits, array.shape, shape))
    if not fits or array.dtype.kind not in "fiu":
        named = " and ".join(f"{length} of 1 or more" for length in shape if isinstance(length, str))
        raise InputError(
            f"{who}: {name} is {array.dtype} of shape {array.shape}, {expected}{named and ', ' + named}"
        )
    if not (np.abs(numbers := array.astype(np.float64)) <= _LARGEST).all():
        raise InputError(
            f"{who}: {name} has values that are not finite or above {_LARGEST:g} in size, {expected}"
        )
    return numbers


def read_indices(who: str, name: str, value: object, n: int) -> np.ndarray:
    """Return ``value`` of the parameter ``name`` of the method ``who``, different rows of ``n``, as integers (l,).

    Raises:
        InputError: for anything else, for masked values, and for no rows.

    Examples:
        >>> read_indices("KSH", "labeled_index", [4, 0], 5).tolist()
        [4, 0]
    """
    expected = f"expected different integers from 0 to {n - 1}, one or more of them"
    index = _array(who, name, value, expected)
    if index.ndim != 1 or not index.size or index.dtype.kind not in "iu":
        raise InputError(f"{who}: {name} is {index.dtype} of shape {index.shape}, {expected}")
    if index.min() < 0 or index.max() >= n or len(np.unique(index)) < len(index):
        raise InputError(f"{who}: {name} holds others than 0 to {n - 1}, or one of them twice, {expected}")
    return index


def _array(who: str, name: str, value: object, expected: str) -> np.ndarray:
    try:
        return as_array(value, f"{who}: values of {name}")
    except InputError as error:
        raise InputError(f"{error}, {expected}") from error


def _fits(length: int, expected: int | str) -> bool:
    return length >= 1 if isinstance(expected, str) else length == expected
