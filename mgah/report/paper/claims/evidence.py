"""The tidy tables of one setting, and what they have of each method, by unit of evidence."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from mgah.metrics.statistics import deciding_unit, mean
from mgah.report.paper.line_up import END_TO_END, PAPER_BITS, TRAINED_ALONG
from mgah.report.style import base_of, method_order, method_style
from mgah.report.valueless import valueless


@dataclass(frozen=True)
class Evidence:
    """Tidy rows of one (dataset, backbone, semantics).

    Attributes:
        ours: config word of the entry that stands for `METHOD`.
        scores: scores of all methods.
        ablations: scores of ours and its variants.
        sweeps: sweeps of ours.
        history: loss and beta by epoch.
        graphs: similarity graphs of a training batch.
        reference: all published numbers.
    """

    ours: str
    scores: pd.DataFrame
    ablations: pd.DataFrame
    sweeps: pd.DataFrame
    history: pd.DataFrame
    graphs: pd.DataFrame
    reference: pd.DataFrame

    @property
    def lengths(self) -> list[int]:
        """Code lengths of the paper that ours was run at, ascending."""
        return lengths_of(self.scores, self.ours)

    def without(self, splits: Sequence[str]) -> "Evidence":
        """This evidence without ``splits``; the graphs stay, which are of one batch."""
        names = ("scores", "ablations", "sweeps", "history")
        tables = {name: getattr(self, name) for name in names}
        kept = {name: table[~table["split"].isin(splits)] for name, table in tables.items()}
        return replace(self, **kept)

    def entries(self, word: str) -> list[str]:
        """Config words of the entries that stand for the paper's method ``word``: it is judged against all of them.

        These are the method and, where its weights are chosen, its chosen weights. Where the paper trains its network
        along, they are those entries that do, if there are any.
        """
        there = sorted(
            {name for name in self.scores["method"].unique() if base_of(name) == word}, key=method_order
        )
        along = [name for name in there if self.trained(name) == END_TO_END]
        if word in TRAINED_ALONG and along:
            return along
        return [name for name in there if name in (word, f"{word}_chosen")]

    def lacking(
        self, words: Sequence[str], metrics: Sequence[str], lengths: Sequence[int]
    ) -> dict[str, list[int]]:
        """Display names of those of the paper's methods ``words`` that were not run, and of their entries that lack
        ``metrics`` at some of ``lengths``, with these; see `words.Lacking`.
        """
        found: dict[str, list[int]] = {}
        for word in words:
            names = self.entries(word)
            if not names:
                found[method_style(word).label] = []
            for name in names:
                absent = [n for n in lengths if any(self.runs(name, n, metric).empty for metric in metrics)]
                if absent:
                    found[self.label(name)] = absent
        return found

    def trained(self, name: str) -> str:
        """What was trained of an entry, in words."""
        rows = self.scores.loc[self.scores["method"] == name]
        return "" if rows.empty else str(rows["trained"].iloc[0])

    def label(self, name: str) -> str:
        """Display name of an entry or a variant, with what was trained where the setting has it in several ways."""
        rows = self.scores.loc[self.scores["method"] == name, "label"]
        label = method_style(name).label if rows.empty else str(rows.iloc[0])
        others = {
            self.trained(other) for other in self.scores["method"].unique() if base_of(other) == base_of(name)
        }
        return f"{label}, {self.trained(name)}" if len(others) > 1 and self.trained(name) else label

    def runs(self, name: str, bits: int, metric: str) -> pd.DataFrame:
        """Score rows of an entry at one code length."""
        return self._by_run.get((name, bits, metric), self.scores.iloc[:0])

    def by_length(self, name: str, metric: str) -> dict[int, pd.DataFrame]:
        """Score rows of an entry at each of our code lengths; none where it was not run."""
        return {bits: self.runs(name, bits, metric) for bits in self.lengths}

    @functools.cached_property
    def _by_run(self) -> dict[tuple, pd.DataFrame]:
        """Score rows by entry, code length and metric: they are asked for again and again."""
        return dict(iter(self.scores.groupby(["method", "bits", "metric"], sort=False)))


def lengths_of(scores: pd.DataFrame, name: str) -> list[int]:
    """Code lengths of the paper at which ``scores`` has an entry, ascending."""
    return sorted(set(scores.loc[scores["method"] == name, "bits"].dropna()) & set(PAPER_BITS))


def of_run(scores: pd.DataFrame, name: str, bits: int, metric: str) -> pd.DataFrame:
    """Score rows of one entry, code length and metric."""
    return scores[(scores["method"] == name) & (scores["bits"] == bits) & (scores["metric"] == metric)]


def common_runs(first: pd.DataFrame, second: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those of both score rows that are of a split and a seed that both have, by which runs share random numbers.

    Examples:
        >>> first = pd.DataFrame({"split": ["a", "a", "b"], "seed": [0, 1, 0], "value": [0.5, 0.6, 0.7]})
        >>> second = pd.DataFrame({"split": ["a", "c"], "seed": [1, 0], "value": [0.2, 0.3]})
        >>> [rows["value"].tolist() for rows in common_runs(first, second)]
        [[0.6], [0.2]]
    """
    runs = [pd.MultiIndex.from_frame(rows[["split", "seed"]]) for rows in (first, second)]
    return first[runs[0].isin(runs[1])], second[runs[1].isin(runs[0])]


