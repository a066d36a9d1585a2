"""Means and intervals with hand-computed values."""

import math

import numpy as np
import pytest

from mgah.report.aggregate import CELL, run_means, summarize
from mgah.tables.scores import whole_split

T1, T2 = 12.706204736, 4.302652730  # 97.5 % points of Student's t with 1 and 2 degrees of freedom


def test_mean_over_splits_of_the_mean_over_seeds(make_scores):
    """Split 0: .1 and .3, split 1: .4 alone. Mean of .2 and .4, standard error .1; not the mean of runs."""
    values = {("0", 0): 0.1, ("0", 1): 0.3, ("1", 0): 0.4}
    scores = make_scores(*({"split": s, "seed": i, "value": v} for (s, i), v in values.items()))
    row = summarize(scores).iloc[0]
    assert row["mean"] == pytest.approx(0.3, abs=1e-15)
    assert row["high"] - row["mean"] == pytest.approx(0.1 * T1, rel=1e-9)
    assert row["mean"] - row["low"] == pytest.approx(0.1 * T1, rel=1e-9)
    assert (row["interval"], row["splits"], row["seeds"], row["runs"]) == ("splits", 2, 1, 3)
    assert run_means(scores, CELL)["mean"].tolist() == pytest.approx([0.3], abs=1e-15)


def test_seeds_of_a_single_split(make_scores):
    row = summarize(make_scores(*({"seed": i, "value": v} for i, v in enumerate((0.1, 0.2, 0.3))))).iloc[0]
    assert row["high"] - row["mean"] == pytest.approx(T2 * 0.1 / math.sqrt(3), rel=1e-9)
    assert (row["interval"], row["splits"], row["seeds"]) == ("seeds", 1, 3)


def test_one_run_has_no_interval(make_scores):
    row = summarize(make_scores({"value": 0.25})).iloc[0]
    assert (
        row["mean"] == 0.25
        and row["interval"] == "none"
        and math.isnan(row["low"])
        and math.isnan(row["high"])
    )


def test_an_undefined_run_leaves_the_mean_undefined(make_scores):
    scores = make_scores({"value": np.nan}, {"split": "1", "value": 0.4})
    row = summarize(scores).iloc[0]
    assert math.isnan(row["mean"]) and math.isnan(row["high"]) and (row["undefined"], row["runs"]) == (1, 2)
    assert run_means(scores, CELL)["mean"].isna().all()


def test_lines_without_codes_keep_their_cell(make_scores):
    summary = summarize(make_scores({"method": "cosine", "bits": None}, {"bits": 16}, {"bits": 8}))
    assert summary["bits"].fillna(0).tolist() == [0, 8, 16]


def test_the_order_of_rows_changes_no_bit(make_scores):
    draws = np.random.default_rng(0).uniform(size=30)
    scores = make_scores(*({"split": str(i % 10), "seed": i // 10, "value": v} for i, v in enumerate(draws)))
    once, again = summarize(scores), summarize(scores.sample(frac=1, random_state=1))
    assert once.equals(again)


def test_classes_are_not_whole_splits(make_scores):
    scores = make_scores({}, {"class": "cat"}, {"metric": "P@H<=2"})
    assert len(whole_split(scores, "mAP")) == 1
