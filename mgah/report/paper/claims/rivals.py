"""Claims on other methods: MGAH above them, and how they stand to each other."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence, less
from mgah.report.paper.claims.judging import Cases, Difference, Finding, Quantifier, every, judge
from mgah.report.paper.claims.means import Runs, by_lengths, mean_less, only_at
from mgah.report.style import METRICS


def above(
    evidence: Evidence, methods: Sequence[str], metric: str, ours: int, theirs: int
) -> list[Difference]:
    """``metric`` of ours at ``ours`` bits less that of each entry of the paper's ``methods`` at ``theirs``."""
    first = evidence.runs(evidence.ours, ours, metric)
    runs = {name: evidence.runs(name, theirs, metric) for name in _entries(evidence, methods)}
    return [
        Difference(less([first], [second]), f"to {evidence.label(name)}")
        for name, second in runs.items()
        if len(first) and len(second)
    ]


def _entries(evidence: Evidence, methods: Sequence[str]) -> list[str]:
    return [name for word in methods for name in evidence.entries(word)]


def _settings(evidence: Evidence, methods: Sequence[str]) -> list[list[str]]:
    """The entries of each of the paper's ``methods`` that was run."""
    return [names for word in methods if (names := evidence.entries(word))]


def case_of(method: str, found: Mapping[str, pd.Series]) -> Cases:
    """The one case of a ``method`` of the paper, however many entries stand for it: all of them have to be above 0.

    Args:
        method: the display name of its first entry.
        found: the values of each entry's difference by what they are of; the words of the lowest are shown. A single
            one names the case, and there is no case without any.

    Examples:
        >>> values = pd.Series([0.5])
        >>> list(case_of("DHN", {"DHN, 32 bits": values})), case_of("DHN", {})
        (['DHN, 32 bits'], {})
        >>> both = case_of("DHN", {"DHN": values, "DHN, chosen": values})
        >>> {name: [item.words for item in differences] for name, differences in both.items()}
        {'DHN': ['at the least, of DHN', 'at the least, of DHN, chosen']}
    """
    if len(found) < 2:
        return {name: [Difference(values)] for name, values in found.items()}
    return {method: [Difference(values, f"at the least, of {name}") for name, values in found.items()]}


@dataclass(frozen=True, kw_only=True)
class Outperforms(Claim):
    """MGAH is above all of ``methods``, in the mean over the code lengths: the sentence names none."""

    methods: tuple[str, ...]
    metric: str = "mAP"

    def judge(self, evidence: Evidence) -> Finding:
        ours = evidence.by_length(evidence.ours, self.metric)
        differences = []
        for name in _entries(evidence, self.methods):
            lengths, values = mean_less(ours, evidence.by_length(name, self.metric))
            differences.append((lengths, Difference(values, f"to {evidence.label(name)}")))
        lacking = evidence.lacking(self.methods, [self.metric], evidence.lengths)
        return judge(by_lengths(differences), lacking=lacking)


@dataclass(frozen=True, kw_only=True)
class OutperformsInCases(Claim):
    """MGAH is above all of ``methods`` in so many cases: each of ``metrics`` at each code length is one."""

    methods: tuple[str, ...]
    metrics: tuple[str, ...]
    quantifier: Quantifier

    def judge(self, evidence: Evidence) -> Finding:
        cases = {}
        for metric in self.metrics:
            prefix = f"{METRICS.get(metric, metric)}, " if len(self.metrics) > 1 else ""
            for bits in evidence.lengths:
                cases[f"{prefix}{bits} bits"] = above(evidence, self.methods, metric, bits, bits)
        lacking = evidence.lacking(self.methods, self.metrics, evidence.lengths)
        return judge(cases, self.quantifier, lacking)


@dataclass(frozen=True, kw_only=True)
class ShorterAbove(Claim):
    """MGAH at ``ours`` bits is above all of ``methods`` at ``theirs``."""

    methods: tuple[str, ...]
    metric: str
    ours: int
    theirs: int

    def judge(self, evidence: Evidence) -> Finding:
        differences = above(evidence, self.methods, self.metric, self.ours, self.theirs)
        cases = {f"{self.ours} bits less {self.theirs} of others": differences}
        return judge(cases, lacking=evidence.lacking(self.methods, [self.metric], [self.theirs]))


@dataclass(frozen=True, kw_only=True)
class Competes(Claim):
    """``method`` is above so many of ``methods`` in mAP, in the mean over the code lengths that both have.

    A rival is one case, and where several entries stand for either, each of the one has to be above each of the other.
    """

    method: str
    methods: tuple[str, ...]
    quantifier: Quantifier

    def judge(self, evidence: Evidence) -> Finding:
        names, cases = evidence.entries(self.method), dict[str, Sequence[Difference]]()
        for rivals in _settings(evidence, self.methods) if names else []:
            found = {}
            for name, rival in itertools.product(names, rivals):
                lengths, values = mean_less(*(evidence.by_length(entry, "mAP") for entry in (name, rival)))
                if lengths:
                    words = f"{evidence.label(name)} less {evidence.label(rival)}"
                    found[words + only_at(lengths, evidence.lengths)] = values
            cases |= case_of(f"{evidence.label(names[0])} less {evidence.label(rivals[0])}", found)
        return judge(cases, self.quantifier)


@dataclass(frozen=True, kw_only=True)
class Drops(Claim):
    """mAP of seen queries is above that of unseen ones for so many of ``methods``, in the mean over the code lengths.

    These are those of ours at which a method was run. A method is one case, and each of its entries has to drop. Seen
    and unseen queries are of different classes, so only splits can be units.
    """

    methods: tuple[str, ...]
    quantifier: Quantifier = field(default=every)

    def judge(self, evidence: Evidence) -> Finding:
        cases = dict[str, Sequence[Difference]]()
        for names in _settings(evidence, self.methods):
            found = {}
            for name in names:
                seen, unseen = (_whole(evidence.by_length(name, metric)) for metric in ("seen_mAP", "mAP"))
                lengths, values = mean_less(seen, unseen)
                if lengths:
                    found[evidence.label(name) + only_at(lengths, evidence.lengths)] = values
            cases |= case_of(evidence.label(names[0]), found)
        return judge(cases, self.quantifier)


def _whole(runs: Runs) -> dict[int, pd.DataFrame]:
    return {bits: rows[rows["class"] == ""] for bits, rows in runs.items()}
