"""Answers whether the paper holds, from a published run: what holds, where and what carries it, and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mgah.errors import InputError
from mgah.methods.trained import FROZEN, TRAINED
from mgah.metrics.statistics import holm, verdict
from mgah.report.aggregate import of_block
from mgah.report.contrasts import heading_of, kind_of, parts_of, trained_labels, whole
from mgah.report.grid import bits_words
from mgah.report.outputs.tables.contrasts import differences
from mgah.report.publish import read_table
from mgah.report.sizes import size_text
from mgah.report.style import METRICS, block_label, headline_bits
from mgah.report.wording import counted_range, span
from mgah.report.writers import cells_markdown
from mgah.tables.comparisons import all_splits, development_splits, held_out_splits
from mgah.tables.contrasts import texts_of
from mgah.tables.keys import SETTING
from mgah.words import counted

#: Verdicts of the table significance, in the order of the sentence, and their words.
_VERDICTS = {"better": "decidedly above", "worse": "decidedly below", "undecided": "not decidedly apart from"}
#: How both tables are read: empty texts as they are, empty numbers as NaN.
_NUMBERS = ("p", "low", "high", "difference", "reference_mAP", "strength")
_AS_WRITTEN: dict[str, Any] = {"keep_default_na": False, "na_values": {name: [""] for name in _NUMBERS}}
#: The columns of both that are read: texts, and numbers.
_OF_SIGNIFICANCE = (
    (*SETTING, "reference", "method", "label", "trained", "split", "development", "family", "verdict"),
    ("bits", "splits", "seeds", "reference_mAP"),
)
_OF_CONTRASTS = (
    (*SETTING, "metric", "part", "method", "label", "trained", "against", "against_labels", "development"),
    ("bits", "splits", "won", "strength", "difference", "low", "high", "p"),
)
#: The part of a contrast that sets the method against simple rivals; names of other leads begin with it.
LEAD = "lead"
#: What a part does to mAP, by its verdict.
_CARRIES = {
    "better": "{part} decidedly adds to mAP: {values}",
    "undecided": "what {part} adds to mAP is not decided: {values}",
    "worse": "{part} decidedly costs mAP: {values}",
}
_PARTS = {"margin": "the growing margin", "graph": "the graph"}


def answer(folder: Path) -> str:
    """Return the three sentences of `sentences` as a list, and the table of their differences below.

    Raises:
        InputError: for a published run ``folder`` without such a lead, or without a verdict on the method that has it.
    """
    evidence = _evidence(folder)
    if evidence is None:
        raise InputError(
            f"{folder / 'tables/contrasts.csv'} has no lead of a method that was trained end to end, expected one: "
            "publish a run with such a contrast"
        )
    if evidence.verdicts.empty:
        raise InputError(
            f"{folder / 'tables/significance.csv'} has no verdict on the method with the lead, expected some: let "
            "comparison.reference be this method"
        )
    told = "\n".join(f"- {sentence}" for sentence in _sentences(evidence))
    return f"{told}\n\n{_table(evidence)}"


def sentences(folder: Path) -> tuple[str, ...]:
    """Return three sentences, of the tables ``significance`` and ``contrasts`` of the run ``folder``.

    They are of the first setting in which a lead is one of a method that was trained end to end, and of the settings
    with frozen features of the same dataset and class semantics; there are none where no lead is. The first sentence
    is left out where the table ``significance`` has no verdict on the method with the lead, but on another one.
    """
    evidence = _evidence(folder)
    return () if evidence is None else _sentences(evidence)


@dataclass(frozen=True)
class _Evidence:
    """What the sentences are written from.

    Attributes:
        place: the lead of the method that was trained end to end, in mAP where it has it.
        trained: all contrasts end to end of that setting, with the columns of `_judged`.
        frozen: leads on frozen features of the same dataset and class semantics, those on the weakest features first,
            with the same columns.
        methods: rows of the table ``significance`` of that setting.
        verdicts: those of them that compare the method of ``place``.
    """

    place: pd.Series
    trained: pd.DataFrame
    frozen: pd.DataFrame
    methods: pd.DataFrame
    verdicts: pd.DataFrame


def _evidence(folder: Path) -> _Evidence | None:
    """What the run has of a lead end to end; None where it has no such lead."""
    contrasts = _contrasts(folder)
    kinds = contrasts["trained"].map(kind_of)
    trained = _by_metric(contrasts[kinds == TRAINED["all"]])
    lead = trained[trained["part"] == LEAD]
    if lead.empty:
        return None
    place = lead.iloc[0]
    trained = of_block(trained, place[list(SETTING)].tolist())
    data = ["dataset", "semantics"]
    frozen = contrasts[(kinds == FROZEN) & (contrasts[data] == place[data].tolist()).all(axis=1)]
    methods = of_block(
        read_table(folder, "significance", *_OF_SIGNIFICANCE, **_AS_WRITTEN), place[list(SETTING)].tolist()
    )
    verdicts = methods[methods["reference"] == place["method"]]
    return _Evidence(
        place=place,
        trained=_judged(trained),
        frozen=_judged(_by_metric(frozen[frozen["part"] == LEAD]).sort_values("strength", kind="stable")),
        methods=methods,
        verdicts=verdicts if (all_splits(verdicts)["family"] == "yes").any() else verdicts.iloc[:0],
    )


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows``, one family, with ``p_holm``, corrected for them all, and the ``verdict`` of each."""
    rows = rows.assign(p_holm=holm(rows["p"].tolist()))
    return rows.assign(verdict=list(map(verdict, rows["p_holm"], rows["low"], rows["high"])))


