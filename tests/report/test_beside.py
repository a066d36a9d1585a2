"""Methods of other sources against a reference: from scores alone, the differences that all queries give."""

from pathlib import Path

import pandas as pd
import pytest

from mgah.report import leaderboard
from mgah.report.beside import differences
from mgah.tables.comparisons import all_splits, read_comparisons
from mgah.tables.scores import read_scores
from tests.fixtures.submissions import rows

CLASSES = ("ant", "bee", "cow", "elk", "emu", "gnu", "hen", "ibex")


def of_classes(source, method, values, whole):
    """Scores of one split and of each of its classes."""
    found = [(name, value) for name, value in zip(CLASSES, values, strict=False) if value is not None]
    cells = [rows({method: 0}, splits=("cat",), value=value, **{"class": name})
             for name, value in [("", whole), *found] if value is not None]  # fmt: skip
    return pd.concat(cells).assign(source=source)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([0.1] * 8, "classes"),
        ([0.1] * 5, "splits"),
        ([0.1] * 7 + [float("nan")], "splits"),
    ],
    ids=["all", "some", "undefined"],
)
def test_classes_decide_where_both_sides_have_the_same_ones(values, unit):
    table = pd.concat([of_classes("a", "mgah", [0.2] * 8, 0.2), of_classes("b", "new", values, 0.1)])
    found = differences(table, "a", "mgah").iloc[0]
    assert (found["unit"], round(found["difference"], 3)) == (unit, 0.1)
    assert found["verdict"] == ("better" if unit == "classes" else "undecided")


def test_a_method_without_a_score_of_a_whole_split_is_not_compared():
    ours = of_classes("a", "mgah", [0.2] * 8, 0.2)
    assert differences(pd.concat([ours, of_classes("b", "new", [0.1] * 8, None)]), "a", "mgah").empty
    elsewhere = of_classes("b", "new", [0.1] * 8, 0.1).assign(dataset="plants")
    found = leaderboard.build(pd.concat([ours, elsewhere]), [], "a", "mgah")
    assert found.data["difference"].isna().all() and len(found.frames) == 2


@pytest.mark.parametrize("method", ["dhn", "itq", "sdh"])
def test_scores_alone_give_the_differences_that_all_queries_give(method):
    """Those of a published run, whose table of differences was made of every query."""
    published = Path(__file__).parents[2] / "results/published/cpu"
    scores = read_scores(published / "scores.csv.xz")
    scores = scores[(scores["metric"] == "mAP") & scores["method"].isin(["mgah", method])]
    scores["source"] = (scores["method"] == "mgah").map({True: "ours", False: "theirs"})
    found = pd.concat(
        differences(of_setting, "ours", "mgah").assign(dataset=dataset)
        for dataset, of_setting in scores.groupby("dataset")
    )
    expected = read_comparisons(published / "comparisons.csv.xz")
    expected = expected[(expected["method"] == method) & (expected["development"] == "yes")]
    expected = all_splits(expected)
    both = found.merge(expected, on=["dataset", "method", "bits"], suffixes=("", "_expected"))
    assert len(both) == len(expected) > 3
    for name in ("reference_mAP", "mAP", "difference", "low", "high", "d_z", "p", "units", "won", "splits"):
        assert both[name].astype(float).tolist() == pytest.approx(
            both[f"{name}_expected"].astype(float).tolist()
        )


def of_runs(source, method, values):
    """Scores of whole splits and of their class ant, one more, by (split, seed)."""
    cells = [
        rows({method: 0}, splits=(split,), seed=seed, value=value + of, **{"class": name})
        for (split, seed), value in values.items()
        for name, of in (("", 0.0), ("ant", 0.01))
    ]
    return pd.concat(cells).assign(source=source)


def test_only_splits_and_seeds_that_both_have_are_compared():
    """Split cat has seeds 1 and 2 in common, dog 0, fox none."""
    ours = {("cat", 0): 0.9, ("cat", 1): 0.4, ("cat", 2): 0.2, ("dog", 0): 0.3, ("fox", 0): 0.8}
    theirs = {("cat", 1): 0.1, ("cat", 2): 0.3, ("cat", 3): 0.8, ("dog", 0): 0.1, ("fox", 1): 0.1}
    table = pd.concat([of_runs("a", "mgah", ours), of_runs("b", "new", theirs)])
    (found,) = differences(table, "a", "mgah").to_dict("records")
    assert [found[name] for name in ("reference_mAP", "mAP", "difference")] == pytest.approx(
        [0.3, 0.15, 0.15]
    )
    assert [found[name] for name in ("splits", "seeds", "units", "won")] == [2, 1, 2, 2]


def test_a_method_with_other_seeds_alone_is_not_compared():
    table = pd.concat([of_runs("a", "mgah", {("cat", 0): 0.2}), of_runs("b", "new", {("cat", 1): 0.1})])
    assert differences(table, "a", "mgah").empty
    assert len(leaderboard.build(table, [], "a", "mgah").frames) == 1
