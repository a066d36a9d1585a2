"""The simulation of intervals: its designs against known variances and coverages; the spread on tables by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mgah.benchmarks import intervals
from mgah.benchmarks.intervals import Design, detectable, rates, simulate
from mgah.benchmarks.spread import Spread, measure, of_seeds
from mgah.errors import InputError
from mgah.tables.scores import COLUMNS, write_scores

SPREAD = Spread(split=0.02, class_=0.05, seed=0.03, class_seed=0.04, query=0.5)


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "pool"), [(1, 0), (3, 0), (3, 400)])
def test_splits_vary_by_their_classes_seeds_and_queries(seeds, pool):
    """400 classes to draw from are nearly as good as other classes in every split."""
    design = Design("made", splits=4, classes=5, pool=pool)
    sample = simulate(design, SPREAD, seeds, 100, 3000, np.random.default_rng(0))
    expected = 0.02**2 + 0.03**2 / seeds + (0.05**2 + 0.04**2 / seeds) / 5 + 0.5**2 / 100
    assert sample.splits.var() == pytest.approx(expected, rel=0.05)
    of_classes = 0.02**2 + 0.03**2 / seeds + 0.05**2 + 0.04**2 / seeds + 0.5**2 / 20
    assert sample.classes.var() == pytest.approx(of_classes, rel=0.05)
    between = np.corrcoef(sample.splits[:, 0, 0], sample.splits[:, 1, 0])[0, 1]
    assert between == pytest.approx(0.5, abs=0.05)  # by the reference that all methods have in common


def test_draws_of_all_classes_of_the_pool_find_its_mean():
    design = Design("made", splits=9, classes=5, pool=5)
    sample = simulate(design, Spread(0, 0.05, 0, 0, 0), 1, 100, 4, np.random.default_rng(0))
    assert sample.splits == pytest.approx(np.repeat(sample.shared[..., None], 9, axis=-1))


@pytest.mark.slow
def test_one_split_s_interval_covers_what_its_classes_speak_of_and_not_what_they_share():
    """What ten classes share by 0.03 is not in their spread of 0.05: the rest is a t distribution that is wider."""
    spread = Spread(split=0.03, class_=0.05, seed=0, class_seed=0, query=0)
    found = rates(simulate(Design("made", 1, 10), spread, 1, 100, 1000, np.random.default_rng(1)))
    assert (found["unit"], found["units"]) == ("classes", 10)
    assert found["coverage"] == pytest.approx(0.95, abs=0.015)
    wider = np.sqrt(1 + 10 * 0.03**2 / 0.05**2)
    expected = 1 - 2 * stats.t.sf(stats.t.ppf(0.975, 9) / wider, 9)
    assert found["coverage_anew"] == pytest.approx(expected, abs=0.03) and expected < 0.7
    assert found["false_verdicts"] <= 0.065 and found["false_verdicts_anew"] > 0.2


@pytest.mark.slow
def test_ten_splits_cover_and_judge_as_they_say():
    found = rates(simulate(Design("made", 10, 2), SPREAD, 3, 100, 600, np.random.default_rng(2)))
    assert (found["unit"], found["units"]) == ("splits", 10)
    assert found["coverage"] == found["coverage_anew"] == pytest.approx(0.95, abs=0.02)
    assert 0.005 < found["false_verdicts"] <= 0.07


@pytest.mark.slow
def test_what_is_found_grows_with_the_spread_and_six_classes_find_nothing():
    def found(design: Design, spread: Spread) -> float:
        return detectable(simulate(design, spread, 1, 100, 300, np.random.default_rng(3)))

    once = found(Design("made", 10, 1), SPREAD)
    assert found(Design("made", 10, 1), Spread(*(2 * np.array(SPREAD)))) == pytest.approx(2 * once, rel=1e-6)
    deviation = np.sqrt(0.02**2 + 0.05**2 + 0.03**2 + 0.04**2 + 0.5**2 / 100)
    # a t test of ten at 0.05 / 9 would find it more often: sign flips of ten are a multiple of 2 / 1024 there
    noncentrality = once / (deviation / np.sqrt(10))
    power = stats.nct.sf(stats.t.ppf(1 - 0.05 / 18, 9), 9, noncentrality)
    assert 0.8 < power < 0.95
    assert np.isnan(found(Design("made", 1, 6), SPREAD))


def test_spread_of_seeds_by_hand():
    """Seeds add 0 and 2 to all classes, and 1 to one class under one seed, less what the layout cannot tell apart."""
    table = np.array([[0.0, 2.0], [1.0, 3.0], [5.0, 8.0]])
    # the seeds' means differ by 7/3, so they vary by 49/18; residuals are 1/6 four times and 1/3 twice
    each = (4 / 36 + 2 / 9) / 2
    assert of_seeds(table) == pytest.approx((49 / 18 - each / 3, each))


def scored(dataset: str, values: dict[tuple[str, int], dict[tuple[str, str], float]]) -> pd.DataFrame:
    """Scores of classes by (method, seed) and (split, class)."""
    rows = [
        (dataset, "net", "words", split, method, method, 32, seed, "mAP", name, value, "", "")
        for (method, seed), of_classes in values.items()
        for (split, name), value in of_classes.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"bits": "Int64"})


@pytest.fixture
def measured():
    """Differences 0, .1 and .2 on one split's classes, 0, .2 and .4 on three splits; two seeds of the first."""
    one = [("s", name) for name in "abc"]
    three = [(name, name) for name in "abc"]
    scores = [
        scored(
            dataset,
            {("mgah", 0): dict(zip(places, ours, strict=True)), ("itq", 0): dict.fromkeys(places, 0.1)},
        )
        for dataset, places, ours in (("one", one, (0.1, 0.2, 0.3)), ("three", three, (0.1, 0.3, 0.5)))
    ]
    seeds = {
        ("mgah", seed): dict(zip(one, values, strict=True))
        for seed, values in enumerate(((0.1, 0.2, 0.3), (0.12, 0.2, 0.34)))
    }
    return pd.concat(scores, ignore_index=True), scored("one", seeds)


