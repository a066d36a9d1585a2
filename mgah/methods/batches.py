"""Whether the code of a row depends on the rows that it is encoded with, which no metric could make up for."""

import numpy as np

from mgah.errors import InputError
from mgah.methods.base import HashingMethod
from mgah.words import counted

#: Rows that are encoded each by itself.
_ALONE = 16
#: Share of bits that may differ, and one bit in any case: sums of other batches round otherwise, next to a threshold.
_ROUNDING = 0.001


def check_batches(method: HashingMethod, rows: np.ndarray) -> None:
    """Raise `InputError` unless the fitted ``method`` encodes parts of ``rows`` (n, d) as it encodes all of them.

    The parts are every other row, all rows in reverse order, and the first rows each by itself. The run encodes in
    blocks, and `mgah encode` one image or many: codes that follow the batch, as of one that is normalized by its own
    mean, are others each time.

    Examples:
        >>> from mgah.baselines.itq import ITQ
        >>> rows = np.random.default_rng(0).standard_normal((40, 8)).astype(np.float32)
        >>> check_batches(ITQ(n_bits=4).fit(rows), rows)
    """
    expected = method.encode(rows)
    count = min(len(rows), _ALONE)
    parts = {
        "every other row": [np.arange(0, len(rows), 2)],
        "the rows in reverse order": [np.arange(len(rows))[::-1]],
        "single rows": list(np.arange(count)[:, None]),
    }
    for what, places in parts.items():
        found = np.concatenate([_encoded(method, rows[place]) for place in places])
        differ = found != expected[np.concatenate(places)]
        if differ.sum() > max(1, _ROUNDING * differ.size):
            raise InputError(
                f"{type(method).__name__}: the codes of {what} differ, in {differ.mean():.1%} of the bits, from the "
                f"codes of the same rows in a batch of {len(rows)}, expected that the code of a row does not depend on "
                "the other rows: in _encode use what _fit has learned of the training rows, such as their mean, and no "
                "statistics of the rows that are encoded"
            )


def _encoded(method: HashingMethod, rows: np.ndarray) -> np.ndarray:
    try:
        return method.encode(rows)
    except Exception as error:
        raise InputError(
            f"{type(method).__name__}: it cannot encode {counted(len(rows), 'row')} ({type(error).__name__}: {error}), "
            "though it encodes more of them at once, expected codes of any number of rows: change its _encode"
        ) from error
