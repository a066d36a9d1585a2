"""Arrays as people have them: lists, objects of pandas and tensors of torch, on any device and with a gradient."""

from numbers import Integral, Real
from typing import Any

import numpy as np

from mgah.errors import InputError


def as_array(given: Any, what: str) -> np.ndarray:
    """``given`` as a NumPy array; of objects one that holds numbers or text, where they are all of one kind.

    Raises `InputError` for rows of unequal lengths, for masked values and for what NumPy cannot read; ``what`` begins
    the sentence.

    Examples:
        >>> as_array([[1, 0], [0, 1]], "query codes").shape
        (2, 2)
    """
    if np.ma.is_masked(given):
        raise InputError(
            f"{what} have masked values, expected a value everywhere: fill them, or leave out their rows"
        )
    try:
        if hasattr(given, "detach"):  # a torch tensor
            given = given.detach().cpu()
            try:
                given = given.numpy()
            except TypeError:  # a type that NumPy lacks, such as bfloat16
                given = given.float().numpy()
        array = np.asarray(given)
    except (ValueError, TypeError, RuntimeError) as error:
        raise InputError(f"{what} cannot be read as an array ({error}): pass rows of one length") from error
    if array.dtype.kind == "O" or (array.dtype.kind in "US" and not isinstance(given, np.ndarray)):
        return _of_objects(np.asarray(given, dtype=object), array.shape)
    return array


def as_float32(values: np.ndarray, what: str) -> np.ndarray:
    """Numbers of any type as float32, in which the features of a run are stored; what is not finite stays so.

    Raises `InputError` for a finite number that float32 does not hold, with its row where there are rows; ``what``
    begins the sentence.

    Examples:
        >>> as_float32(np.array([1, 2], np.float16), "features").dtype
        dtype('float32')
    """
    if values.dtype == np.float32:
        return values.astype(np.float32, copy=False)  # of this machine's byte order
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32)
    if (lost := np.isinf(narrow) & np.isfinite(values)).any():
        where = f" in row {np.argwhere(lost)[0][0]}" if values.ndim > 1 else ""
        raise InputError(
            f"{what} hold {values[lost][0]:.1e}{where}, expected no more than float32 holds, "
            f"{np.finfo(np.float32).max:.1e}: divide all features by one number"
        )
    return narrow


def _of_objects(objects: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Objects of one kind as an array of it, others as they are: a number among text is no text."""
    values = objects.ravel().tolist()
    for kind, dtype in ((str, str), (bool | np.bool_, bool), (Integral, None), (Real, np.float64)):
        if all(isinstance(value, kind) for value in values):
            return np.array(values, dtype).reshape(shape)
    return objects
