"""Families of comparisons: each with Holm's p, a verdict, and the reason where it is undecided."""

from typing import Any

import pandas as pd

from mgah.metrics import statistics


def decided(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return ``comparisons`` with ``p_holm``, ``verdict`` and ``reason``, of those of the family only.

    Args:
        comparisons: a row a comparison, with ``family``, yes or no, and ``p``, ``low``, ``high``, ``unit`` and
            ``units`` as `mgah.metrics.statistics.paired_difference` finds them. All with yes are one family.

    Examples:
        >>> found = {"p": [0.01, 0.04], "low": [0.1, -0.1], "high": [0.3, 0.2], "unit": "splits", "units": 10}
        >>> decided(pd.DataFrame({"family": "yes", **found}))[["p_holm", "verdict", "reason"]].values.tolist()
        [[0.02, 'better', ''], [0.04, 'undecided', 'the interval contains 0']]
    """
    p = comparisons.loc[comparisons["family"] == "yes", "p"]
    comparisons = comparisons.assign(p_holm=pd.Series(statistics.holm(p), p.index))
    decisions = [_decision(row, len(p)) for row in comparisons.itertuples()]
    return comparisons.assign(
        verdict=[verdict for verdict, _ in decisions], reason=[reason for _, reason in decisions]
    )


def _decision(row: Any, family: int) -> tuple[str, str]:
    if row.family == "no":
        return "", ""
    verdict = statistics.verdict(row.p_holm, row.low, row.high)
    if verdict != "undecided":
        return verdict, ""
    return verdict, statistics.why_undecided(row.p_holm, row.low, row.high, row.unit, row.units, family)
