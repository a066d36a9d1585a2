"""How tidy tables decide whether a claim of the paper holds on one dataset, backbone and semantics.

Everything rests on differences that are paired by split. A case, such as one code length, holds where every
difference it speaks of is above 0 by the rule of `mgah.metrics.statistics.verdict`, fails where one is below 0 by
that rule, and is undecided otherwise; p values are adjusted for the differences of the case. One split decides nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mgah.metrics.statistics import ALPHA, holm, mean, rank_agreement, sign_flip_p, student_interval, verdict
from mgah.report.aggregate import whole_split
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.published import published
from mgah.report.style import headline_bits, method_style

HOLDS, FAILS, UNDECIDED, NOT_RUN = "holds", "fails", "undecided", "not run"


@dataclass(frozen=True)
class Evidence:
    """Tidy rows of one (dataset, backbone, semantics).

    Attributes:
        scores: its scores.
        comparisons: its comparisons of `METHOD` over all splits.
        sweeps: its sweeps of `METHOD`.
        reference: all published numbers.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame
    sweeps: pd.DataFrame
    reference: pd.DataFrame

    @property
    def baselines(self) -> list[str]:
        """Config words of the methods that the config judges `METHOD` against."""
        return sorted(self.comparisons.loc[self.comparisons["family"] == "yes", "method"].unique())

    @property
    def lengths(self) -> list[int]:
        """Code lengths of `METHOD`, ascending."""
        return sorted(self.scores.loc[self.scores["method"] == METHOD, "bits"].dropna().unique())

    def label(self, word: str) -> str:
        """Display name of a method, also of a variant, whose scores are those of an ablation."""
        labels = self.scores.loc[self.scores["method"] == word, "label"]
        return method_style(word).label if labels.empty else labels.iloc[0]

    def difference(self, metric: str, first: tuple[str, int], second: tuple[str, int]) -> dict[str, float]:
        """`difference_of` the runs of one (method, bits) and of another."""
        rows = whole_split(self.scores, metric)
        runs = [rows[(rows["method"] == method) & (rows["bits"] == bits)] for method, bits in (first, second)]
        return difference_of(*runs)


@dataclass(frozen=True)
class Finding:
    """``verdict``: one of the four words above; ``numbers``: what it rests on, a text."""

    verdict: str
    numbers: str


_NO_RUNS = Finding(NOT_RUN, "")


def judge_all(cases: Iterable[str]) -> str:
    """Verdict on a claim about all cases, from theirs: it holds in each, or fails in one."""
    cases = list(cases)
    return FAILS if FAILS in cases else HOLDS if set(cases) == {HOLDS} else UNDECIDED


def judge_most(cases: Iterable[str]) -> str:
    """Verdict on a claim about most cases, from theirs: it holds in more than half, or fails in at least half."""
    cases = list(cases)
    if 2 * cases.count(HOLDS) > len(cases):
        return HOLDS
    return FAILS if 2 * cases.count(FAILS) >= len(cases) else UNDECIDED


Quantifier = Callable[[Iterable[str]], str]


def judge_case(differences: pd.DataFrame) -> str:
    """Verdict on rows with ``p``, ``low`` and ``high`` that all have to be above 0."""
    decided = [
        verdict(*row)
        for row in zip(holm(differences["p"]), differences["low"], differences["high"], strict=True)
    ]
    return FAILS if "worse" in decided else HOLDS if set(decided) == {"better"} else UNDECIDED


def judge_cases(cases: Mapping[str, pd.DataFrame], quantifier: Quantifier) -> Finding:
    """The cases together, each by its name with the smallest of its differences, the rival's name in ``of``."""
    verdicts = {name: judge_case(rows) for name, rows in cases.items()}
    texts = [f"{name}: {_smallest(rows, verdicts[name])}" for name, rows in cases.items()]
    one_split = any((rows["splits"] == 1).any() for rows in cases.values())
    return Finding(quantifier(verdicts.values()), "; ".join(texts) + (" (one split)" if one_split else ""))


def _smallest(differences: pd.DataFrame, decided: str) -> str:
    """The smallest difference of a case and the verdict on the case, as text."""
    if differences["difference"].isna().any():
        return "undefined"
    row = differences.loc[differences["difference"].idxmin()]
    rival = f" to {row['of']}" if row["of"] else ""
    interval = "" if pd.isna(row["low"]) else f" [{row['low']:.3f}, {row['high']:.3f}]"
    return f"{row['difference']:+.3f}{interval}{rival}, {decided}"


def difference_of(first: pd.DataFrame, second: pd.DataFrame) -> dict[str, float]:
    """First minus second by split: ``difference``, Student t ``low`` and ``high``, ``p``, ``splits``."""

    def by_split(rows: pd.DataFrame) -> pd.Series:
        return rows.sort_values(["split", "seed"]).groupby("split")["value"].agg(list).map(mean)

    differences = (by_split(first) - by_split(second)).to_numpy(dtype=np.float64)
    low, high = student_interval(differences)
    return {
        "difference": mean(differences) if len(differences) else np.nan,
        "low": low,
        "high": high,
        "p": float(sign_flip_p(differences)),
        "splits": len(differences),
    }


@dataclass(frozen=True)
class Claim(ABC):
    """A sentence of the paper, and where it stands there; subclasses say what decides it."""

    word: str
    text: str
    place: str

    @abstractmethod
    def judge(self, evidence: Evidence) -> Finding:
        """Whether the claim holds on ``evidence``; `NOT_RUN` where that has no runs it speaks of."""


