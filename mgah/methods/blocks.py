"""Codes of many rows, encoded block by block, so that they need no second copy in memory."""

from typing import TYPE_CHECKING

import numpy as np

from mgah.errors import InputError
from mgah.methods.checks import checked_features
from mgah.methods.codes import pack

if TYPE_CHECKING:
    from mgah.methods.base import HashingMethod


def packed_codes(method: "HashingMethod", rows: np.ndarray, size: int) -> np.ndarray:
    """Encode ``rows`` (n, d), ``size`` at a time, and return their packed codes: uint8 (n, ceil(n_bits / 8)).

    Raises:
        InputError: for rows as `HashingMethod.encode` refuses them; its sentence counts and names rows among all n.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> rows = np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32)
        >>> method = ITQ(n_bits=4).fit(rows)
        >>> np.array_equal(packed_codes(method, rows, 16), pack(method.encode(rows)))
        True
        >>> rows[30] = np.nan
        >>> packed_codes(method, rows, 16)
        Traceback (most recent call last):
            ...
        mgah.errors.InputError: ITQ: features have values that are not finite in 1 row, first in row 30: ...
    """
    starts = range(0, max(len(rows), 1), size)  # of no rows, one block of none
    try:
        return np.concatenate([pack(method.encode(rows[start : start + size])) for start in starts])
    except InputError:
        if hasattr(method, "n_features_in_"):
            checked_features(method, rows, method.n_features_in_)  # tells rows among all, not in their block
        raise
