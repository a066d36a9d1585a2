"""Does the paper hold? Three sentences out of a published run: what holds, where, and what carries it."""

from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.methods.trained import FROZEN, TRAINED
from mgah.report.aggregate import BLOCK, of_block
from mgah.report.contrasts import kind_of
from mgah.report.publish import read_table
from mgah.report.sizes import ranged, size_text, span
from mgah.report.style import METRICS, block_label, headline_bits
from mgah.report.submissions import comparable, read_submission
from mgah.tables.comparisons import all_splits
from mgah.tables.contrasts import texts_of

#: Verdicts of the table significance, in the order of the sentence, and their words.
_VERDICTS = {"better": "decidedly above", "worse": "decidedly below", "undecided": "not decidedly apart from"}
#: How both tables are read: empty texts as they are, empty numbers as NaN.
_AS_WRITTEN = {"keep_default_na": False, "na_values": {name: [""] for name in ("p", "low", "high")}}
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
    significance = read_table(folder, "significance", **_AS_WRITTEN)
    rows = all_splits(of_block(significance, place[list(BLOCK)].tolist()))
    family = rows[(rows["family"] == "yes") & (rows["reference"] == place["method"])]
    first = () if family.empty else (_what(family, place),)
    return *first, _where(trained, frozen, place), _carried(trained)


def _contrasts(folder: Path) -> pd.DataFrame:
    """The table ``contrasts`` at the code length nearest to 32 bits."""
    contrasts = read_table(folder, "contrasts", **_AS_WRITTEN)
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
    size = ranged(family["splits"], "split") if alike else size_text(family)
    parts = [
        f"{words} {_listed(family.loc[family['verdict'] == verdict, 'label'], len(family))}"
        for verdict, words in _VERDICTS.items()
        if (family["verdict"] == verdict).any()
    ]
    ours = span(family["reference_mAP"].map("{:.3f}".format))
    return (
        f"**What holds:** trained end to end, {place['label']} has {ours} mAP at "
        f"{int(family['bits'].iloc[0])} bits ({setting}, {size}) and is {'; '.join(parts)}."
    )


def _where(trained: pd.DataFrame, frozen: pd.DataFrame, place: pd.Series) -> str:
    """The lead over the better rival end to end, on the same features frozen, and from weak to strong features."""
    leads = frozen[(frozen["part"] == "lead") & (frozen["metric"] == "mAP")].sort_values("strength")
    same = leads[leads["backbone"] == place["backbone"]]
    rivals = " / ".join(texts_of(place["against_labels"]))
    text = f"**Where:** its lead over the better of {rivals} is {_of_part(trained, 'lead')}"
    if not same.empty:
        text += f", on the same backbone's frozen features {_interval(same.iloc[0])} mAP"
    if len(leads) > 1:
        weak, strong = leads.iloc[0], leads.iloc[-1]
        text += (
            f"; with the backbone frozen it is {weak['difference']:+.3f} mAP on the weakest features, whose ranking "
            f"without coding has {weak['strength']:.3f} mAP, and {strong['difference']:+.3f} on the strongest, with "
            f"{strong['strength']:.3f}"
        )
    return f"{text}."


def _carried(trained: pd.DataFrame) -> str:
    """What margin and graph add end to end."""
    there = set(trained["part"])
    found = [f"{words} adds {_of_part(trained, part)}" for part, words in _PARTS.items() if part in there]
    return f"**What carries it:** {', and '.join(found) or 'not run'} (± is half of the 95 % interval over splits)."


def _of_part(contrasts: pd.DataFrame, part: str) -> str:
    """A part's difference in every metric: ``+0.041 ± 0.022 mAP (9 of 10 splits, p 0.004) and ...``."""
    rows = contrasts[contrasts["part"] == part].sort_values("metric", key=lambda names: names != "mAP")
    return " and ".join(
        f"{_interval(row)} {METRICS.get(row['metric'], row['metric'])} ({row['won']} of {row['splits']} splits, p "
        f"{row['p']:.3f})"
        for _, row in rows.iterrows()
    )


def _interval(row: pd.Series) -> str:
    return f"{row['difference']:+.3f} ± {row['high'] - row['difference']:.3f}"


def _listed(labels: pd.Series, count: int) -> str:
    """The baselines ``labels`` of ``count``; labels may hold commas."""
    return f"each of the {count} baselines" if len(labels) == count else " / ".join(labels)
