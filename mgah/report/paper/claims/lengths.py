"""Claims on the code length: a metric rises or falls with it, for all methods."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence, less
from mgah.report.paper.claims.judging import NO_RUNS, Difference, Finding, judge


@dataclass(frozen=True, kw_only=True)
class Steps(Claim):
    """``metric`` of MGAH and all of ``methods`` changes in one direction between code lengths.

    Attributes:
        methods: the paper's, beside MGAH.
        metric: of the scores.
        lengths: first and last code length; each step between those that were run is a case.
        rising: whether it rises; otherwise it falls.
    """

    methods: tuple[str, ...]
    metric: str
    lengths: tuple[int, int]
    rising: bool

    def judge(self, evidence: Evidence) -> Finding:
        first, last = self.lengths
        if not {first, last} <= set(evidence.lengths):
            return NO_RUNS
        lengths = [bits for bits in evidence.lengths if first <= bits <= last]
        names = [name for word in self.methods for name in evidence.entries(word)]
        cases = {}
        for short, long in itertools.pairwise(lengths):
            pair = (long, short) if self.rising else (short, long)
            differences = [self._step(evidence, name, pair) for name in [evidence.ours, *names]]
            cases[f"{pair[0]} less {pair[1]} bits"] = [step for step in differences if step]
        return judge(cases, lacking=evidence.lacking(self.methods, [self.metric], lengths))

    def _step(self, evidence: Evidence, name: str, pair: Sequence[int]) -> Difference | None:
        higher, lower = (evidence.runs(name, bits, self.metric) for bits in pair)
        if higher.empty or lower.empty:
            return None
        return Difference(less([higher], [lower]), f"of {evidence.label(name)}")
