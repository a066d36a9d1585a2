"""``python -m mgah.evaluation.contrasts`` on scores whose differences are known."""

import json

import numpy as np
import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.evaluation import contrasts as stage
from mgah.tables.contrasts import read_contrasts, write_contrasts
from mgah.tables.scores import METHOD_COLUMNS, write_scores

LEAD = {"part": "lead", "method": "mgah", "against": ["itq", "itq_l2"]}
TRAINED = {"mgah": "end to end"}


def rows(method: str, values: dict[tuple, float], metric: str = "mAP", backbone: str = "net") -> list[dict]:
    """Score rows of one method by (split, seed, bits)."""
    cell = {"dataset": "toys", "backbone": backbone, "semantics": "words", "method": method, "metric": metric}
    cell |= {
        "label": method.upper(),
        "class": "",
        "leak": "",
        "trained": TRAINED.get(method, "frozen features"),
    }
    return [
        cell | {"split": split, "seed": seed, "bits": bits, "value": value}
        for (split, seed, bits), value in values.items()
    ]


def table(*found: list[dict]) -> pd.DataFrame:
    """Score rows as a table; the class of one of them has a value of its own, which no contrast reads."""
    cells = [row for part in found for row in part]
    cells.append(cells[0] | {"class": "doll", "value": 0.99})
    return pd.DataFrame(cells).astype({"bits": "Int64"}).assign(notes="[]")[list(METHOD_COLUMNS)]


def cosine(*splits: str, backbone: str = "net") -> list[dict]:
    """The line without coding: 0.1 on the first split, 0.2 on the second, ..."""
    values = {(split, 0, pd.NA): (place + 1) / 10 for place, split in enumerate(splits)}
    return rows("cosine", values, backbone=backbone)


MGAH = {("a", 0, 8): 0.5, ("a", 1, 8): 0.7, ("b", 0, 8): 0.4, ("b", 1, 8): 0.4}
ITQ = {("a", 0, 8): 0.2, ("a", 1, 8): 0.4, ("b", 0, 8): 0.4, ("b", 1, 8): 0.6}
ITQ_L2 = {("a", 0, 8): 0.5, ("a", 1, 8): 0.3, ("b", 0, 8): 0.2, ("b", 1, 8): 0.2}


def values(found: pd.DataFrame, *names: str) -> dict:
    return found.set_index(list(names))["value"].round(10).to_dict()


def test_the_best_of_each_split_and_metric_is_subtracted_from_the_mean_over_seeds(tmp_path):
    """mAP: a is 0.6 - 0.4 (L2 is better there), b 0.4 - 0.5 (ITQ is); P@H<=2 has its own best, ITQ on a."""
    scores = table(
        *(rows("mgah", MGAH, metric) for metric in stage.METRICS),
        rows("itq", ITQ),
        rows("itq_l2", ITQ_L2),
        rows("itq", ITQ | {("a", 0, 8): 0.8, ("a", 1, 8): 1.0}, "P@H<=2"),
        rows("itq_l2", ITQ_L2, "P@H<=2"),
        cosine("a", "b"),
    )
    files = []
    for method, part in scores.groupby("method"):
        files.append(tmp_path / f"{method}.csv")
        write_scores(files[-1], part, METHOD_COLUMNS)
    target = tmp_path / "contrasts.csv"
    asked = '[{"part": "lead", "method": "mgah", "against": ["itq", "itq_l2"]}]'
    dataset = scores["dataset"].iloc[0]
    chosen_on = json.dumps({dataset: ["b", "not run"], "another": ["a"]})
    stage.main(
        ["--contrasts", asked, "--development", chosen_on, "--output", str(target), "--", *map(str, files)]
    )
    found = read_contrasts(target)
    assert found.groupby("split")["development"].unique().map(list).to_dict() == {"a": ["no"], "b": ["yes"]}
    assert values(found, "metric", "split") == {
        ("mAP", "a"): 0.2,
        ("mAP", "b"): -0.1,
        ("P@H<=2", "a"): -0.3,
        ("P@H<=2", "b"): -0.1,
    }
    assert found.groupby("split")["strength"].unique().map(list).to_dict() == {"a": [0.1], "b": [0.2]}
    first = found.iloc[0]
    assert first[["dataset", "backbone", "semantics", "bits", "part"]].tolist() == [
        "toys",
        "net",
        "words",
        8,
        "lead",
    ]
    assert first[["method", "label", "trained"]].tolist() == ["mgah", "MGAH", "end to end"]
    assert (first["against"], first["against_labels"]) == ('["itq", "itq_l2"]', '["ITQ", "ITQ_L2"]')


def test_only_seeds_that_all_share_count():
    """On a all have seed 0, on which L2 is the better rival, as it is not with ITQ's seed 1; on b L2 shares none."""
    scores = table(
        rows("mgah", {("a", 0, 8): 0.5, ("a", 1, 8): 0.9, ("b", 0, 8): 0.4, ("c", 1, 8): 0.4, ("c", 2, 8): 0.6}),
        rows("itq", {("a", 0, 8): 0.3, ("a", 1, 8): 0.8, ("b", 0, 8): 0.1, ("c", 1, 8): 0.1, ("c", 2, 8): 0.2}),
        rows("itq_l2", {("a", 0, 8): 0.4, ("b", 1, 8): 0.1, ("c", 0, 8): 0.9, ("c", 1, 8): 0.2, ("c", 2, 8): 0.3}),
        cosine("a", "b", "c"),
    )  # fmt: skip
    found = stage.contrast(scores, [LEAD])
    assert values(found, "split") == {"a": 0.1, "c": 0.25}
    assert found.set_index("split")["seeds"].to_dict() == {"a": 1, "c": 2}
    with pytest.raises(InputError, match="itq_l2 have no setting, split, seed and code length in common"):
        stage.contrast(scores[scores["split"] == "b"], [LEAD])