def _sentences(evidence: _Evidence) -> tuple[str, ...]:
    found = (_where(evidence), _carried(evidence))
    return found if evidence.verdicts.empty else (f"{_what(evidence)}.", *found)


def _contrasts(folder: Path) -> pd.DataFrame:
    """The table ``contrasts`` at the code length nearest to 32 bits."""
    contrasts = read_table(folder, "contrasts", *_OF_CONTRASTS, **_AS_WRITTEN)
    contrasts = whole(contrasts)
    return contrasts if contrasts.empty else contrasts[contrasts["bits"] == headline_bits(contrasts["bits"])]


def _table(evidence: _Evidence) -> str:
    """The differences that the sentences tell, part by part, in Markdown; each p is for itself."""
    shown = pd.concat([evidence.trained, evidence.frozen], ignore_index=True)
    shown = shown.assign(place=shown["part"].map(parts_of(shown).index)).sort_values("place", kind="stable")
    shown = shown.assign(label=trained_labels(shown))
    cells = differences(shown)
    cells.insert(0, f"Difference, {bits_words(evidence.place['bits'])}", shown["part"].map(heading_of))
    return cells_markdown(cells)


def _what(evidence: _Evidence) -> str:
    """Which baselines the method with the lead is above.

    Where comparisons rest on other splits or seeds, its mAP is from the lowest to the highest, and each baseline has
    its own.
    """
    family = all_splits(evidence.verdicts).query("family == 'yes'")
    family = family.astype({"splits": int, "seeds": int, "reference_mAP": float})
    sizes = [size_text(family.loc[[row]]) for row in family.index]
    alike = len(set(sizes)) == 1
    if not alike:
        labels = [f"{label} ({size})" for label, size in zip(family["label"], sizes, strict=True)]
        family = family.assign(label=labels)
    setting = block_label(*evidence.place[list(SETTING)])
    size = counted_range(family["splits"], "split") if alike else size_text(family)
    parts = [
        f"{words} {_listed(family.loc[family['verdict'] == verdict, 'label'], len(family), alike)}"
        for verdict, words in _VERDICTS.items()
        if (family["verdict"] == verdict).any()
    ]
    defined = family["reference_mAP"].dropna()
    ours = span(defined.map("{:.3f}".format)) if len(defined) else "an undefined"
    return (
        f"**What holds:** trained end to end, {evidence.place['label']} has {ours} mAP at "
        f"{int(family['bits'].iloc[0])} bits ({setting}, {size}) and is {'; '.join(parts)}"
        f"{_likewise(family, evidence.place)}{_held_out(evidence.verdicts)}"
    )


def _likewise(family: pd.DataFrame, place: pd.Series) -> str:
    """Which baselines are trained as the method of ``place`` is, and what the others stand on, where some do not."""
    kinds = family["trained"].map(kind_of)
    same = kinds == kind_of(place["trained"])
    if same.all():
        return ""
    others = " or ".join(sorted(set(kinds[~same])))
    if not same.any():
        return f" (the baselines have {others})"
    return f" ({' / '.join(family.loc[same, 'label'])} trained so as well; the others have {others})"


def _held_out(verdicts: pd.DataFrame) -> str:
    """How many of the baselines' verdicts are left without the development splits."""
    held_out = held_out_splits(verdicts).query("family == 'yes'")
    if held_out.empty:
        return ""
    splits = ", ".join(development_splits(verdicts, held_out["dataset"].iloc[0]))
    decided = int((held_out["verdict"] != "undecided").sum())
    if len(held_out) == 1:
        words = "the difference is decided" if decided else "the difference is not decided"
    else:
        left = "none" if not decided else "all" if decided == len(held_out) else str(decided)
        words = f"{left} of the {len(held_out)} differences {'is' if decided < 2 else 'are'} decided"
    return f"; without the development splits ({splits}) {words}"


