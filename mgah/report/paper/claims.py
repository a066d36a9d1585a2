"""What the paper claims, and how tidy tables decide whether it holds on one dataset, backbone and semantics.

Everything rests on differences that are paired by split. A case, such as one code length, holds where every
difference it speaks of is above 0 by the rule of `mgah.metrics.statistics.verdict`, fails where one is below 0 by
that rule, and is undecided otherwise; p values are adjusted for the differences of the case. One split decides nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgah.metrics.statistics import (
    ALPHA,
    holm,
    mean,
    rank_agreement,
    sign_flip_p,
    student_interval,
    verdict,
)
from mgah.report.aggregate import whole_split
from mgah.report.paper.published import published
from mgah.report.style import METRICS, headline_bits, method_style

HOLDS, FAILS, UNDECIDED, NOT_RUN = "holds", "fails", "undecided", "not run"
METHOD = "mgah"
COMPONENTS = tuple(f"mgah_{number}" for number in range(1, 6))
#: A fixed margin of 1 is the softmax loss, which is MGAH-1: one training.
FIXED_MARGINS = ("mgah_1", *(f"mgah_beta{number}" for number in range(2, 6)))
#: Code length above which the paper's precision in the Hamming ball falls.
TURN = 32
#: The λ above which the paper's mAP falls.
PEAK = 0.4


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


@dataclass(frozen=True)
class Finding:
    """``verdict``: one of the four words above; ``numbers``: what it rests on, a text."""

    verdict: str
    numbers: str


@dataclass(frozen=True)
class Claim:
    """A sentence of the paper, where it stands there, and the function that judges it."""

    word: str
    text: str
    place: str
    judge: Callable[[Evidence], Finding]


def every(cases: Iterable[str]) -> str:
    """A claim about all cases: it holds in each, or fails in one."""
    cases = list(cases)
    return FAILS if FAILS in cases else HOLDS if set(cases) == {HOLDS} else UNDECIDED


def most(cases: Iterable[str]) -> str:
    """A claim about most cases: it holds in more than half of them, or fails in at least half."""
    cases = list(cases)
    if 2 * cases.count(HOLDS) > len(cases):
        return HOLDS
    return FAILS if 2 * cases.count(FAILS) >= len(cases) else UNDECIDED


def case(differences: pd.DataFrame) -> str:
    """Verdict on rows with ``p``, ``low`` and ``high`` that all have to be above 0."""
    decided = [
        verdict(*row)
        for row in zip(holm(differences["p"]), differences["low"], differences["high"], strict=True)
    ]
    return FAILS if "worse" in decided else HOLDS if set(decided) == {"better"} else UNDECIDED


def judged(cases: Mapping[str, pd.DataFrame], combine: Callable[[Iterable[str]], str]) -> Finding:
    """The cases together, each by its name with the smallest of its differences, the rival's name in ``of``."""
    verdicts = {name: case(rows) for name, rows in cases.items()}
    texts = []
    for name, rows in cases.items():
        if rows["difference"].isna().any():
            texts.append(f"{name}: undefined")
            continue
        row = rows.loc[rows["difference"].idxmin()]
        rival = f" to {row['of']}" if row["of"] else ""
        interval = "" if pd.isna(row["low"]) else f" [{row['low']:.3f}, {row['high']:.3f}]"
        texts.append(f"{name}: {row['difference']:+.3f}{interval}{rival}, {verdicts[name]}")
    one = any((rows["splits"] == 1).any() for rows in cases.values())
    return Finding(combine(verdicts.values()), "; ".join(texts) + (" (one split)" if one else ""))


def _against(
    methods: Callable[[Evidence], Iterable[str]], combine: Callable[[Iterable[str]], str]
) -> Callable:
    """Judge of `METHOD` being above all of ``methods`` in mAP, a case a code length; it holds for no part of them."""

    def judge(evidence: Evidence) -> Finding:
        asked = list(methods(evidence))
        rows = evidence.comparisons[evidence.comparisons["method"].isin(asked)]
        rows = rows.assign(of=rows["method"].map(evidence.label))
        if rows.empty:
            return Finding(NOT_RUN, "")
        found = judged({f"{bits} bits": group for bits, group in rows.groupby("bits", sort=True)}, combine)
        lacking = [evidence.label(word) for word in asked if word not in set(rows["method"])]
        if not lacking:
            return found
        decided = UNDECIDED if found.verdict == HOLDS else found.verdict
        return Finding(decided, f"{found.numbers}; not run: {', '.join(lacking)}")

    return judge


def _highest_precision(evidence: Evidence) -> Finding:
    if not evidence.baselines:
        return Finding(NOT_RUN, "")
    cases = {
        f"{bits} bits": pd.DataFrame(
            [
                paired(evidence, "P@H<=2", (METHOD, bits), (word, bits)) | {"of": evidence.label(word)}
                for word in evidence.baselines
            ]
        )
        for bits in evidence.lengths
    }
    return judged(cases, most)


