"""Independent random streams: one seed from the config, one stream for every named consumer."""

import hashlib
from numbers import Integral

import numpy as np

from mgah.errors import InputError


def check(seed: int) -> None:
    """Raise `InputError` unless ``seed`` is an integer from 0 to 2^63 - 1, as tables hold it.

    Examples:
        >>> check(-1)
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: the seed is -1, expected an integer from 0 to 2^63 - 1: give another
    """
    if not isinstance(seed, Integral) or isinstance(seed, bool) or not 0 <= seed < 1 << 63:
        raise InputError(f"the seed is {seed!r}, expected an integer from 0 to 2^63 - 1: give another")


def sequence(seed: int, *names: str | int) -> np.random.SeedSequence:
    """Return the seed sequence of the consumer ``names`` (stage, dataset, split, ...) under ``seed``.

    Streams of different names are independent, so adding a consumer changes no other consumer's numbers.

    Raises:
        InputError: for a seed that is no integer of 63 bits (`check`).
    """
    check(seed)
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return np.random.SeedSequence([seed, *np.frombuffer(digest[:16], "<u4").tolist()])


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """Return the NumPy generator of the consumer ``names`` under ``seed``."""
    return np.random.default_rng(sequence(seed, *names))


def integer(seed: int, *names: str | int) -> int:
    """Return a non-negative 31-bit seed of the consumer ``names``, for libraries that take one integer."""
    return int(sequence(seed, *names).generate_state(1)[0] >> 1)


def shuffled(values: np.ndarray, seed: int, *names: str | int) -> np.ndarray:
    """Return ``values`` (n,) in the random order of the consumer ``names`` under ``seed``.

    The order is made of raw 64-bit numbers of NumPy's PCG64, which, unlike the draws of NumPy's distributions, are the
    same in every version of NumPy.
    """
    stream = generator(seed, *names).bit_generator
    return values[np.argsort(stream.random_raw(len(values)), kind="stable")]
