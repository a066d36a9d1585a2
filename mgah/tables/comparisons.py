"""Comparisons (``.csv``), tidy: a reference method with each other one, on the same splits, seeds and queries.

Columns: ``dataset``, ``backbone``, ``semantics``, ``reference``, ``method``, ``bits`` int64, ``split``, empty for all
splits together; ``development``, yes or no, whether splits are in it on which defaults were chosen;
``reference_mAP`` and ``mAP``, means over the seeds that both have of a split and over its queries, and over the splits
with such seeds where there is none named, so that one reference has several; ``difference``, reference minus method.
Where some splits of a setting are development splits, the rows of all splits together are followed by rows of those
that are none, `all_splits` and `held_out_splits`.

On the rows over splits ``difference`` is the mean over the units that decide, which is the difference of the two means
only where splits are the units, and they have also, empty on the others:

- ``unit``: ``splits`` or ``classes``, the units that decide (`mgah.metrics.statistics.paired_difference`); ``units``,
  how many, and ``won``, on how many of them the reference is above; ``splits``, as compared; ``seeds``, of both, and
  ``queries``, fewest of any split; all Int64;
- ``low``, ``high``: 95 % interval of the difference; ``d_z``, ``p``: see `mgah.metrics.statistics`;
- ``family``: yes or no, whether the comparison is one of those fixed beforehand; ``p_holm`` and ``verdict``, better,
  worse or undecided, of those only; ``reason``: why undecided.
"""

import pandas as pd

from mgah.tables.format import TableFormat, not_shares
from mgah.tables.keys import SETTING

#: A reference with another method in a setting.
PAIR = (*SETTING, "reference", "method", "bits")
KEY = (*PAIR, "split", "development")
COUNTS = ("units", "won", "splits", "seeds", "queries")
NUMBERS = ("reference_mAP", "mAP", "difference", "low", "high", "d_z", "p", "p_holm")
#: Texts of rows over splits.
TEXTS = ("unit", "family", "verdict", "reason")
COLUMNS = (
    *KEY,
    *("reference_mAP", "mAP", "difference", "low", "high"),
    "unit",
    *COUNTS,
    *("d_z", "p", "family", "p_holm", "verdict", "reason"),
)
VERDICTS = ("better", "worse", "undecided")
_TYPES = dict.fromkeys(("bits", *COUNTS), int) | dict.fromkeys(NUMBERS, float)
#: Numbers to 10 digits: the last ones differ between processors.
COMPARISONS = TableFormat(
    name="comparisons",
    columns={name: _TYPES.get(name, str) for name in COLUMNS},
    key=KEY,
    optional=(*COUNTS, *NUMBERS),
    float_format="%.10g",
    check=lambda comparisons: not_shares(comparisons, ("reference_mAP", "mAP", "p", "p_holm")),
)
write_comparisons, read_comparisons = COMPARISONS.write, COMPARISONS.read


def all_splits(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The rows over all splits of each comparison, one a reference, method and code length of a setting."""
    whole = comparisons[comparisons["split"] == ""]
    first = whole.sort_values("development", ascending=False, kind="stable").drop_duplicates(PAIR)
    return whole.loc[whole.index.isin(first.index)]


def held_out_splits(comparisons: pd.DataFrame) -> pd.DataFrame:
    """The rows over the splits on which no default was chosen; none for settings without development splits."""
    setting = list(SETTING)
    marked = comparisons.loc[comparisons["development"] == "yes", setting].drop_duplicates()
    whole = comparisons[(comparisons["split"] == "") & (comparisons["development"] == "no")]
    kept = whole[setting].merge(marked, how="left", on=setting, indicator=True)["_merge"] == "both"
    return whole[kept.to_numpy()]


def development_splits(comparisons: pd.DataFrame, dataset: str) -> list[str]:
    """The names of the splits of ``dataset`` on which defaults were chosen, sorted."""
    rows = comparisons[(comparisons["dataset"] == dataset) & (comparisons["development"] == "yes")]
    return sorted(set(rows["split"]) - {""})
