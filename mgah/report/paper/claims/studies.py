"""Claims on MGAH alone: its components and margins (Table 3), and its parameters (Figures 5 and 6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mgah.report.paper.ablation import entry_words, ours_in, with_beta_one
from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence, lengths_of, less, of_run
from mgah.report.paper.claims.judging import NO_RUNS, Difference, Finding, judge
from mgah.report.paper.claims.means import by_lengths, mean_less, only_at
from mgah.report.style import headline_bits, method_style
from mgah.tables.scores import KEY

#: How far mAP may lie apart in a range that the paper calls stable; it gives no number.
STABLE = 0.01


@dataclass(frozen=True, kw_only=True)
class AboveVariants(Claim):
    """MGAH is above each of ``variants`` in mAP, in the mean over the code lengths.

    Attributes:
        variants: config words of Table 3.
        printed: the difference that the paper names, told beside ours.
    """

    variants: tuple[str, ...]
    printed: float | None = None

    def judge(self, evidence: Evidence) -> Finding:
        scores = with_beta_one(evidence.ablations)
        ours = ours_in(scores, evidence.ours)
        lengths = lengths_of(scores, ours)
        differences = [
            (found, Difference(values, f"to {method_style(word).label}"))
            for word, (found, values) in _less_each(scores, ours, self.variants, lengths).items()
        ]
        found = judge(by_lengths(differences), lacking=_lacking(scores, self.variants, lengths))
        if found is NO_RUNS:
            return found
        told = "" if self.printed is None else f"; the paper's mean is {self.printed:+.4f}"
        return _told_of(evidence.ablations, evidence, Finding(found.verdict, found.numbers + told))


@dataclass(frozen=True, kw_only=True)
class PeaksAt(Claim):
    """The variant ``best`` is above each of ``others`` in mAP, each a case, in the mean over the code lengths."""

    best: str
    others: tuple[str, ...]

    def judge(self, evidence: Evidence) -> Finding:
        scores = with_beta_one(evidence.ablations)
        words = (self.best, *self.others)
        if not set(words) <= set(scores["method"]):
            return NO_RUNS
        lengths = sorted({bits for word in words for bits in lengths_of(scores, word)})
        cases = {}
        for word, (found, values) in _less_each(scores, self.best, self.others, lengths).items():
            name = f"{method_style(self.best).label} to {method_style(word).label}"
            if found:
                cases[name + only_at(found, lengths)] = [Difference(values)]
        finding = judge(cases, lacking=_lacking(scores, words, lengths))
        return finding if finding is NO_RUNS else _told_of(evidence.ablations, evidence, finding)


def _less_each(
    scores: pd.DataFrame, first: str, others: Sequence[str], lengths: Sequence[int]
) -> dict[str, tuple[tuple[int, ...], pd.Series]]:
    """mAP of one variant less that of each of ``others``, the mean over those of ``lengths`` that both were run at,
    which stand before it; see `mean_less`.
    """

    def runs(word: str) -> dict[int, pd.DataFrame]:
        return {bits: of_run(scores, word, bits, "mAP") for bits in lengths}

    return {word: mean_less(runs(first), runs(word)) for word in others}


def _lacking(scores: pd.DataFrame, words: Sequence[str], lengths: Sequence[int]) -> dict[str, list[int]]:
    """Those variants ``words`` that were not run, or not at all of ``lengths``; see `words.Lacking`."""
    found = {}
    for word in words:
        there = lengths_of(scores, word)
        if absent := [bits for bits in lengths if bits not in there]:
            found[method_style(word).label] = absent if there else []
    return found


@dataclass(frozen=True)
class End:
    """An end of the values that were swept, beyond a value of the paper: the smallest below it or the largest above."""

    beyond: float
    largest: bool

    def of(self, swept: Sequence[float]) -> float | None:
        """The end of ``swept``, None where none of them lies beyond."""
        beyond = [value for value in swept if (value > self.beyond) == self.largest and value != self.beyond]
        return (max if self.largest else min)(beyond, default=None)


def smallest_below(value: float) -> End:
    """The smallest swept value below ``value``."""
    return End(value, largest=False)


def largest_above(value: float) -> End:
    """The largest swept value above ``value``."""
    return End(value, largest=True)


@dataclass(frozen=True, kw_only=True)
class Trend(Claim):
    """mAP is higher at one than at another swept value of ``parameter``, a case a pair; at one code length.

    Attributes:
        parameter: of MGAH, or ``training``.
        pairs: the value of the paper with the higher mAP and what it is set beside. A value that was not swept leaves
            the claim without runs: none that is near it takes its place.
    """

    parameter: str
    pairs: tuple[tuple[float, float | End], ...]

    def judge(self, evidence: Evidence) -> Finding:
        runs = _swept(evidence, self.parameter)
        cases = {}
        for more, other in self.pairs:
            less_than = other.of(list(runs)) if isinstance(other, End) else other
            if less_than not in runs or more not in runs:
                return NO_RUNS
            cases[f"{more:g} less {less_than:g}"] = [Difference(less([runs[more]], [runs[less_than]]))]
        return _told_of(evidence.sweeps, evidence, judge(cases))


@dataclass(frozen=True, kw_only=True)
class Flat(Claim):
    """mAP at all swept values ``between`` two of the paper lies within ``margin`` of that at the second."""

    parameter: str
    between: tuple[float, float]
    margin: float

    def judge(self, evidence: Evidence) -> Finding:
        runs = _swept(evidence, self.parameter)
        first, last = self.between
        if not {first, last} <= set(runs):
            return NO_RUNS
        cases = {}
        for value in [value for value in runs if first <= value < last]:
            difference = less([runs[value]], [runs[last]])
            cases[f"at {value:g}"] = [
                Difference(difference, f"of {value:g} less {last:g}", self.margin),
                Difference(-difference, f"of {last:g} less {value:g}", self.margin),
            ]
        return _told_of(evidence.sweeps, evidence, judge(cases))


@dataclass(frozen=True, kw_only=True)
class WorksAt(Claim):
    """mAP at ``bits`` bits is above that of a random order."""

    bits: int

    def judge(self, evidence: Evidence) -> Finding:
        ours = ours_in(evidence.sweeps, evidence.ours)
        rows = _of_parameter(evidence, "bits")
        found, chance = (of_run(rows, ours, self.bits, metric) for metric in ("mAP", "chance_mAP"))
        if found.empty or chance.empty:
            return NO_RUNS
        case = {f"{self.bits} bits": [Difference(less([found], [chance]), "to chance")]}
        return _told_of(evidence.sweeps, evidence, judge(case))


def _told_of(table: pd.DataFrame, evidence: Evidence, found: Finding) -> Finding:
    """What was ``found`` in a ``table``, with the entry that it is of where that is not the one that is judged."""
    return Finding(found.verdict, found.numbers + entry_words(table, evidence.ours))


def _swept(evidence: Evidence, parameter: str) -> dict[float, pd.DataFrame]:
    """Score rows of mAP of each swept value, ascending, at the headline code length."""
    rows = _of_parameter(evidence, parameter)
    rows = rows[(rows["method"] == ours_in(evidence.sweeps, evidence.ours)) & (rows["metric"] == "mAP")]
    if rows.empty:
        return {}
    rows = rows[rows["bits"] == headline_bits(rows["bits"])]
    return dict(iter(rows.groupby("setting", sort=True)))


def _of_parameter(evidence: Evidence, parameter: str) -> pd.DataFrame:
    """Rows of all sweeps of one parameter, ``setting`` float64; of a run that several sweeps share, one counts."""
    rows = evidence.sweeps[evidence.sweeps["parameter"] == parameter]
    rows = rows.sort_values("sweep", kind="stable").astype({"setting": "float64"})
    return rows.drop_duplicates(["setting", *KEY])
