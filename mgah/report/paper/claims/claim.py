"""What a claim is: a sentence, its place in the paper and the settings that it speaks of."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import pandas as pd

from mgah.report.paper.claims.evidence import Evidence
from mgah.report.paper.claims.judging import Finding
from mgah.report.paper.published import stand_ins, table_backbone


@dataclass(frozen=True, kw_only=True)
class Claim(ABC):
    """A sentence of the paper; subclasses say what decides it.

    Attributes:
        word: its name for programs.
        text: what it says, for readers.
        place: section, table or figure where it stands.
        datasets: those of the paper that it speaks of; empty for all.
        table: the published table whose backbone it speaks of.
        of_paper: False for a reading of ours that is no sentence of the paper.
    """

    word: str
    text: str
    place: str
    datasets: tuple[str, ...] = ()
    table: str = "table1"
    of_paper: bool = True

    @abstractmethod
    def judge(self, evidence: Evidence) -> Finding:
        """Whether the claim holds on ``evidence``; `judging.NO_RUNS` where that has no runs it speaks of."""

    @property
    def source(self) -> str:
        """Where it stands, for readers; says where it is no sentence of the paper."""
        return self.place if self.of_paper else f"ours, not a sentence of the paper; {self.place}"

    def speaks_of(self, dataset: str, backbone: str, reference: pd.DataFrame) -> bool:
        """Whether the paper says it of a dataset, which may be a stand-in, and of a backbone.

        A backbone that the paper does not use stands for that of any of its tables.
        """
        meant = stand_ins(reference).get(dataset, dataset)
        own = table_backbone(reference, self.table)
        return meant in (self.datasets or set(reference["dataset"])) and backbone not in set(
            reference["backbone"]
        ) - {own}