def _where(evidence: _Evidence) -> str:
    """The leads end to end, the one over simple rivals first, and where the same method leads on frozen features."""
    trained = evidence.trained
    first, *others = [part for part in parts_of(trained) if part.startswith(LEAD)]
    labels = texts_of(evidence.place["against_labels"])
    kinds = set(evidence.methods.loc[evidence.methods["label"].isin(labels), "trained"].map(kind_of))
    on = f", which {'have' if len(labels) > 1 else 'has'} {FROZEN}," if kinds == {FROZEN} else ""
    told = [f"its lead over {_better(labels)}{on} is {_of_part(trained, first)}"]
    for part in others:
        against = trained.loc[trained["part"] == part, "against_labels"].iloc[0]
        told.append(f"over {_better(texts_of(against))} it is {_of_part(trained, part)}")
    if not evidence.frozen.empty:
        lead = "the first" if others else "it"
        ranges = [_over_settings(rows) for _, rows in evidence.frozen.groupby("metric", sort=False)]
        count = counted(evidence.frozen["backbone"].nunique(), "setting")
        told.append(f"with frozen features, in {count}, {lead} is {' and '.join(ranges)}")
    return f"**Where:** {'; '.join(told)}."


def _better(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    return f"the {'better' if len(labels) == 2 else 'best'} of {' / '.join(labels)}"


def _over_settings(leads: pd.DataFrame) -> str:
    """From the lowest to the highest lead in one metric, and in which settings it is decided."""
    word = METRICS.get(leads["metric"].iloc[0], leads["metric"].iloc[0])
    lead = leads["difference"].dropna().sort_values()
    if lead.empty:
        return f"an undefined {word}"
    ends = dict.fromkeys(f"{value:+.3f}" for value in lead.iloc[[0, -1]])
    found = [
        f"decidedly {side} 0 in {', '.join(leads.loc[leads['verdict'] == judged, 'backbone'])}"
        for judged, side in (("better", "above"), ("worse", "below"))
        if (leads["verdict"] == judged).any()
    ]
    return f"{' to '.join(ends)} {word} ({' and '.join(found) or 'decided in none'})"


def _carried(evidence: _Evidence) -> str:
    """What margin and graph add end to end: first what is decided in mAP, then what is not."""
    rows = evidence.trained[evidence.trained["part"].isin(list(_PARTS))]
    in_map = rows[rows["metric"] == "mAP"].set_index("part")["verdict"]
    found = [
        words.format(part=_PARTS[part], values=_of_part(rows, part))
        for word, words in _CARRIES.items()
        for part in _PARTS
        if in_map.get(part) == word
    ]
    return f"**What carries it:** {'; '.join(found) or 'not run'}. {_key(evidence)}."


def _key(evidence: _Evidence) -> str:
    """What ± and p are, and for how many differences p is corrected."""
    text = "± is half of the 95 % interval over splits"
    if evidence.trained["p"].isna().all():
        return text
    families = [(evidence.trained, "differences end to end"), (evidence.frozen, "with frozen features")]
    told = " and ".join(f"the {len(rows)} {words}" for rows, words in families if not rows.empty)
    return f"{text}; p, and what is decided, with Holm's correction for {told}"


def _of_part(contrasts: pd.DataFrame, part: str) -> str:
    """A part's difference in every metric: ``+0.041 ± 0.022 mAP (p 0.004) and ...``."""
    return " and ".join(_difference(row) for _, row in contrasts[contrasts["part"] == part].iterrows())


def _difference(row: pd.Series) -> str:
    word = METRICS.get(row["metric"], row["metric"])
    if pd.isna(row["difference"]):
        return f"an undefined {word}"
    half = "" if pd.isna(row["high"]) else f" ± {row['high'] - row['difference']:.3f}"
    p = "" if pd.isna(row["p_holm"]) else f" (p {row['p_holm']:.3f})"
    return f"{row['difference']:+.3f}{half} {word}{p}"


def _by_metric(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("metric", key=lambda names: names != "mAP", kind="stable")


def _listed(labels: pd.Series, count: int, alike: bool) -> str:
    """The baselines ``labels`` of ``count``, each by name where they are not ``alike``; labels may hold commas."""
    return f"each of the {count} baselines" if alike and len(labels) == count > 1 else " / ".join(labels)
