"""Judges claims: makes a verdict of differences, by one rule for all claims.

A claim speaks of cases, such as code lengths, and of differences in each that it says are above 0. A difference has a
value a unit of evidence; it is above, or below, 0 where the sign flips of the units say so, adjusted for all
differences of the claim, and the Student t interval does not contain 0. A case holds where all of its differences are
above 0, fails where one is below 0, and is undecided otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgah.metrics.joint_sign_flips import joint_sign_flip_p
from mgah.metrics.statistics import ALPHA, mean, smallest_p, student_interval, verdict
from mgah.report.paper.claims.words import Lacking, missing_words

HOLDS, FAILS, UNDECIDED, NOT_RUN = "holds", "fails", "undecided", "not run"


@dataclass(frozen=True)
class Finding:
    """``verdict``: one of the four words above; ``numbers``: what it rests on, a text."""

    verdict: str
    numbers: str


NO_RUNS = Finding(NOT_RUN, "")


@dataclass(frozen=True)
class Difference:
    """What a claim says is above 0.

    Attributes:
        values: float64 by unit of evidence; the index is called ``split`` or ``class``.
        words: what the difference is to, for readers; may be empty.
        margin: how far below 0 it may be.
    """

    values: pd.Series
    words: str = ""
    margin: float = 0.0


Cases = Mapping[str, Sequence[Difference]]
#: How many of so many cases have to hold.
Quantifier = Callable[[int], int]


def every(cases: int) -> int:
    """All of them."""
    return cases


def most(cases: int) -> int:
    """More than half."""
    return cases // 2 + 1


def several(cases: int) -> int:
    """Two, or the only one."""
    return min(2, cases)


def some(cases: int) -> int:
    """One."""
    return min(1, cases)


def judge(cases: Cases, needed: Quantifier = every, lacking: Lacking | None = None) -> Finding:
    """The verdict on a claim that ``needed`` of its ``cases`` hold, each by its name.

    A case without differences is undecided, and a claim whose cases all have none was not run. It does not hold where
    methods are ``lacking``, which were not run, or not at all of its code lengths.
    """
    everything = [difference for differences in cases.values() for difference in differences]
    if not everything:
        return NO_RUNS
    judged = _judged(everything)
    verdicts, texts, shown = [], [], []
    for name, differences in cases.items():
        verdicts.append(_of_case([judged[id(difference)].verdict for difference in differences]))
        against = [item for item in differences if judged[id(item)].verdict == verdicts[-1]]
        if against:
            shown.append(min(against, key=lambda item: judged[id(item)].height))
            texts.append(f"{name}: {judged[id(shown[-1])].text}, {verdicts[-1]}")
    few = "" if any(map(_can_decide, everything)) else ", too few to decide"
    numbers = f"{'; '.join(texts)} (over {_unit_words(shown)}{few}){missing_words(lacking or {})}"
    return Finding(unless(lacking, together(verdicts, needed)), numbers)


def unless(lacking: Lacking | None, found: str) -> str:
    """The verdict ``found`` on a claim, which does not hold where some of it is ``lacking``.

    Examples:
        >>> unless({}, HOLDS), unless({"ITQ": (8,)}, HOLDS), unless({"ITQ": (8,)}, FAILS)
        ('holds', 'undecided', 'fails')
    """
    return UNDECIDED if lacking and found == HOLDS else found


def together(verdicts: Sequence[str], needed: Quantifier) -> str:
    """The verdict on cases together: `HOLDS` where ``needed`` of them hold, `FAILS` where so many no longer can."""
    cases = len(verdicts)
    if verdicts.count(HOLDS) >= needed(cases):
        return HOLDS
    return FAILS if verdicts.count(FAILS) > cases - needed(cases) else UNDECIDED


@dataclass(frozen=True)
class _Judged:
    """A difference: its verdict, its text and how far its mean lies above what is claimed; an undefined one lowest."""

    verdict: str
    text: str
    height: float


def paired(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean of the differences of units and its 95 % Student t interval."""
    return (mean(values), *student_interval(values)) if len(values) else (np.nan, np.nan, np.nan)


def _judged(differences: Sequence[Difference]) -> dict[int, _Judged]:
    """What is found of each difference, by its id."""
    found = {}
    for item, p in zip(differences, _adjusted(differences), strict=True):
        value, low, high = paired(item.values.tolist())
        words = {"better": HOLDS, "worse": FAILS, "undecided": UNDECIDED}
        decided = words[verdict(p, low + item.margin, high + item.margin)]
        height = -np.inf if np.isnan(value) else value + item.margin
        found[id(item)] = _Judged(decided, _text(value, low, high, item.words), height)
    return found


def _adjusted(differences: Sequence[Difference]) -> np.ndarray:
    """p of each difference, adjusted for all: those on the same units together, and for the number of such groups."""
    groups: dict[tuple, list[int]] = {}
    for place, item in enumerate(differences):
        if len(item.values) and item.values.notna().all():
            groups.setdefault((item.values.index.name, *item.values.index), []).append(place)
    p = np.full(len(differences), np.nan)
    for places in groups.values():
        values = np.column_stack([differences[i].values + differences[i].margin for i in places])
        p[places] = np.minimum(joint_sign_flip_p(values.astype(np.float64)) * len(groups), 1)
    return p


def _of_case(verdicts: Sequence[str]) -> str:
    return FAILS if FAILS in verdicts else HOLDS if set(verdicts) == {HOLDS} else UNDECIDED


def _text(value: float, low: float, high: float, words: str) -> str:
    if np.isnan(value):
        return " ".join(filter(None, ("undefined", words)))
    interval = "" if np.isnan(low) else f"[{low:.3f}, {high:.3f}]"
    return " ".join(filter(None, (f"{value:+.3f}", interval, words)))


def _unit_words(differences: Sequence[Difference]) -> str:
    """How many units of which kind the differences have: a number where they agree, else the fewest and the most."""
    counts: dict[str, list[int]] = {}
    for item in differences:
        counts.setdefault(str(item.values.index.name), []).append(len(item.values))
    names = {"split": ("split", "splits"), "class": ("unseen class", "unseen classes")}
    ends = {kind: sorted({min(found), max(found)}) for kind, found in counts.items()}
    return " and ".join(
        f"{' to '.join(map(str, found))} {names[kind][found != [1]]}" for kind, found in ends.items()
    )


def _can_decide(difference: Difference) -> bool:
    """Whether a difference over so many units can be told from chance, if it were the only one."""
    count = len(difference.values)
    return count > 1 and smallest_p(count) <= ALPHA
