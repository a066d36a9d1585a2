"""The table that tells feature learning from coding, on scores whose differences are computed by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mgah.report.outputs.tables.trained_features import build

# split means by network and what was made of its features: cat, deer, frog
MAP = {
    ("mgah", "mgah"): (0.30, 0.20, 0.40),
    ("mgah", "itq"): (0.25, 0.22, 0.30),
    ("mgah", "itq_l2"): (0.20, 0.26, 0.31),
    ("mgah", "cosine"): (0.35, 0.30, 0.20),
    ("dhn", "dhn"): (0.10, 0.10, 0.10),
    ("dhn", "itq"): (0.15, 0.14, 0.19),
    ("dhn", "itq_l2"): (0.10, 0.11, 0.12),
    ("dhn", "cosine"): (0.10, 0.10, 0.10),
    ("", "itq"): (0.15, 0.10, 0.11),
    ("", "itq_l2"): (0.12, 0.13, 0.10),
    ("", "cosine"): (0.18, 0.17, 0.16),
}
SPLITS = ("cat", "deer", "frog")
BLOCK = "CIFAR-10 · lite0 · glove"


def rows(ball=0.0):
    """Rows of `MAP` and, lower by ``ball``, of P@H<=2; two seeds, which are 0.02 apart around it."""
    for (network, method), values in MAP.items():
        for split, value in zip(SPLITS, values, strict=True):
            for seed in (0, 1):
                for metric in ("mAP", "P@H<=2"):
                    if metric != "mAP" and method == "cosine":
                        continue
                    number = value + 0.02 * seed - 0.01 - ball * (metric != "mAP")
                    row = {"method": method, "split": split, "seed": seed, "bits": 32, "metric": metric}
                    row |= {"value": number, "trained": "end to end" if network else "frozen features"}
                    yield network, row | {"class": ""}
                    yield network, row | {"class": split, "leak": "clean"}


@pytest.fixture
def made(make_scores, make_trained_features):
    """The two tables of `MAP`: scores on trained features, and scores of the run."""
    found = list(rows(ball=0.05))
    again = [row | {"network": network} for network, row in found if network not in ("", row["method"])]
    plain = [row for network, row in found if network in ("", row["method"])]
    plain = [row | ({"bits": None} if row["method"] == "cosine" else {}) for row in plain]
    other = {"method": "itq", "split": "cat", "bits": 8, "value": 0.9}, {"method": "ksh", "bits": 32}
    return make_trained_features(*again), make_scores(*plain, *other)


@pytest.fixture
def table(made, notes):
    return build(*made, notes.iloc[:0])


def difference(table, coded, less, network="mgah", metric="mAP"):
    data = table.data
    named = (data["coded"] == coded) & (data["less"] == less) & (data["metric"] == metric)
    [row] = [row for _, row in data[named & (data["network"] == network)].iterrows()]
    return row


def test_a_row_is_a_network_and_a_column_what_is_made_of_its_features(table):
    frame = table.frames[0]
    assert frame.heading == f"{BLOCK}: mAP by network and coding, 32 bits"
    assert "3 splits × 2 seeds" in frame.text and "Trained: end to end." in frame.text
    columns = ["Method", "Own code", "ITQ", "ITQ_L2", "COSINE"]
    assert frame.cells.columns.tolist() == columns
    found = frame.cells.map(lambda text: text.split(" ±")[0]).to_numpy().tolist()
    assert found == [
        ["none (untrained network)", "–", "0.120", "0.117", "0.170"],
        ["DHN", "0.100", "0.160", "0.110", "0.100"],
        ["MGAH", "0.300", "0.257", "0.257", "0.283"],
    ]
    half = stats.t.ppf(0.975, 2) * np.std(MAP["mgah", "itq"], ddof=1) / np.sqrt(3)
    assert frame.cells.loc[2, "ITQ"] == f"0.257 ± {half:.3f}"


def test_cosine_has_no_ball(table):
    frame = table.frames[2]
    assert frame.heading == f"{BLOCK}: P@H≤2 by network and coding, 32 bits"
    assert frame.cells.columns.tolist() == ["Method", "Own code", "ITQ", "ITQ_L2"]
    assert frame.cells.loc[2, "Own code"].startswith("0.250 ±")


def test_own_code_is_compared_with_the_better_refit_of_each_split(table):
    row = difference(table, "Own code", "the better refit")
    # .30 - .25 (ITQ), .20 - .26 (ITQ-L2), .40 - .31 (ITQ-L2)
    by_hand = np.array([0.05, -0.06, 0.09])
    half = stats.t.ppf(0.975, 2) * by_hand.std(ddof=1) / np.sqrt(3)
    assert row["mean"] == pytest.approx(by_hand.mean())
    assert (row["low"], row["high"]) == pytest.approx((by_hand.mean() - half, by_hand.mean() + half))
    assert (row["won"], row["units"], row["interval"], row["splits"]) == (2, 3, "splits", 3)
    # of the eight sign patterns those with a mean as far from 0: ±(.05 + .06 + .09), ±(-.05 + .06 + .09), ±.08, ±.02
    assert row["p"] == pytest.approx(6 / 8)


def test_a_refit_is_compared_with_the_same_one_on_the_untrained_network(table):
    row = difference(table, "ITQ", "ITQ, untrained network")
    by_hand = np.array([0.10, 0.12, 0.19])
    assert row["mean"] == pytest.approx(by_hand.mean()) and row["won"] == 3 and row["p"] == 0.25
    assert difference(table, "COSINE", "COSINE, untrained network", "dhn")["mean"] == pytest.approx(-0.07)
    ball = difference(table, "ITQ", "ITQ, untrained network", metric="P@H<=2")
    assert ball["mean"] == pytest.approx(by_hand.mean()), "both are lower by as much"


def test_differences_are_printed_with_interval_units_won_and_p(table):
    frame = table.frames[1]
    assert frame.heading == f"{BLOCK}: differences in mAP, 32 bits" and frame.text == "Over 3 splits."
    assert frame.cells.columns.tolist() == ["Method", "Difference of", "Mean and interval", "Won", "p"]
    assert frame.cells["Method"].tolist() == ["DHN"] * 4 + ["MGAH"] * 4
    assert frame.cells.loc[5].tolist() == [
        "MGAH",
        "ITQ − ITQ, untrained network",
        "+0.137 [0.019, 0.254]",
        "3/3",
        "0.2500",
    ]
    assert frame.cells.loc[0, "Difference of"] == "Own code − the better refit"


@pytest.mark.slow
def test_what_was_not_run_untrained_and_splits_that_are_missing_are_told(made, notes):
    again, scores = made
    scores = scores[
        (scores["method"] != "itq_l2") & ((scores["method"] != "itq") | (scores["split"] != "cat"))
    ]
    frames = build(again, scores, notes.iloc[:0]).frames
    assert frames[0].cells.loc[0, "ITQ_L2"] == "n/a (not run)"
    assert frames[0].cells.loc[0, "ITQ"].endswith("(2 of 3 splits)")
    rows = frames[1].cells[frames[1].cells["Method"] == "MGAH"].set_index("Difference of")
    assert rows.loc["ITQ_L2 − ITQ_L2, untrained network"].tolist() == ["MGAH", "n/a (not run)", "–", "–"]
    assert rows.loc["ITQ − ITQ, untrained network", "Won"] == "2/2"
    assert frames[1].text == "Over 2 splits or 3 splits."


def test_differences_are_of_the_seeds_that_both_sides_have(made, notes):
    """A third seed of the own code, another one of a refit, and one seed less of the untrained ITQ on a split."""
    again, scores = made
    more = [(scores, "mgah", "", 2, 0.9), (again, "itq_l2", "mgah", 3, 0.95)]
    rows = []
    for table, method, network, seed, value in more:
        here = table[(table["method"] == method) & (table["seed"] == 0) & (table["metric"] == "mAP")]
        here = here[here["network"] == network] if network else here
        rows.append(pd.concat([table, here.assign(seed=seed, value=value)], ignore_index=True))
    scores, again = rows
    gone = (scores["method"] == "itq") & (scores["split"] == "deer") & (scores["seed"] == 1)
    table = build(again, scores[~gone], notes.iloc[:0])
    # .30 - .25 (ITQ), .20 - .26 (ITQ-L2), .40 - .31 (ITQ-L2), as without these seeds
    assert difference(table, "Own code", "the better refit")["mean"] == pytest.approx(0.08 / 3)
    # the two seeds are alike around .12, .12 and .19 less .15, .10 and .11
    assert difference(table, "ITQ", "ITQ, untrained network")["mean"] == pytest.approx(0.41 / 3)


def test_a_line_without_codes_of_the_untrained_network_stands_for_every_seed(made, notes):
    """It draws nothing and is filed under one seed."""
    again, scores = made
    line = (scores["method"] == "cosine") & (scores["seed"] != 0)
    table = build(again, scores[~line], notes.iloc[:0])
    # the seed 0 of the untrained line is .01 below its mean: .10 less .17, and the others
    found = difference(table, "COSINE", "COSINE, untrained network", "dhn")
    assert (found["mean"], found["splits"]) == (pytest.approx(-0.07 + 0.01), 3)


def test_a_network_whose_own_code_shares_no_seed_with_refits_is_not_compared(made, notes):
    again, scores = made
    scores = scores.assign(seed=scores["seed"] + 5 * (scores["method"] == "mgah"))
    for own in (scores, scores[scores["method"] != "mgah"]):
        row = difference(build(again, own, notes.iloc[:0]), "Own code", "the better refit")
        assert row["splits"] == 0 and np.isnan(row["mean"])


def test_the_better_refit_is_the_better_one_with_common_seeds(made, notes):
    """With seed 0 alone, which the own code has, ITQ-L2 is the better one of split cat; with both it is ITQ."""
    again, scores = made
    cat = (again["network"] == "mgah") & (again["method"] == "itq_l2") & (again["split"] == "cat")
    mAP = (again["metric"] == "mAP") & (again["class"] == "")
    again = again.assign(value=again["value"].mask(cat & mAP & (again["seed"] == 0), 0.28))
    table = build(again, scores[(scores["method"] != "mgah") | (scores["seed"] == 0)], notes.iloc[:0])
    # values of seed 0 are .01 below the means: .29 - .28 (ITQ-L2), .19 - .25 (ITQ-L2), .39 - .30 (ITQ-L2)
    assert difference(table, "Own code", "the better refit")["mean"] == pytest.approx(0.04 / 3)


def test_an_undefined_value_leaves_its_mean_undefined(made, notes):
    again, scores = made
    own = (scores["method"] == "mgah") & (scores["split"] == "cat") & (scores["seed"] == 0)
    scores = scores.assign(value=scores["value"].mask(own))
    frames = build(again, scores, notes.iloc[:0]).frames
    assert frames[0].cells.loc[2, "Own code"] == "n/a (undefined in 1 of 6 runs)"
    assert frames[1].cells.loc[4, "Mean and interval"] == "n/a (undefined)"


def test_other_code_lengths_and_methods_of_the_run_do_not_enter(table):
    assert set(table.data["bits"]) == {32}
    assert set(table.data["label"]) == {"none (untrained network)", "DHN", "MGAH"}


def test_notes_of_a_network_s_method_stand_at_its_row(made, make_notes):
    again, scores = made
    table = build(again, scores, make_notes({"method": "mgah", "bits": 32, "note": "trained along"}))
    [note] = [note for note in table.notes if getattr(note, "text", "") == "trained along."]
    assert note.of == {(("cifar10", "lite0", "glove"), "MGAH")}
    assert any("leak marks of the 3 unseen classes: clean 3" in getattr(n, "text", "") for n in table.notes)


def test_without_trained_features_the_table_says_so(made, notes):
    again, scores = made
    table = build(again.iloc[:0], scores, notes)
    [frame] = table.frames
    assert frame.heading == "Nothing was scored on trained features" and table.data.empty


def test_the_classes_of_one_split_decide_where_there_are_several(make_scores, make_trained_features, notes):
    own, itq, before = (
        {"x": 0.3, "y": 0.5, "": 0.4},
        {"x": 0.2, "y": 0.3, "": 0.25},
        {"x": 0.1, "y": 0.2, "": 0.15},
    )
    cell = {"split": "proposed", "bits": 32}
    again = [
        cell | {"network": "mgah", "method": "itq", "class": name, "value": v} for name, v in itq.items()
    ]
    scores = [
        cell | {"method": method, "class": name, "value": value}
        for method, values in (("mgah", own), ("itq", before))
        for name, value in values.items()
    ]
    table = build(make_trained_features(*again), make_scores(*scores), notes.iloc[:0])
    assert table.frames[1].text == "Over 2 unseen classes."
    row = difference(table, "Own code", "the better refit")
    assert (row["mean"], row["won"], row["units"]) == (pytest.approx(0.15), 2, 2)