def test_spread_of_scores_by_hand(measured):
    found = measure(*measured, "mgah", ["itq"], 32, 1000).set_index("dataset")
    shared, each = of_seeds(np.array([[0.1, 0.12], [0.2, 0.2], [0.3, 0.34]]))
    for dataset, total in (("one", 0.01), ("three", 0.04)):
        spread = found.loc[dataset] ** 2
        assert spread["seed"] == spread["split"] == pytest.approx(2 * shared / 0.01 * total)
        assert spread["class_seed"] == pytest.approx(2 * each / 0.01 * total)
        assert spread["query"] == pytest.approx(4 * total)
    one, three = found.loc["one"] ** 2, found.loc["three"] ** 2
    assert one["class_"] + one["class_seed"] + one["query"] / (1000 / 3) == pytest.approx(0.01)
    parts = three["class_"] + three["class_seed"] + three["split"] + three["seed"] + three["query"] / 1000
    assert parts == pytest.approx(0.04)


def test_what_has_no_spread_is_refused(measured):
    scores, ablations = measured
    with pytest.raises(InputError, match=r"no mAP of classes at 32 bits of \['ksh'\]"):
        measure(scores, ablations, "mgah", ["ksh"], 32, 1000)
    with pytest.raises(InputError, match="one seed or none at 32 bits"):
        measure(scores, ablations[ablations["seed"] == 0], "mgah", ["itq"], 32, 1000)


@pytest.mark.slow
def test_both_tables_are_written(measured, tmp_path, monkeypatch):
    monkeypatch.setattr(intervals, "DESIGNS", (Design("one", 1, 10), Design("three", 10, 1)))
    for name, table in zip(("scores", "ablations"), measured, strict=True):
        write_scores(tmp_path / f"{name}.csv", table)
    inputs = ["--scores", str(tmp_path / "scores.csv"), "--ablations", str(tmp_path / "ablations.csv")]
    options = ["--baselines", "itq", "--replicates", "20", "--output", str(tmp_path / "out")]
    intervals.main([*inputs, *options])
    table = pd.read_csv(tmp_path / "out/intervals.csv")
    assert table["unit"].tolist() == ["classes", "classes", "splits", "splits"]
    assert table["seeds"].tolist() == [1, 3, 1, 3] and table["coverage"].between(0.5, 1).all()
    assert (tmp_path / "out/spread.md").read_text().startswith("| dataset")