def _grows(evidence: Evidence) -> Finding:
    steps = list(zip(evidence.lengths, evidence.lengths[1:], strict=False))
    if not steps:
        return Finding(NOT_RUN, "")
    rows = [paired(evidence, "mAP", (METHOD, long), (METHOD, short)) | {"of": ""} for short, long in steps]
    adjusted = holm([row["p"] for row in rows])
    cases = {
        f"{short} to {long} bits": pd.DataFrame([row | {"p": p}])
        for (short, long), row, p in zip(steps, rows, adjusted, strict=True)
    }
    return judged(cases, every)


def _falls_when_long(evidence: Evidence) -> Finding:
    longer = [bits for bits in evidence.lengths if bits > TURN]
    if TURN not in evidence.lengths or not longer:
        return Finding(NOT_RUN, "")
    cases = {
        f"{TURN} less {bits} bits": pd.DataFrame(
            [paired(evidence, "P@H<=2", (METHOD, TURN), (METHOD, bits)) | {"of": ""}]
        )
        for bits in longer
    }
    return judged(cases, every)


def paired(
    evidence: Evidence, metric: str, first: tuple[str, int], second: tuple[str, int]
) -> dict[str, float]:
    """`difference_of` the runs of one (method, bits) and of another."""
    rows = whole_split(evidence.scores, metric)
    return difference_of(
        *(rows[(rows["method"] == method) & (rows["bits"] == bits)] for method, bits in (first, second))
    )


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


def _between(parameter: str, ends: Callable[[list[float]], tuple[float, float]]) -> Callable:
    """Judge of mAP being higher at the first than at the second of two settings, ``ends`` of all that were swept."""

    def judge(evidence: Evidence) -> Finding:
        rows = whole_split(evidence.sweeps, "mAP")
        rows = rows[rows["parameter"] == parameter]
        rows = rows[rows["bits"] == headline_bits(rows["bits"])] if len(rows) else rows
        settings = rows["setting"].astype("float64")
        if settings.nunique() < 2:
            return Finding(NOT_RUN, "")
        more, less = ends(sorted(settings.unique()))
        row = difference_of(rows[settings == more], rows[settings == less]) | {"of": ""}
        return judged({f"{more:g} less {less:g}": pd.DataFrame([row])}, every)

    return judge


def _order(evidence: Evidence) -> Finding:
    """Kendall's tau-b of the published and our order by mAP, a case a code length."""
    cell = ["dataset", "backbone", "method", "bits"]
    paper = published(evidence.reference, "table1", "mAP", evidence.scores["backbone"])
    ours = whole_split(evidence.scores, "mAP").groupby([*cell, "split"])["value"].agg(list).map(mean)
    ours = ours.groupby(cell).agg(list).map(mean).rename("ours").reset_index()
    both = ours.merge(paper, on=cell).dropna()
    one = evidence.scores["split"].nunique() == 1
    verdicts, texts = [], []
    for bits, column in both.groupby("bits", sort=True):
        tau, p = rank_agreement(column["published"], column["ours"])
        verdicts.append(UNDECIDED if one else FAILS if tau <= 0 else HOLDS if p <= ALPHA else UNDECIDED)
        texts.append(f"{bits} bits: tau-b {tau:.2f}, p {p:.3f}, {len(column)} methods, {verdicts[-1]}")
    if not verdicts:
        return Finding(NOT_RUN, "")
    return Finding(every(verdicts), "; ".join(texts) + (" (one split)" if one else ""))


_BALL = METRICS["P@H<=2"]
CLAIMS = (
    Claim(
        "highest_map",
        "MGAH has the highest mAP at every code length",
        "Table 1",
        _against(lambda evidence: evidence.baselines, every),
    ),
    Claim("order", "The methods stand in the paper's order", "Table 1", _order),
    Claim("length", "mAP grows with the code length", "Table 1", _grows),
    Claim(
        "above_doph", "MGAH is above DOPH in most cases", "Table 2", _against(lambda evidence: ["doph"], most)
    ),
    Claim(
        "components",
        "Each component helps: MGAH is above MGAH-1 to MGAH-5",
        "Table 3",
        _against(lambda evidence: COMPONENTS, every),
    ),
    Claim(
        "margin",
        "A growing margin is above every fixed one (β = 1 to 5)",
        "Table 3",
        _against(lambda evidence: FIXED_MARGINS, every),
    ),
    Claim("highest_precision", f"MGAH has the highest {_BALL} in most cases", "Figure 3", _highest_precision),
    Claim("ball", f"{_BALL} falls above {TURN} bits", "Figure 3", _falls_when_long),
    Claim("latent", "A small L is poor", "Figure 5", _between("latent", lambda swept: (swept[-1], swept[0]))),
    Claim(
        "shortcut",
        f"mAP falls with λ above {PEAK}",
        "Figure 5",
        _between("lambda_", lambda swept: (min(swept, key=lambda value: abs(value - PEAK)), swept[-1])),
    ),
    Claim(
        "training",
        "mAP grows with the training images",
        "Figure 6",
        _between("training", lambda swept: (swept[-1], swept[0])),
    ),
)
