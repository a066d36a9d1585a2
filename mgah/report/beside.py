"""Compares methods of other sources with the reference method of a run, by the scores of both alone.

The statistics are those of `mgah.evaluation.compare`, which has every query of one run; scores hold the mean of each
split and of each unseen class, and no more is needed.
"""

import pandas as pd

from mgah.metrics import statistics
from mgah.metrics.families import decided
from mgah.report.style import headline_bits, is_control
from mgah.tables.comparisons import NUMBERS
from mgah.tables.scores import KEY

#: What names a compared method of a setting at one code length.
ROW = ("source", "method", "bits")
#: Columns of `differences`.
COLUMNS = (
    *(*ROW, "reference_mAP", "mAP", "splits", "seeds", "difference", "low", "high", "unit", "units", "won"),
    *("d_z", "p", "family", "p_holm", "verdict", "reason"),
)
_TYPES = dict.fromkeys(("splits", "seeds", "units", "won"), "Int64") | dict.fromkeys(NUMBERS, "float64")


def differences(scores: pd.DataFrame, run: str, reference: str) -> pd.DataFrame:
    """Compare the ``reference`` method of the source ``run`` with the methods of all other sources, in one setting.

    Each is compared on the splits and seeds that both have, means over these seeds, at the code lengths that both have.
    Left out are controls, and what the run has of a method of the same name with the same values. The family is what is
    left at the code length nearest to 32 bits; the others have an interval and no verdict.

    Args:
        scores: rows of one setting of a table of `mgah.tables.leaderboard`.
        run: name of the source that has the reference.
        reference: name of the method.

    Returns:
        A row a method and code length, with the `COLUMNS`, which `mgah.tables.comparisons` tells; none where the run
        lacks the reference.
    """
    scores = scores[(scores["metric"] == "mAP") & scores["bits"].notna()]
    ours = scores[(scores["source"] == run) & (scores["method"] == reference)]
    others = scores[(scores["source"] != run) & ~scores["method"].map(is_control).astype(bool)]
    others = others[~_repeated(others, scores[scores["source"] == run])]
    found = []
    for row, theirs in others.groupby(list(ROW), sort=True):
        names = dict(zip(ROW, row, strict=True))
        sides = _common(ours[ours["bits"] == names["bits"]], theirs)
        if not sides[0].empty:
            seeds = int(sides[0].groupby("split")["seed"].nunique().min())
            found.append(names | {"seeds": seeds} | _difference(*_pairs(*sides)))
    if not found:
        return pd.DataFrame(columns=list(COLUMNS)).astype(_TYPES)
    table = pd.DataFrame(found)
    in_family = table["bits"] == headline_bits(table["bits"])
    table = decided(table.assign(family=in_family.map({True: "yes", False: "no"})))
    return table.astype(_TYPES)[list(COLUMNS)]


def _repeated(others: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """Which rows are of a method and code length whose every value the run has as well."""
    known = others[[*KEY, "value"]].merge(own[[*KEY, "value"]].drop_duplicates(), how="left", indicator=True)
    same = pd.Series((known["_merge"] == "both").to_numpy(), others.index)
    return same.groupby([others[name] for name in ROW]).transform("all").astype(bool)


def _common(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both of the splits and seeds of which both have a score of the whole split."""
    whole = [side.loc[side["class"] == "", ["split", "seed"]].drop_duplicates() for side in (ours, theirs)]
    common = whole[0].merge(whole[1])
    return ours.merge(common), theirs.merge(common)


def _pairs(ours: pd.DataFrame, theirs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means over seeds of both, ``ours`` and ``theirs``, of each of their splits, and of each class in them.

    There are no classes where one side has values of other classes: those that decide are nobody's choice.
    """
    means = [
        side.groupby(["split", "class"])["value"].agg(lambda values: statistics.mean(list(values)))
        for side in (ours, theirs)
    ]
    pairs = pd.concat(means, axis=1, keys=["ours", "theirs"]).reset_index()
    whole, classes = pairs[pairs["class"] == ""], pairs[pairs["class"] != ""]
    there = classes[["ours", "theirs"]].notna()
    same = (there["ours"] == there["theirs"]).all()
    return whole, classes if same else classes.iloc[:0]


def _difference(whole: pd.DataFrame, classes: pd.DataFrame) -> dict[str, object]:
    """What one comparison finds, without a verdict."""
    by_class = (classes["ours"] - classes["theirs"]).groupby(classes["class"]).mean()
    found = statistics.paired_difference((whole["ours"] - whole["theirs"]).to_numpy(), by_class.to_numpy())
    return {
        "reference_mAP": statistics.mean(whole["ours"].tolist()),
        "mAP": statistics.mean(whole["theirs"].tolist()),
        "splits": len(whole),
        **found.as_row(),
    }
