"""Claims that rest on no paired difference: the order of methods, the loss, the similarity graphs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgah.metrics.statistics import ALPHA, holm, mean, rank_agreement
from mgah.report.aggregate import run_means
from mgah.report.courses import with_course
from mgah.report.paper.ablation import entry_words, ours_in
from mgah.report.paper.claims.claim import Claim
from mgah.report.paper.claims.evidence import Evidence, common_runs
from mgah.report.paper.claims.judging import (
    FAILS,
    HOLDS,
    NO_RUNS,
    UNDECIDED,
    Finding,
    every,
    together,
    unless,
)
from mgah.report.paper.claims.words import Lacking, missing_words
from mgah.report.paper.line_up import BASELINES, METHOD
from mgah.report.paper.published import published
from mgah.report.style import headline_bits, method_style
from mgah.tables.graphs import asymmetry, matrix
from mgah.tables.scores import whole_split
from mgah.words import counted


def judge_rank(tau: float, p: float) -> str:
    """The verdict on two orders that are said to agree: both ways a test decides."""
    if not p <= ALPHA:
        return UNDECIDED
    return HOLDS if tau > 0 else FAILS


def means_on_common_runs(scores: pd.DataFrame, first: str, others: Sequence[str]) -> dict[str, float]:
    """Means of methods that can be ranked by them, by name: over the splits of ``first`` and the seeds common to all.

    Those of ``others`` are taken in their order. One without such a seed on one of these splits is left out, for its
    mean would be that of other classes.

    Args:
        scores: rows of one metric and code length over whole splits.
        first: a method; where it was not run the result is empty.
        others: the methods beside it.

    Examples:
        >>> scores = pd.DataFrame({"method": list("aabbc"), "split": list("01011"), "seed": 0, "value": 0.5})
        >>> means_on_common_runs(scores, "a", ["b", "c"])
        {'a': 0.5, 'b': 0.5}
    """
    runs = dict(iter(scores.groupby("method")))
    if first not in runs:
        return {}
    common, counted = runs[first], [first]
    for name in [name for name in others if name in runs and name != first]:
        shared, _ = common_runs(common, runs[name])
        if set(shared["split"]) == set(common["split"]):
            common = shared
            counted.append(name)
    means = run_means(pd.concat([common_runs(common, runs[name])[1] for name in counted]), ["method"])
    return dict(zip(means["method"], means["mean"], strict=True))


@dataclass(frozen=True, kw_only=True)
class SameOrder(Claim):
    """The methods stand by mAP as in the published `table`: Kendall's tau-b, a case a code length.

    Ranked are the methods that were run on all splits of ours at that length, on the seeds that they share there.
    """

    def judge(self, evidence: Evidence) -> Finding:
        paper = published(evidence.reference, self.table, "mAP", evidence.scores["backbone"])
        paper = paper[
            paper["dataset"].isin(evidence.scores["dataset"]) & paper["bits"].isin(evidence.lengths)
        ]
        stands_for = {METHOD: evidence.ours}
        stands_for |= {word: names[0] for word in BASELINES if (names := evidence.entries(word))}
        scores = whole_split(evidence.scores, "mAP")
        texts, found = [], []
        not_run: dict[str, list[int]] = {
            method_style(word).label: [] for word in BASELINES if word not in stands_for
        }
        left_out: dict[str, list[int]] = {}
        for bits, rows in paper.groupby("bits", sort=True):
            values = dict(zip(rows["method"], rows["published"], strict=True))
            printed = {name: values[word] for word, name in stands_for.items() if word in values}
            means = means_on_common_runs(scores[scores["bits"] == bits], evidence.ours, list(printed))
            for name in [name for name in printed if name not in means]:
                left_out.setdefault(evidence.label(name), []).append(bits)
            pairs = [(printed[name], value) for name, value in means.items() if name in printed]
            if len(pairs) > 1:
                found.append(rank_agreement(*zip(*pairs, strict=True)))
                texts.append(f"{bits} bits: tau-b {found[-1][0]:.2f}, {len(pairs)} methods")
        if not found:
            return NO_RUNS
        missing = missing_words(not_run) + missing_words(left_out, "not on the same splits and seeds")
        return _of_orders(found, texts, not_run | left_out, missing)


def _of_orders(
    found: Sequence[tuple[float, float]], texts: Sequence[str], lacking: Lacking, missing: str
) -> Finding:
    """The finding on orders that are all said to agree, from tau-b and p of each and what is told of it."""
    adjusted = holm([p for _, p in found])
    verdicts = [judge_rank(tau, p) for (tau, _), p in zip(found, adjusted, strict=True)]
    numbers = [
        f"{text}, p {p:.3f}, {decided}" for text, p, decided in zip(texts, adjusted, verdicts, strict=True)
    ]
    return Finding(unless(lacking, together(verdicts, every)), "; ".join(numbers) + missing)


@dataclass(frozen=True, kw_only=True)
class LossFalls(Claim):
    """The loss falls as beta grows: Kendall's tau-b of the two over epochs, the loss a mean over runs.

    Where trainings raise beta in several ways, each such course (`mgah.report.courses`) is a case.
    """

    def judge(self, evidence: Evidence) -> Finding:
        rows = evidence.history[evidence.history["method"] == ours_in(evidence.history, evidence.ours)]
        rows = rows[rows["beta"].notna()]
        if rows.empty:
            return NO_RUNS
        bits = headline_bits(rows["bits"])
        courses = [_by_epoch(part) for _, part in with_course(rows[rows["bits"] == bits]).groupby("course")]
        ranked = [(epochs, *rank_agreement(epochs["beta"], epochs["loss"])) for epochs in courses]
        ranked = [(epochs, tau, p) for epochs, tau, p in ranked if not np.isnan(tau)]
        if not ranked:
            return NO_RUNS
        adjusted = holm([p for _, _, p in ranked])
        found = [(epochs, tau, p) for (epochs, tau, _), p in zip(ranked, adjusted, strict=True)]
        verdicts = [judge_rank(-tau, p) for _, tau, p in found]
        alone = len(courses) == 1
        texts = "; ".join(_course_words(epochs, tau, p, alone) for epochs, tau, p in found)
        numbers = f"{bits} bits: {texts}{entry_words(evidence.history, evidence.ours)}"
        return Finding(together(verdicts, every), numbers)


def _by_epoch(course: pd.DataFrame) -> pd.DataFrame:
    """``beta`` and ``loss`` of a course by epoch, means over its runs, and ``runs``, the number of these."""

    def over_runs(values: pd.Series) -> float:
        return mean(values.tolist())

    rows = course.groupby("epoch", sort=True)
    return rows.agg(beta=("beta", over_runs), loss=("loss", over_runs), runs=("loss", "size"))


def _course_words(epochs: pd.DataFrame, tau: float, p: float, alone: bool) -> str:
    """What is told of a course, and of how many runs it is where it is not ``alone``."""
    first, last = epochs.iloc[0], epochs.iloc[-1]
    runs = "" if alone else f" in {counted(int(first['runs']), 'run')}"
    return (
        f"loss {first['loss']:.3f} at β = {first['beta']:g}, {last['loss']:.3f} at β = {last['beta']:g}; tau-b "
        f"{tau:.2f}, p {p:.3f}, {len(epochs)} epochs{runs}"
    )


@dataclass(frozen=True, kw_only=True)
class Asymmetric(Claim):
    """S differs from its transpose, S_f does not. A statement on given matrices: there is nothing to test."""

    def judge(self, evidence: Evidence) -> Finding:
        if evidence.graphs.empty:
            return NO_RUNS
        found = {name: asymmetry(evidence.graphs, name) for name in ("joint", "fixed")}
        holds = found["joint"] > 0 and found["fixed"] == 0
        return Finding(
            HOLDS if holds else FAILS,
            f"largest |S - Sᵀ| {found['joint']:.4f}, of S_f {found['fixed']:.4f} (one batch, no test)",
        )


@dataclass(frozen=True, kw_only=True)
class Smoother(Claim):
    """The total variation of S is below that of S_a. A statement on given matrices: there is nothing to test."""

    def judge(self, evidence: Evidence) -> Finding:
        if evidence.graphs.empty:
            return NO_RUNS
        joint, attention = (total_variation(evidence.graphs, name) for name in ("joint", "attention"))
        return Finding(
            HOLDS if joint < attention else FAILS,
            f"mean difference of neighboring entries {joint:.4f}, in S_a {attention:.4f} (one batch, no test)",
        )


def total_variation(graphs: pd.DataFrame, name: str) -> float:
    """The mean absolute difference of entries that are neighbors in a row or a column: anisotropic total variation."""
    values = matrix(graphs, name)
    steps = np.concatenate([np.diff(values, axis=axis).ravel() for axis in (0, 1)])
    return float(np.abs(steps).mean())
