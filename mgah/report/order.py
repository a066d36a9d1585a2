"""Agreement between two orders of the same methods."""

import math

import pandas as pd
from scipy import stats


def rank_agreement(first: pd.Series, second: pd.Series) -> tuple[float, float]:
    """Kendall's tau-b of two series of values and its two-sided p; NaN for fewer than two values, or all equal.

    p is exact, or asymptotic where values are equal.
    """
    if len(first) < 2:
        return math.nan, math.nan
    ties = first.duplicated().any() or second.duplicated().any()
    found = stats.kendalltau(first, second, method="asymptotic" if ties else "exact")
    return float(found.statistic), float(found.pvalue)
