"""Power laws of measurements: how time and memory grow with the size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

_LEAST = 0.02  # GiB


class Growth(NamedTuple):
    """``coefficient * size**exponent``, from ``points`` sizes between ``smallest`` and ``largest``.

    ``error`` is the standard error of the exponent: NaN for two points, which every power law meets.
    """

    exponent: float
    error: float
    coefficient: float
    points: int
    smallest: int
    largest: int


def power_law(sizes: Sequence[float], values: Sequence[float]) -> Growth:
    """The line of least squares through the logarithms of sizes and values, of values above 0.

    All but the points are NaN or 0 where fewer than two sizes are left.

    Examples:
        >>> found = power_law([10, 100, 1000], [3.0, 300.0, 30_000.0])
        >>> round(found.exponent, 6), round(found.coefficient, 6), found.points
        (2.0, 0.03, 3)
    """
    x, y = np.asarray(sizes, np.float64), np.asarray(values, np.float64)
    x, y = x[y > 0], y[y > 0]
    if len(np.unique(x)) < 2:
        return Growth(np.nan, np.nan, np.nan, len(x), 0, 0)
    found = stats.linregress(np.log(x), np.log(y))
    error = float(found.stderr) if len(x) > 2 else np.nan
    return Growth(
        float(found.slope), error, float(np.exp(found.intercept)), len(x), int(x.min()), int(x.max())
    )


def growths(measured: pd.DataFrame) -> pd.DataFrame:
    """`power_law` of the time, and of the memory above what there was before, of every part and thing measured.

    Memory of less than `_LEAST` is left out: so much comes and goes by chance.
    """
    rows = [
        {"part": part, "what": what, "of": name} | power_law(rows["size"], values)._asdict()
        for (part, what), rows in measured.groupby(["part", "what"], sort=False)
        for name, values in (("time", rows["seconds"]), ("memory", _above(rows["gib"], rows["before_gib"])))
    ]
    return pd.DataFrame(rows)


def _above(peak: pd.Series, before: pd.Series) -> pd.Series:
    return (peak - before).where(peak - before >= _LEAST, 0.0)
