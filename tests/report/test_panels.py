"""What figures of studies share."""

import pandas as pd
import pytest

from mgah.report.outputs.figures._panels import fewer_point_words, point_words, sweep_points

AT = {"parameter": "lambda_", "setting": 0.4}


def test_a_run_that_two_sweeps_share_counts_once(make_sweeps):
    shared = [AT | {"sweep": sweep, "value": 0.25} for sweep in ("few", "many")]
    others = [shared[1] | {"setting": 1, "value": 0.27}, shared[0] | {"setting": 0, "value": 0.2}]
    points = sweep_points(make_sweeps(*shared, *others), "lambda_").set_index("x")
    assert points["runs"].to_dict() == {0.0: 1, 0.4: 1, 1.0: 1}
    assert points.loc[0.4, "mean"] == pytest.approx(0.25)
    assert pd.isna(points.loc[0.4, "low"]) and points.loc[0.4, "interval"] == "none"
    assert "there is no interval" in point_words(points, "Bands")


def test_seeds_and_splits_of_one_value_all_count(make_sweeps):
    rows = [AT | {"split": split, "seed": seed, "value": 0.2} for split in "01" for seed in (0, 1)]
    (point,) = sweep_points(make_sweeps(*rows), "lambda_").to_dict("records")
    assert (point["runs"], point["splits"], point["seeds"]) == (4, 2, 2)


def test_many_points_on_fewer_splits_are_named_by_their_ends(make_sweeps):
    rows = [AT | {"setting": place / 10, "split": "0"} for place in range(9)]
    points = sweep_points(make_sweeps(*rows, rows[0] | {"split": "1"}), "lambda_")
    told = fewer_point_words(points, "c")
    assert (
        told == "On fewer splits than others of (c): MGAH, CIFAR-10 · lite0 · glove, 32 bits at 0.1 to 0.8. "
    )
    assert fewer_point_words(points[points["x"] > 0], "c") == fewer_point_words(points[:0], "c") == ""
