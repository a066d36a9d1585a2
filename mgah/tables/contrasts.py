"""Contrasts (``.csv``), tidy: a method minus the best of others, a row a split. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics`` str; ``bits`` int64; ``metric``, ``part`` (what the contrast shows),
``method``, ``label`` (display name) str; ``trained`` str, what the method trained of the setting's network, in words
of `mgah.methods.trained` or of the method's own; ``against`` and ``against_labels`` str, JSON lists of the other
methods' names and display names; ``split`` str; ``development`` str, yes or no, whether defaults of methods were chosen
on that split; ``seeds`` int64, how many of them all methods of the contrast have there; ``value`` float64, the
difference of the means over these, and ``strength`` float64, the mAP of the setting's frozen features without coding on
that split, both empty where undefined.
"""

import pandas as pd

from mgah.io.files import parse_json
from mgah.tables.format import TableFormat
from mgah.tables.keys import SETTING

#: What one contrast in one setting is.
CONTRAST = (*SETTING, "bits", "metric", "part", "method", "against")
COLUMNS = (
    *SETTING,
    "bits",
    "metric",
    "part",
    "method",
    "label",
    "trained",
    "against",
    "against_labels",
    "split",
    "development",
    "seeds",
    "value",
    "strength",
)
KEY = (*CONTRAST, "split")


def texts_of(text: str) -> list[str]:
    """The names in a cell of ``against`` or ``against_labels``; no names where it is no JSON list of texts."""
    try:
        names = parse_json(text)
    except ValueError:
        return []
    return names if isinstance(names, list) and all(isinstance(name, str) for name in names) else []


def _fault(contrasts: pd.DataFrame) -> str | None:
    for against, labels in contrasts[["against", "against_labels"]].drop_duplicates().to_numpy():
        if not texts_of(against) or len(texts_of(against)) != len(texts_of(labels)):
            return f"sets methods against {against!r}, called {labels!r}, expected two JSON lists of as many texts"
    if unknown := sorted(set(contrasts["development"]) - {"yes", "no"}):
        return f"says {unknown[0]!r} in the column development, expected yes or no"
    if (contrasts["seeds"] < 1).any():
        return f"rests on {contrasts['seeds'].min()} seeds, expected one or more"
    strengths = contrasts.groupby([*SETTING, "split"])["strength"].nunique(dropna=False)
    if (strengths > 1).any():
        return f"gives {'/'.join(strengths.idxmax())} several strengths, expected one"
    return None


#: Numbers to 10 digits: the last ones differ between processors.
CONTRASTS = TableFormat(
    name="contrasts",
    columns=dict.fromkeys(COLUMNS, str) | {"bits": int, "seeds": int, "value": float, "strength": float},
    key=KEY,
    order=KEY,
    optional=("value", "strength"),
    float_format="%.10g",
    check=_fault,
)
write_contrasts, read_contrasts = CONTRASTS.write, CONTRASTS.read
