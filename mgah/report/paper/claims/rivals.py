"""Claims on other methods: MGAH above them, and how they stand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence, less
from mgah.report.paper.claims.judging import NO_RUNS, Difference, Finding, Quantifier, every, judge
from mgah.report.style import METRICS


def above(
    evidence: Evidence, methods: Sequence[str], metric: str, ours: Sequence[int], theirs: Mapping[int, int]
) -> list[Difference]:
    """Ours less each entry of the paper's ``methods``, the mean over the code lengths ``ours``.

    Args:
        evidence: where the scores are.
        methods: words of the paper's methods.
        metric: of the scores.
        ours: code lengths of ours.
        theirs: the length of theirs beside each; those at which an entry was not run are left out of its mean.
    """
    differences = []
    for name in [name for word in methods for name in evidence.entries(word)]:
        pairs = [
            (evidence.runs(evidence.ours, n, metric), evidence.runs(name, theirs[n], metric)) for n in ours
        ]
        pairs = [(first, second) for first, second in pairs if len(first) and len(second)]
        if pairs:
            first, second = zip(*pairs, strict=True)
            differences.append(Difference(less(first, second), f"to {evidence.label(name)}"))
    return differences


def span(lengths: Sequence[int]) -> str:
    """Code lengths in words."""
    ends = sorted({min(lengths), max(lengths)})
    return f"{' to '.join(map(str, ends))} bits" + (", mean" if len(ends) > 1 else "")


@dataclass(frozen=True, kw_only=True)
class Outperforms(Claim):
    """MGAH is above all of ``methods``, in the mean over the code lengths: the sentence names none."""

    methods: tuple[str, ...]
    metric: str = "mAP"

    def judge(self, evidence: Evidence) -> Finding:
        lengths = evidence.lengths
        if not lengths:
            return NO_RUNS
        differences = above(evidence, self.methods, self.metric, lengths, {n: n for n in lengths})
        return judge({span(lengths): differences}, lacking=evidence.lacking(self.methods))


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
                cases[f"{prefix}{bits} bits"] = above(evidence, self.methods, metric, [bits], {bits: bits})
        return judge(cases, self.quantifier, evidence.lacking(self.methods))


@dataclass(frozen=True, kw_only=True)
class ShorterAbove(Claim):
    """MGAH at ``ours`` bits is above all of ``methods`` at ``theirs``."""

    methods: tuple[str, ...]
    metric: str
    ours: int
    theirs: int

    def judge(self, evidence: Evidence) -> Finding:
        differences = above(evidence, self.methods, self.metric, [self.ours], {self.ours: self.theirs})
        cases = {f"{self.ours} bits less {self.theirs} of others": differences}
        return judge(cases, lacking=evidence.lacking(self.methods))


@dataclass(frozen=True, kw_only=True)
class Competes(Claim):
    """``method`` is above at least one of ``methods`` in mAP, in the mean over the code lengths."""

    method: str
    methods: tuple[str, ...]
    quantifier: Quantifier

    def judge(self, evidence: Evidence) -> Finding:
        cases = {}
        for name in evidence.entries(self.method):
            for rival in [entry for word in self.methods for entry in evidence.entries(word)]:
                first, second = (
                    [evidence.runs(w, n, "mAP") for n in evidence.lengths] for w in (name, rival)
                )
                if all(map(len, [*first, *second])) and first:
                    words = f"{evidence.label(name)} less {evidence.label(rival)}"
                    cases[words] = [Difference(less(first, second))]
        return judge(cases, self.quantifier)


@dataclass(frozen=True, kw_only=True)
class Drops(Claim):
    """mAP of seen queries is above that of unseen ones for so many of ``methods``, in the mean over the code lengths.

    Seen and unseen queries are of different classes, so only splits can be units.
    """

    methods: tuple[str, ...]
    quantifier: Quantifier = field(default=every)

    def judge(self, evidence: Evidence) -> Finding:
        cases = {}
        for name in [entry for word in self.methods for entry in evidence.entries(word)]:
            seen, unseen = (
                [_whole(evidence.runs(name, n, metric)) for n in evidence.lengths]
                for metric in ("seen_mAP", "mAP")
            )
            if all(map(len, [*seen, *unseen])) and seen:
                cases[evidence.label(name)] = [Difference(less(seen, unseen))]
        return judge(cases, self.quantifier)


def _whole(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["class"] == ""]
