"""Does the paper hold? Three sentences out of a published run: what holds, where, and what carries it."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.methods.trained import FROZEN, TRAINED
from mgah.metrics.statistics import ALPHA, holm
from mgah.report.aggregate import BLOCK, of_block
from mgah.report.contrasts import kind_of, whole
from mgah.report.publish import read_table
from mgah.report.sizes import size_text
from mgah.report.style import METRICS, block_label, headline_bits
from mgah.report.submissions import comparable, read_submission
from mgah.report.wording import counted, counted_range, span
from mgah.tables.comparisons import all_splits, development_splits, held_out_splits
from mgah.tables.contrasts import texts_of

#: Verdicts of the table significance, in the order of the sentence, and their words.
_VERDICTS = {"better": "decidedly above", "worse": "decidedly below", "undecided": "not decidedly apart from"}
#: How both tables are read: empty texts as they are, empty numbers as NaN.
_NUMBERS = ("p", "low", "high", "difference", "reference_mAP", "strength")
_AS_WRITTEN = {"keep_default_na": False, "na_values": {name: [""] for name in _NUMBERS}}
_SENTENCES = 3
_PARTS = {"margin": "the growing margin", "graph": "the graph"}


def answer(folder: Path, second: str | None = None) -> str:
    """Return the three sentences of `sentences` in one line.

    Args:
        folder: a published run.
        second: name of another one beside it, whose contrasts count as well.

    Raises:
        InputError: for a run without such a lead, or without a verdict on the method that has it; for a second one
            that is not comparable with it (`mgah.report.submissions`).
    """
    others = [folder.parent / second] if second else []
    for other in others:
        comparable(read_submission(folder), read_submission(other))
    found = sentences(folder, *others)
    if not found:
        raise InputError(
            f"{folder / 'tables/contrasts.csv'} has no lead of a method that was trained end to end, expected one: "
            "publish a run with such a contrast"
        )
    if len(found) < _SENTENCES:
        raise InputError(
            f"{folder / 'tables/significance.csv'} has no verdict on the method with the lead, expected some: let "
            "comparison.reference be this method"
        )
    return " ".join(found)


def sentences(folder: Path, *others: Path) -> tuple[str, ...]:
    """Return three sentences, of the tables ``significance`` and ``contrasts`` of the run ``folder``.

    Contrasts of ``others``, which are runs of the same splits, are added where that run lacks them.

    They are of the first setting in which a lead is one of a method that was trained end to end, and of the settings
    with frozen features of the same dataset and class semantics; there are none where no lead is. The first sentence
    is left out where the table ``significance`` has no verdict on the method with the lead, but on another one.
    """
    contrasts = pd.concat(map(_contrasts, (folder, *others)), ignore_index=True)
    contrasts = contrasts.drop_duplicates([*BLOCK, "bits", "metric", "part", "method", "trained"])
    kinds = contrasts["trained"].map(kind_of)
    trained = contrasts[kinds == TRAINED["all"]]
    lead = trained[trained["part"] == "lead"]
    if lead.empty:
        return ()
    place = lead.iloc[0]
    trained = of_block(trained, place[list(BLOCK)].tolist())
    data = ["dataset", "semantics"]
    frozen = contrasts[(kinds == FROZEN) & (contrasts[data] == place[data].tolist()).all(axis=1)]
    here = of_block(read_table(folder, "significance", **_AS_WRITTEN), place[list(BLOCK)].tolist())
    verdicts = here[here["reference"] == place["method"]]
    family = all_splits(verdicts).query("family == 'yes'")
    first = (
        () if family.empty else (f"{_what(family, place)}{_likewise(family, place)}{_held_out(verdicts)}.",)
    )
    return *first, _where(trained, frozen, here, place), _carried(trained)


def _contrasts(folder: Path) -> pd.DataFrame:
    """The table ``contrasts`` at the code length nearest to 32 bits."""
    contrasts = read_table(folder, "contrasts", **_AS_WRITTEN)
    if "development" not in contrasts:
        raise InputError(
            f"{folder / 'tables/contrasts.csv'} has no column development, expected one: make the table again"
        )
    contrasts = whole(contrasts)
    return contrasts if contrasts.empty else contrasts[contrasts["bits"] == headline_bits(contrasts["bits"])]


def _what(family: pd.DataFrame, place: pd.Series) -> str:
    """Which baselines the method of ``place`` is above; ``family`` are its comparisons in that setting.

    Where these rest on other splits or seeds, its mAP is from the lowest to the highest, and each baseline has its own.
    """
    family = family.astype({"splits": int, "seeds": int, "reference_mAP": float})
    sizes = [size_text(family.loc[[row]]) for row in family.index]
    alike = len(set(sizes)) == 1
    if not alike:
        labels = [f"{label} ({size})" for label, size in zip(family["label"], sizes, strict=True)]
        family = family.assign(label=labels)
    setting = block_label(*place[list(BLOCK)])
    size = counted_range(family["splits"], "split") if alike else size_text(family)
    parts = [
        f"{words} {_listed(family.loc[family['verdict'] == verdict, 'label'], len(family), alike)}"
        for verdict, words in _VERDICTS.items()
        if (family["verdict"] == verdict).any()
    ]
    defined = family["reference_mAP"].dropna()
    ours = span(defined.map("{:.3f}".format)) if len(defined) else "an undefined"
    return (
        f"**What holds:** trained end to end, {place['label']} has {ours} mAP at "
        f"{int(family['bits'].iloc[0])} bits ({setting}, {size}) and is {'; '.join(parts)}"
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


def _where(trained: pd.DataFrame, frozen: pd.DataFrame, methods: pd.DataFrame, place: pd.Series) -> str:
    """The lead over the better rival end to end, on the same features frozen, and from weak to strong features.

    ``methods`` says what each method of the setting stands on.
    """
    leads = frozen[frozen["part"] == "lead"].sort_values("strength", kind="stable")
    same = leads[leads["backbone"] == place["backbone"]]
    labels = texts_of(place["against_labels"])
    stand_on = set(methods.loc[methods["label"].isin(labels), "trained"].map(kind_of))
    on = f", which {'have' if len(labels) > 1 else 'has'} {FROZEN}," if stand_on == {FROZEN} else ""
    text = f"**Where:** its lead over {_better(labels)}{on} is {_of_part(trained, 'lead')}"
    if not same.empty:
        text += f", and with its own backbone frozen as well {_metrics(same)}"
    strengths = leads["strength"]
    if strengths.nunique() > 1:
        weak, strong = (leads[strengths == end] for end in (strengths.min(), strengths.max()))
        text += (
            f"; so frozen it is {_metrics(weak)} on the weakest features, whose ranking without coding has "
            f"{strengths.min():.3f} mAP, and {_metrics(strong)} on the strongest, with {strengths.max():.3f}"
        )
    return f"{text}."


def _better(labels: Sequence[str]) -> str:
    return labels[0] if len(labels) == 1 else f"the better of {' / '.join(labels)}"


def _carried(trained: pd.DataFrame) -> str:
    """What margin and graph add end to end."""
    there = set(trained["part"])
    found = [f"{words} adds {_of_part(trained, part)}" for part, words in _PARTS.items() if part in there]
    return f"**What carries it:** {', and '.join(found) or 'not run'} ({_key(trained)})."


def _key(trained: pd.DataFrame) -> str:
    """What ± and p are, and which parts have no p of at most `ALPHA` once all that are told are corrected together."""
    words = {"lead": "the lead", **_PARTS}
    told = trained[trained["part"].isin(list(words))]
    corrected = told.assign(p=holm(told["p"].tolist()))
    lost = corrected[((told["p"] <= ALPHA) & (corrected["p"] > ALPHA)).to_numpy()]
    text = "± is half of the 95 % interval over splits; each p is for itself"
    if not lost.empty:
        named = [
            f"{words[row['part']]} in {METRICS.get(row['metric'], row['metric'])} {row['p']:.3f}"
            for _, row in _by_metric(lost).iterrows()
        ]
        text += f", and with Holm's correction for these {len(told)} that of {', of '.join(named)}"
    return text


def _of_part(contrasts: pd.DataFrame, part: str) -> str:
    """A part's difference in every metric: ``+0.041 ± 0.022 mAP (9 of 10 splits, p 0.004) and ...``."""
    return " and ".join(
        f"{_metrics(rows)} ({_won(rows.iloc[0])})"
        for _, rows in _by_metric(contrasts[contrasts["part"] == part]).groupby("metric", sort=False)
    )


def _won(row: pd.Series) -> str:
    p = "no p" if pd.isna(row["p"]) else f"p {row['p']:.3f}"
    return f"{row['won']} of {counted(row['splits'], 'split')}, {p}"


def _metrics(rows: pd.DataFrame) -> str:
    """One contrast in every metric: ``+0.041 ± 0.022 mAP and ...``."""
    return " and ".join(
        f"{_interval(row)} {METRICS.get(row['metric'], row['metric'])}"
        for _, row in _by_metric(rows).iterrows()
    )


def _by_metric(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("metric", key=lambda names: names != "mAP", kind="stable")


def _interval(row: pd.Series) -> str:
    if pd.isna(row["difference"]):
        return "an undefined"
    half = "" if pd.isna(row["high"]) else f" ± {row['high'] - row['difference']:.3f}"
    return f"{row['difference']:+.3f}{half}"


def _listed(labels: pd.Series, count: int, alike: bool) -> str:
    """The baselines ``labels`` of ``count``, each by name where they are not ``alike``; labels may hold commas."""
    return f"each of the {count} baselines" if alike and len(labels) == count > 1 else " / ".join(labels)
