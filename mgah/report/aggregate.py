"""Makes one number a cell of single runs: the mean over splits of the mean over seeds, and its 95 % interval."""

from collections.abc import Sequence

import pandas as pd

from mgah.metrics.statistics import mean, student_interval
from mgah.tables.keys import SETTING

#: What one number belongs to.
CELL = (*SETTING, "method", "label", "bits")
#: Columns that `summarize` adds to those it groups by.
SUMMARY = ("mean", "low", "high", "interval", "splits", "seeds", "runs", "undefined")


def of_block(table: pd.DataFrame, block: Sequence[str]) -> pd.DataFrame:
    """The rows of ``table`` that belong to ``block``, values of `SETTING`."""
    return table[(table[list(SETTING)] == list(block)).all(axis=1)]


def with_trained(rows: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """``rows`` (`SETTING`, method) with the column ``trained`` of ``scores``, empty where these have no such method."""
    key = [*SETTING, "method"]
    known = scores[[*key, "trained"]].drop_duplicates(key)
    return rows.merge(known, how="left", on=key).fillna({"trained": ""})


def summarize(rows: pd.DataFrame, by: Sequence[str] = CELL) -> pd.DataFrame:
    """Summarize the runs (split, seed) of each group of ``by``, in sorted order.

    Adds ``mean`` (over splits, of the mean over seeds), ``low`` and ``high`` (95 %), ``interval``
    (``splits``, ``seeds`` or ``none``: what it is taken over), ``splits``, ``seeds`` (fewest of any split),
    ``runs`` and ``undefined`` (runs whose value is NaN; one is enough to leave the mean undefined, never
    silently dropped).
    """
    found = [
        {**dict(zip(by, key, strict=True)), **_summary(group)}
        for key, group in rows.groupby(list(by), dropna=False, sort=True)
    ]
    summary = pd.DataFrame(found, columns=[*by, *SUMMARY])
    return summary.astype({"bits": "Int64"} if "bits" in by else {})


def run_means(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """``by`` and ``mean`` for each group of ``by``: over splits, of the mean within a split."""
    within = rows.groupby([*by, "split"], dropna=False)["value"].agg(list).map(mean).reset_index()
    over = within.groupby(list(by), dropna=False)["value"].agg(list).map(mean)
    return over.astype("float64").rename("mean").reset_index()


def _summary(group: pd.DataFrame) -> dict[str, object]:
    runs = zip(group["split"], group["seed"], group["value"], strict=True)
    of_split: dict[str, list[float]] = {}  # plain lists: a frame in a frame takes ten times as long
    for split, _, value in sorted(runs, key=lambda run: run[:2]):
        of_split.setdefault(split, []).append(value)
    seeds = list(of_split.values())
    split_means = [mean(values) for values in seeds]
    interval, sample = _evidence(split_means, seeds[0])
    low, high = student_interval(sample)
    return {
        "mean": mean(split_means),
        "low": low,
        "high": high,
        "interval": interval,
        "splits": len(seeds),
        "seeds": min(map(len, seeds)),
        "runs": len(group),
        "undefined": int(group["value"].isna().sum()),
    }


def _evidence(split_means: list[float], seeds: list[float]) -> tuple[str, list[float]]:
    """What the interval is over: splits where there are two or more, else the seeds of the one split."""
    if len(split_means) > 1:
        return "splits", split_means
    return ("seeds", seeds) if len(seeds) > 1 else ("none", [])
