"""What a figure of many methods shows: lines that can be told apart, the others gray, and settings that compare."""

from collections.abc import Sequence

import pandas as pd

from mgah.report.style import block_label, in_line_up, is_control, method_order
from mgah.tables.keys import SETTING

#: More lines than this are not told apart.
MOST = 10


def chosen(summary: pd.DataFrame) -> list[str]:
    """The methods with a look of their own, at most `MOST`, in their order: those of the paper, then the best others.

    Args:
        summary: ``method`` and ``mean`` of every point of every line. The best method has the highest mean of all its
            points; of equal ones it is the first by name. Controls come last.
    """
    means = summary.groupby("method")["mean"].mean().fillna(-1.0)
    ranked = sorted(
        means.index, key=lambda word: (not in_line_up(word), is_control(word), -means[word], word)
    )
    return sorted(ranked[:MOST], key=method_order)


def rule_words(summary: pd.DataFrame, shown: Sequence[str], by: str = "the mean of all points") -> str:
    """How the methods ``shown`` of ``summary`` were chosen, ``by`` what: a sentence, empty where these are all."""
    others = summary["method"].nunique() - len(shown)
    if others <= 0:
        return ""
    return (
        f"In color: {MOST} methods, those that the paper compares first, then the best others by {by}. "
        f"Gray: the other {others}, whose numbers are in the tables. "
    )


def compared(summary: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The rows of settings with several methods, all where none has; and which settings are left out, in words."""
    several = summary.groupby(list(SETTING))["method"].transform("nunique") > 1
    if several.all() or not several.any():
        return summary, ""
    left = summary.loc[~several, list(SETTING)].drop_duplicates().itertuples(index=False, name=None)
    names = ", ".join(block_label(*block) for block in sorted(left))
    return summary[several], f"Not shown, as one method alone was run there: {names}. "