@dataclass(frozen=True)
class AboveClaim(Claim):
    """`METHOD` is above all of ``methods`` in mAP, a case a code length.

    Attributes:
        methods: config words; None for the baselines that the config judges against. The claim does not hold where
            some of them were not run.
        quantifier: `judge_all` or `judge_most`, of the code lengths.
    """

    methods: tuple[str, ...] | None
    quantifier: Quantifier

    def judge(self, evidence: Evidence) -> Finding:
        methods = evidence.baselines if self.methods is None else self.methods
        rows = evidence.comparisons[evidence.comparisons["method"].isin(methods)]
        rows = rows.assign(of=rows["method"].map(evidence.label))
        if rows.empty:
            return _NO_RUNS
        cases = {f"{bits} bits": group for bits, group in rows.groupby("bits", sort=True)}
        found = judge_cases(cases, self.quantifier)
        lacking = [evidence.label(word) for word in methods if word not in set(rows["method"])]
        if not lacking:
            return found
        decided = UNDECIDED if found.verdict == HOLDS else found.verdict
        return Finding(decided, f"{found.numbers}; not run: {', '.join(lacking)}")


@dataclass(frozen=True)
class HighestClaim(Claim):
    """`METHOD` has the highest ``metric`` of it and the baselines, a case a code length."""

    metric: str
    quantifier: Quantifier

    def judge(self, evidence: Evidence) -> Finding:
        if not evidence.baselines:
            return _NO_RUNS
        cases = {}
        for bits in evidence.lengths:
            rows = [
                evidence.difference(self.metric, (METHOD, bits), (word, bits)) | {"of": evidence.label(word)}
                for word in evidence.baselines
            ]
            cases[f"{bits} bits"] = pd.DataFrame(rows)
        return judge_cases(cases, self.quantifier)


@dataclass(frozen=True)
class GrowthClaim(Claim):
    """``metric`` of `METHOD` grows from each code length to the next; p values are adjusted for the steps."""

    metric: str

    def judge(self, evidence: Evidence) -> Finding:
        steps = list(zip(evidence.lengths, evidence.lengths[1:], strict=False))
        if not steps:
            return _NO_RUNS
        rows: list[dict[str, Any]] = [
            evidence.difference(self.metric, (METHOD, long), (METHOD, short)) | {"of": ""}
            for short, long in steps
        ]
        adjusted = holm([row["p"] for row in rows])
        cases = {
            f"{short} to {long} bits": pd.DataFrame([row | {"p": p}])
            for (short, long), row, p in zip(steps, rows, adjusted, strict=True)
        }
        return judge_cases(cases, judge_all)


@dataclass(frozen=True)
class FallClaim(Claim):
    """``metric`` of `METHOD` is higher at ``turn`` bits than at each greater code length."""

    metric: str
    turn: int

    def judge(self, evidence: Evidence) -> Finding:
        longer = [bits for bits in evidence.lengths if bits > self.turn]
        if self.turn not in evidence.lengths or not longer:
            return _NO_RUNS
        cases = {}
        for bits in longer:
            row = evidence.difference(self.metric, (METHOD, self.turn), (METHOD, bits)) | {"of": ""}
            cases[f"{self.turn} less {bits} bits"] = pd.DataFrame([row])
        return judge_cases(cases, judge_all)


@dataclass(frozen=True)
class TrendClaim(Claim):
    """mAP of `METHOD` is higher at one than at another of the swept values of ``parameter``.

    Attributes:
        ends: of all values that were swept, ascending, the one with the higher and the one with the lower mAP.
    """

    parameter: str
    ends: Callable[[list[float]], tuple[float, float]]

    def judge(self, evidence: Evidence) -> Finding:
        rows = whole_split(evidence.sweeps, "mAP")
        rows = rows[rows["parameter"] == self.parameter]
        rows = rows[rows["bits"] == headline_bits(rows["bits"])] if len(rows) else rows
        values = rows["setting"].astype("float64")
        if values.nunique() < 2:
            return _NO_RUNS
        more, less = self.ends(sorted(values.unique()))
        row = difference_of(rows[values == more], rows[values == less]) | {"of": ""}
        return judge_cases({f"{more:g} less {less:g}": pd.DataFrame([row])}, judge_all)


@dataclass(frozen=True)
class OrderClaim(Claim):
    """The methods stand in the order of the published ``table`` by mAP: Kendall's tau-b, a case a code length."""

    table: str

    def judge(self, evidence: Evidence) -> Finding:
        cell = ["dataset", "backbone", "method", "bits"]
        paper = published(evidence.reference, self.table, "mAP", evidence.scores["backbone"])
        ours = whole_split(evidence.scores, "mAP").groupby([*cell, "split"])["value"].agg(list).map(mean)
        ours = ours.groupby(cell).agg(list).map(mean).rename("ours").reset_index()
        both = ours.merge(paper, on=cell).dropna()
        one_split = evidence.scores["split"].nunique() == 1
        verdicts, texts = [], []
        for bits, column in both.groupby("bits", sort=True):
            tau, p = rank_agreement(column["published"], column["ours"])
            verdicts.append(UNDECIDED if one_split else self._judge_order(tau, p))
            texts.append(f"{bits} bits: tau-b {tau:.2f}, p {p:.3f}, {len(column)} methods, {verdicts[-1]}")
        if not verdicts:
            return _NO_RUNS
        return Finding(judge_all(verdicts), "; ".join(texts) + (" (one split)" if one_split else ""))

    @staticmethod
    def _judge_order(tau: float, p: float) -> str:
        return FAILS if tau <= 0 else HOLDS if p <= ALPHA else UNDECIDED
