"""Contrasts over splits: the mean difference in each setting, with an interval and a test, beside the strength."""

import pandas as pd

from mgah.methods.trained import FROZEN
from mgah.metrics.statistics import mean, sign_flip_p, student_interval
from mgah.report.aggregate import BLOCK
from mgah.report.order import in_method_order
from mgah.tables.contrasts import CONTRAST, texts_of

#: Headings of the parts that have one; another part is its own.
PARTS = {
    "lead": "lead over the best rival",
    "margin": "what the growing margin adds",
    "graph": "what the graph adds",
}
#: Columns that `over_splits` adds to those that name a contrast.
NUMBERS = ("splits", "strength", "difference", "low", "high", "won", "p")
_NAMES = (*CONTRAST, "label", "trained", "against_labels")


def over_splits(contrasts: pd.DataFrame) -> pd.DataFrame:
    """Summarize each contrast of `mgah.tables.contrasts` in each setting, over its splits; weakest features first.

    Adds ``splits``; ``strength``, the mean mAP without coding; ``difference``, the mean, with the ends ``low`` and
    ``high`` of its 95 % Student t interval; ``won``, the splits with a difference above 0; and ``p`` of two-sided sign
    flips. A value that is undefined on one split leaves the mean undefined.
    """
    found = [
        {**dict(zip(_NAMES, key, strict=True)), **_summary(group.sort_values("split"))}
        for key, group in contrasts.groupby(list(_NAMES), sort=True)
    ]
    summary = pd.DataFrame(found, columns=[*_NAMES, *NUMBERS])
    return in_method_order(summary, ["strength", *BLOCK]).reset_index(drop=True)


def parts_of(contrasts: pd.DataFrame) -> list[str]:
    """The parts in ``contrasts``: those of `PARTS` in their order, then the others by name."""
    found = set(contrasts["part"])
    return [*(part for part in PARTS if part in found), *sorted(found - set(PARTS))]


def kind_of(trained: str) -> str:
    """What a text of `mgah.methods.trained` says of the backbone; all that takes frozen features is one kind."""
    return FROZEN if trained.startswith(FROZEN) else trained


def heading_of(part: str) -> str:
    """The heading of a part, beginning with a capital letter."""
    words = PARTS.get(part, part)
    return words[:1].upper() + words[1:]


def against_words(row: pd.Series) -> str:
    """What the method of a contrast is set against: ``ITQ``, or ``best of ITQ / KSH``."""
    labels = texts_of(row["against_labels"])
    return labels[0] if len(labels) == 1 else f"best of {' / '.join(labels)}"


def _summary(group: pd.DataFrame) -> dict[str, object]:
    values = group["value"].to_numpy()
    low, high = student_interval(values)
    return {
        "splits": len(values),
        "strength": mean(group["strength"]),
        "difference": mean(values),
        "low": low,
        "high": high,
        "won": int((values > 0).sum()),
        "p": float(sign_flip_p(values)),
    }