def less(first: Sequence[pd.DataFrame], second: Sequence[pd.DataFrame]) -> pd.Series:
    """The mean of the runs ``first`` less that of ``second`` by unit, on what all pairs of the two have, float64.

    Each is score rows of one metric, such as those of one code length, and stands beside the one of its place. Such a
    pair counts with the seeds that both have (`common_runs`), on the splits on which all pairs have some; without any
    the result is empty. Units of evidence are those of `mgah.metrics.statistics.deciding_unit`.
    Seeds are averaged within a split, and splits within a class. The index is called as the unit. A class without a
    value on a split in any of the rows is left out there (`mgah.report.valueless`).

    Examples:
        >>> runs = pd.DataFrame({"split": ["a", "a"], "seed": [0, 1], "class": "", "value": [0.5, 0.75]})
        >>> less([runs], [runs[1:].assign(value=0.5)]).to_dict()
        {'a': 0.25}
    """
    pairs = [common_runs(one, other) for one, other in zip(first, second, strict=True)]
    shared = set.intersection(*(set(one["split"]) for one, _ in pairs))
    sides = [[rows[rows["split"].isin(shared)] for rows in side] for side in zip(*pairs, strict=True)]
    sides = _with_values(sides)
    classes = min(rows.loc[rows["class"] != "", "class"].nunique() for side in sides for rows in side)
    unit = {"splits": "split", "classes": "class"}[deciding_unit(len(shared), classes)]
    means = [[_by_unit(rows, unit) for rows in side] for side in sides]
    return _mean_over(means[0], unit) - _mean_over(means[1], unit)


def _with_values(sides: Sequence[Sequence[pd.DataFrame]]) -> list[list[pd.DataFrame]]:
    """Both sides without the classes that have no value on a split in any of their rows."""
    names = ["split", "class"]
    together = pd.concat([rows[[*names, "value"]] for side in sides for rows in side], ignore_index=True)
    lacking = pd.MultiIndex.from_frame(together.loc[valueless(together, names), names].drop_duplicates())
    if lacking.empty:
        return [list(side) for side in sides]
    return [[rows[~pd.MultiIndex.from_frame(rows[names]).isin(lacking)] for rows in side] for side in sides]


def _by_unit(rows: pd.DataFrame, unit: str) -> pd.Series:
    rows = rows[(rows["class"] != "") == (unit == "class")]
    keys = list(dict.fromkeys((unit, "split")))
    within = rows.groupby(keys)["value"].agg(list).map(mean)
    return within.groupby(unit).agg(list).map(mean).astype("float64")


def _mean_over(parts: Sequence[pd.Series], unit: str) -> pd.Series:
    """The mean of values by unit; NaN for a unit that one of ``parts`` lacks."""
    table = pd.concat(parts, axis=1).sort_index()
    return pd.Series(
        [mean(row) for row in table.to_numpy()], pd.Index(table.index, name=unit), dtype="float64"
    )
