"""Contrasts over splits: the mean difference in each setting, with an interval and a test, beside the strength."""

import pandas as pd

from mgah.methods.trained import FROZEN, TRAINED
from mgah.metrics.statistics import mean, sign_flip_p, student_interval
from mgah.report.order import in_method_order
from mgah.tables.contrasts import CONTRAST, texts_of
from mgah.tables.keys import SETTING

#: Headings of the parts that have one; another part is its own.
PARTS = {
    "lead": "lead",
    "margin": "what the growing margin adds",
    "graph": "what the graph adds",
}
#: Columns that `over_splits` adds to those that name a contrast.
NUMBERS = ("development", "splits", "seeds", "strength", "difference", "low", "high", "won", "p")
_NAMES = (*CONTRAST, "label", "trained", "against_labels")


def over_splits(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Summarize each contrast of `mgah.tables.contrasts` in each setting, over its splits; weakest features first.

    Each has a row over all splits and, where some of them are development splits, one over the others alone
    (`held_out`). Adds ``development``, yes or no, whether such splits are in it; ``splits``; ``seeds``, the fewest
    of any split; ``strength``, the mean mAP without coding; ``difference``, the mean, with the ends ``low`` and
    ``high`` of its 95 % Student t interval; ``won``, the splits with a difference above 0; and ``p`` of two-sided sign
    flips. A value that is undefined on one split leaves the mean undefined.
    """
    found = [
        {**dict(zip(_NAMES, key, strict=True)), **_summary(rows.sort_values("split"))}
        for key, group in contrasts.groupby(list(_NAMES), sort=True)
        for rows in _parts(group)
    ]
    summary = pd.DataFrame(found, columns=[*_NAMES, *NUMBERS])
    return in_method_order(summary, ["strength", *SETTING]).reset_index(drop=True)


def whole(summary: pd.DataFrame) -> pd.DataFrame:
    """The rows of `over_splits`, or of a table written of them, that are over all splits."""
    return summary.drop(index=held_out(summary).index)


def held_out(summary: pd.DataFrame) -> pd.DataFrame:
    """The rows that are over the splits on which no default was chosen, where a contrast has other splits as well."""
    key = [name for name in (*CONTRAST, "trained") if name in summary]
    marked = summary.groupby(key)["development"].transform(lambda marks: (marks == "yes").any())
    return summary[marked.astype(bool) & (summary["development"] == "no")]


def parts_of(contrasts: pd.DataFrame) -> list[str]:
    """The parts in ``contrasts``: those of `PARTS` in their order, then the others by name."""
    found = set(contrasts["part"])
    return [*(part for part in PARTS if part in found), *sorted(found - set(PARTS))]


def kind_of(trained: str) -> str:
    """What a text in a column ``trained`` says of the backbone; all that takes frozen features is one kind."""
    return FROZEN if trained.startswith(FROZEN) else trained


def trained_labels(rows: pd.DataFrame) -> pd.Series:
    """The labels of methods, which tell frozen features themselves, with a word where training was end to end."""
    return rows["label"] + rows["trained"].map({TRAINED["all"]: f" ({TRAINED['all']})"}).fillna("")


def heading_of(part: str) -> str:
    """The heading of a part, beginning with a capital letter."""
    words = PARTS.get(part, part)
    return words[:1].upper() + words[1:]


def against_words(row: pd.Series) -> str:
    """What the method of a contrast is set against: ``ITQ``, or ``best of ITQ / KSH``."""
    labels = texts_of(row["against_labels"])
    return labels[0] if len(labels) == 1 else f"best of {' / '.join(labels)}"


def _parts(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of a contrast on all splits, and those on the others than development splits, where there are both."""
    others = rows[rows["development"] == "no"]
    return [rows, others] if 0 < len(others) < len(rows) else [rows]


def _summary(group: pd.DataFrame) -> dict[str, object]:
    values = group["value"].to_numpy()
    low, high = student_interval(values)
    return {
        "development": "yes" if (group["development"] == "yes").any() else "no",
        "splits": len(values),
        "seeds": int(group["seeds"].min()),
        "strength": mean(group["strength"]),
        "difference": mean(values),
        "low": low,
        "high": high,
        "won": int((values > 0).sum()),
        "p": float(sign_flip_p(values)),
    }
