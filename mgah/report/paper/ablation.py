"""The scores of an ablation (``ablations.csv``), in the form of `mgah.tables.scores`; no rows for no ablation.

A fixed margin of 1 is the softmax loss, which is MGAH-1: one training, shown as both.
"""

import pandas as pd

from mgah.report.paper.line_up import METHOD
from mgah.report.paper.variants import BETA_ONE, SOFTMAX, TABLE3
from mgah.report.style import base_of, method_order, method_style


def with_beta_one(scores: pd.DataFrame) -> pd.DataFrame:
    """``scores`` with those of MGAH-1 also as those of the fixed margin 1, unless that was trained by itself."""
    if BETA_ONE in set(scores["method"]):
        return scores
    softmax = scores[scores["method"] == SOFTMAX]
    label = method_style(BETA_ONE).label
    return pd.concat([scores, softmax.assign(method=BETA_ONE, label=label)], ignore_index=True)


def notes_with_beta_one(notes: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """``notes`` with those of MGAH-1 also as those of the fixed margin 1, where `with_beta_one` shows it so.

    Examples:
        >>> notes = pd.DataFrame({"method": ["mgah_1"], "note": ["few epochs"]})
        >>> notes_with_beta_one(notes, notes)["method"].tolist()
        ['mgah_1', 'mgah_beta1']
    """
    if BETA_ONE in set(scores["method"]):
        return notes
    return pd.concat([notes, notes[notes["method"] == SOFTMAX].assign(method=BETA_ONE)], ignore_index=True)


def ours_in(table: pd.DataFrame, ours: str = METHOD) -> str:
    """The entry that stands for `METHOD` in an ablation, a sweep or a history: ``ours``, or `METHOD`, if it has that.

    Else it is the first of its other entries, such as one on frozen features, which are those of `METHOD` that are no
    variants of Table 3; and `METHOD` where there is none.

    Examples:
        >>> table = pd.DataFrame({"method": ["mgah_1", "mgah_frozen", "itq"]})
        >>> ours_in(table), ours_in(table, "mgah_1"), ours_in(table[:1])
        ('mgah_frozen', 'mgah_1', 'mgah')
    """
    there = set(table["method"])
    known = [name for name in (ours, METHOD) if name in there]
    others = [name for name in there - {*TABLE3, BETA_ONE} if base_of(name) == METHOD]
    return next(iter([*known, *sorted(others, key=method_order)]), METHOD)


def entry_words(table: pd.DataFrame, ours: str = METHOD) -> str:
    """Which entry a finding on ``table`` is of, as the end of a text: empty where it is ``ours`` or `METHOD`.

    Examples:
        >>> entry_words(pd.DataFrame({"method": ["mgah_frozen"], "label": ["MGAH, frozen"]}))
        '; of MGAH, frozen'
    """
    entry = ours_in(table, ours)
    if entry in (ours, METHOD):
        return ""
    return f"; of {table.loc[table['method'] == entry, 'label'].iloc[0]}"