def test_only_splits_and_code_lengths_that_all_share_count():
    """L2 lacks split b at 8 bits and a at 16; ITQ alone has 24 bits and split c."""
    scores = table(
        rows("mgah", {(split, 0, bits): 0.5 for split in "ab" for bits in (8, 16)}),
        rows("itq", {(split, 0, bits): 0.3 for split in "abc" for bits in (8, 16, 24)}),
        rows("itq_l2", {("a", 0, 8): 0.1, ("b", 0, 16): 0.45}),
        cosine("a", "b", "c"),
    )
    assert values(stage.contrast(scores, [LEAD]), "bits", "split") == {(8, "a"): 0.2, (16, "b"): 0.05}


def test_a_contrast_is_in_every_setting_with_all_of_its_methods():
    graph = {"part": "graph", "method": "mgah", "against": ["itq"]}
    scores = table(
        rows("mgah", MGAH),
        rows("itq", ITQ),
        rows("itq_l2", ITQ_L2),
        cosine("a", "b"),
        rows("mgah", MGAH, backbone="other"),
        rows("itq", ITQ, backbone="other"),
        cosine("a", "b", backbone="other"),
        rows("itq", ITQ, backbone="third"),
    )
    found = stage.contrast(scores, [LEAD, graph])
    places = found.groupby("part")["backbone"].unique().map(sorted).to_dict()
    assert places == {"graph": ["net", "other"], "lead": ["net"]}
    assert values(found[found["part"] == "graph"], "backbone", "split")[("other", "a")] == 0.3


def test_an_undefined_score_leaves_the_split_undefined(tmp_path):
    """Also where it is of one method among several: the best of them is not known."""
    scores = table(
        rows("mgah", MGAH), rows("itq", ITQ | {("a", 0, 8): np.nan}), rows("itq_l2", ITQ_L2), cosine("a", "b")
    )
    write_contrasts(tmp_path / "c.csv", stage.contrast(scores, [LEAD]))
    found = read_contrasts(tmp_path / "c.csv").set_index("split")["value"]
    assert np.isnan(found["a"]) and found["b"] == pytest.approx(-0.1)


def test_no_contrasts_give_no_rows(tmp_path):
    stage.main(["--contrasts", "[]", "--output", str(tmp_path / "none.csv")])
    assert read_contrasts(tmp_path / "none.csv").empty


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            (rows("mgah", MGAH), rows("itq", ITQ), cosine("a", "b")),
            "mgah, itq, itq_l2 have no setting, split, seed and",
        ),
        (
            (rows("mgah", {("c", 0, 8): 0.5}), rows("itq", ITQ), rows("itq_l2", ITQ_L2), cosine("a", "b")),
            "the contrast lead cannot be computed: .* no setting, split, seed and code length in common",
        ),
        (
            (rows("mgah", MGAH), rows("itq", ITQ), rows("itq_l2", ITQ_L2), cosine("a")),
            "toys/net/words has no line cosine on split b, .*: score its features as well",
        ),
    ],
    ids=["no setting", "no split", "no strength"],
)
def test_what_cannot_be_contrasted_is_one_error(found, words):
    with pytest.raises(InputError, match=words):
        stage.contrast(table(*found), [LEAD])


def test_a_value_in_two_score_files_is_one_error(tmp_path):
    files = [tmp_path / name for name in ("one.csv", "two.csv")]
    for file in files:
        write_scores(file, table(rows("itq", ITQ)), METHOD_COLUMNS)
    with pytest.raises(
        InputError, match=r"scores of 2 files cannot be used, it holds dataset toys, .* twice"
    ):
        stage.read_all(files)


def test_a_method_of_ones_own_says_in_its_words_what_it_trained(tmp_path):
    own = [row | {"trained": "a rotation of the features"} for row in rows("mine", MGAH)]
    found = stage.contrast(
        table(own, rows("itq", ITQ), cosine("a", "b")), [LEAD | {"method": "mine", "against": ["itq"]}]
    )
    write_contrasts(tmp_path / "contrasts.csv", found)
    assert set(read_contrasts(tmp_path / "contrasts.csv")["trained"]) == {"a rotation of the features"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"against": "itq"}, "it sets methods against 'itq', .*, expected two JSON lists of as many texts"),
        ({"against_labels": '["ITQ", "KSH"]'}, "expected two JSON lists of as many texts"),
        ({"strength": [0.1, 0.1, 0.1, 0.2]}, "it gives toys/net/words/b several strengths, expected one"),
        ({"against": "[1]"}, "expected two JSON lists of as many texts"),
    ],
)
def test_a_table_that_says_what_cannot_be_is_refused(tmp_path, change, words):
    contrast = {"part": "graph", "method": "mgah", "against": ["itq"]}
    scores = table(
        *(
            rows(name, found, metric)
            for metric in stage.METRICS
            for name, found in (("mgah", MGAH), ("itq", ITQ))
        ),
        cosine("a", "b"),
    )
    stage.contrast(scores, [contrast]).assign(**change).to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(InputError, match=words):
        read_contrasts(tmp_path / "bad.csv")
