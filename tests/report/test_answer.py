"""The three sentences that answer whether the paper holds, out of two published tables."""

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.methods.trained import FROZEN, TRAINED
from mgah.report.answer import answer, sentences

PLACE = {"dataset": "cifar10", "backbone": "lite0_64", "semantics": "glove"}


def verdict(method, label, word, **changes):
    row = {
        "reference": "mgah",
        "method": method,
        "label": label,
        "bits": 32,
        "split": "",
        "development": "yes",
    }
    row |= {
        "reference_mAP": 0.25,
        "splits": 10,
        "seeds": 1,
        "family": "yes",
        "reference": "mgah",
        "trained": FROZEN,
        "verdict": word,
        "p": 0.01,
        "low": 0,
        "high": 1,
    }
    return PLACE | row | changes


def contrast(part, trained, difference, **changes):
    row = {"bits": 32, "metric": "mAP", "part": part, "method": "mgah", "label": "MGAH", "trained": trained}
    row |= {"against_labels": '["ITQ", "ITQ-L2"]', "splits": 10, "strength": 0.2, "difference": difference}
    row |= {"development": "yes", "against": '["itq", "itq_l2"]'}
    return PLACE | row | {"low": difference - 0.02, "high": difference + 0.02, "won": 9, "p": 0.004} | changes


@pytest.fixture
def run(tmp_path):
    (tmp_path / "tables").mkdir()
    all_ = TRAINED["all"]
    verdicts = [
        verdict("itq", "ITQ", "better"),
        verdict("ksh", "KSH", "better"),
        verdict("dhn", "DHN", "worse", trained=TRAINED["all"]),
        verdict("sdh", "SDH", "undecided"),
        verdict("itq", "ITQ", "better", development="no"),
        verdict("ksh", "KSH", "undecided", development="no"),
        # rows of one split, outside the family and of another setting say nothing here
        verdict("tsk", "TSK", "better", split="cat"),
        verdict("tsk", "TSK", "better", family="no"),
        verdict("itq_l2", "ITQ-L2", "better", family="no"),
        verdict("imh", "IMH", "better", backbone="lite0_224"),
    ]
    contrasts = [
        contrast("lead", all_, 0.05),
        contrast("lead", all_, 0.06, metric="P@H<=2", won=10, p=0.002),
        contrast("lead", f"{FROZEN}, hash layers trained", 0.01),
        contrast("lead", f"{FROZEN}, hash layers trained", 0.04, metric="P@H<=2"),
        contrast("lead", FROZEN, 0.03, backbone="lite0_48", strength=0.1),
        contrast("lead", FROZEN, -0.01, backbone="lite0_224", strength=0.3),
        contrast("margin", all_, 0.041),
        contrast("margin", FROZEN, 0.5),
        contrast("graph", all_, -0.001, won=4, p=0.6),
        contrast("lead", all_, 0.9, bits=8),
        # of the splits that are left without the development splits
        contrast("lead", all_, 0.8, development="no", splits=7),
    ]
    pd.DataFrame(verdicts).to_csv(tmp_path / "tables/significance.csv", index=False)
    pd.DataFrame(contrasts).to_csv(tmp_path / "tables/contrasts.csv", index=False)
    return tmp_path


def sentences_and_table(run):
    """The sentences that the README shows, without their marks of a list, and the table below them."""
    text, table = answer(run).split("\n\n")
    lines = text.split("\n")
    assert all(line.startswith("- **") for line in lines)
    return " ".join(line[2:] for line in lines), table


def test_the_answer_says_what_holds_where_and_what_carries_it(run):
    text, table = sentences_and_table(run)
    # p by Holm's procedure for the four differences end to end: 0.002 * 4, 0.004 * 3 twice, 0.6; and for the four
    # with frozen features, of which each is 0.004 * 4
    assert text == (
        "**What holds:** trained end to end, MGAH has 0.250 mAP at 32 bits (CIFAR-10 · lite0_64 · glove, 10 splits) "
        "and is decidedly above ITQ / KSH; decidedly below DHN; not decidedly apart from SDH (DHN trained so as well; "
        "the others have frozen features); without the development splits (cat) 1 of the 2 differences is decided. "
        "**Where:** its lead over the better of ITQ / ITQ-L2, which have frozen features, is +0.050 ± 0.020 mAP (p "
        "0.012) and +0.060 ± 0.020 P@H≤2 (p 0.008); with frozen features, in 3 settings, it is -0.010 to +0.030 mAP "
        "(decidedly above 0 in lite0_48) and +0.040 P@H≤2 (decidedly above 0 in lite0_64). "
        "**What carries it:** the growing margin decidedly adds to mAP: +0.041 ± 0.020 mAP (p 0.012); what the graph "
        "adds to mAP is not decided: -0.001 ± 0.020 mAP (p 0.600). "
        "± is half of the 95 % interval over splits; p, and what is decided, with Holm's "
        "correction for the 4 differences end to end and the 4 with frozen features."
    )
    lines = [line.split("|")[1:-1] for line in table.splitlines()]
    assert [cell.strip() for cell in lines[0][:5]] == [
        "Difference, 32 bits",
        "Method",
        "Minus",
        "Backbone",
        "Strength",
    ]
    assert [[cell.strip() for cell in (line[0], line[3], line[5])] for line in lines[2:]] == [
        ["Lead", "lite0_64", "+0.050 [0.030, 0.070]"],
        ["Lead", "lite0_48", "+0.030 [0.010, 0.050]"],
        ["Lead", "lite0_64", "+0.010 [-0.010, 0.030]"],
        ["Lead", "lite0_224", "-0.010 [-0.030, 0.010]"],
        ["What the growing margin adds", "lite0_64", "+0.041 [0.021, 0.061]"],
        ["What the graph adds", "lite0_64", "-0.001 [-0.021, 0.019]"],
    ]
    # in the table each p is for itself, and what was not measured is no number
    assert [cell.strip() for cell in lines[2][7:]] == ["0.0040", "+0.060 [0.040, 0.080]", "10/10", "0.0020"]
    assert [cell.strip() for cell in lines[3][7:]] == ["0.0040", "n/a (undefined)", "–", "–"]


def test_a_lead_over_other_rivals_is_told_beside_the_first(run):
    path = run / "tables/contrasts.csv"
    more = contrast(
        "lead over deep ones", TRAINED["all"], 0.02, against='["dhn"]', against_labels='["DHN"]', p=0.01
    )
    pd.concat([pd.read_csv(path), pd.DataFrame([more])]).to_csv(path, index=False)
    # the p of the margin, 0.004 * 4, of five now
    where, carried = sentences(run)[1:]
    assert (
        "over DHN it is +0.020 ± 0.020 mAP (p 0.020); with frozen features, in 3 settings, the first is"
        in where
    )
    assert "+0.041 ± 0.020 mAP (p 0.016)" in carried and "for the 5 differences end to end" in carried
    assert "| Lead over deep ones" in sentences_and_table(run)[1]


def test_leads_with_frozen_features_are_decided_by_a_corrected_p_and_an_interval(run):
    path = run / "tables/contrasts.csv"
    contrasts = pd.read_csv(path)
    strong = contrasts["backbone"] == "lite0_224"
    contrasts.assign(high=contrasts["high"].mask(strong, -0.005)).to_csv(path)
    assert "mAP (decidedly above 0 in lite0_48 and decidedly below 0 in lite0_224) and" in sentences(run)[1]
    # 0.02 * 4 is above the level, whatever the interval
    contrasts.assign(p=contrasts["p"].mask(contrasts["trained"] != TRAINED["all"], 0.02)).to_csv(path)
    assert (
        "it is -0.010 to +0.030 mAP (decided in none) and +0.040 P@H≤2 (decided in none)."
        in sentences(run)[1]
    )
    frozen = contrasts["trained"] != TRAINED["all"]
    contrasts.assign(difference=contrasts["difference"].mask(frozen)).to_csv(path)
    assert "in 3 settings, it is an undefined mAP and an undefined P@H≤2." in sentences(run)[1]
    contrasts[~frozen].to_csv(path)
    assert sentences(run)[1].endswith("+0.060 ± 0.020 P@H≤2 (p 0.008).")
    assert sentences(run)[2].endswith("correction for the 4 differences end to end.")


def test_a_part_that_is_not_decided_or_costs_does_not_carry(run):
    path = run / "tables/contrasts.csv"
    contrasts = pd.read_csv(path)
    margin, graph = contrasts["part"] == "margin", contrasts["part"] == "graph"
    contrasts.assign(p=contrasts["p"].mask(graph, 0.03).mask(margin, 0.04)).to_csv(path)
    assert (
        "**What carries it:** what the growing margin adds to mAP is not decided: +0.041 ± 0.020 mAP (p 0.060); "
        "what the graph adds to mAP is not decided: -0.001 ± 0.020 mAP (p 0.060)." in sentences(run)[2]
    )
    below = {
        name: contrasts[name].mask(margin, value)
        for name, value in (("difference", -0.03), ("low", -0.05), ("high", -0.01))
    }
    contrasts.assign(**below).to_csv(path)
    assert (
        "**What carries it:** what the graph adds to mAP is not decided: -0.001 ± 0.020 mAP (p 0.600); the growing "
        "margin decidedly costs mAP: -0.030 ± 0.020 mAP (p 0.012)." in sentences(run)[2]
    )
    contrasts[~margin & ~graph].to_csv(path)
    assert "**What carries it:** not run. ±" in sentences(run)[2]


def test_where_all_baselines_are_trained_alike_or_a_rival_is_trained_too_nothing_is_said_of_frozen_features(
    run,
):
    path = run / "tables/significance.csv"
    significance = pd.read_csv(path, keep_default_na=False)
    significance.assign(trained=TRAINED["all"]).to_csv(path)
    what, where, _ = sentences(run)
    assert "not decidedly apart from SDH; without" in what and "the better of ITQ / ITQ-L2 is +0.050" in where
    significance.assign(trained=f"{FROZEN}, hash layers trained").to_csv(path)
    what, where, _ = sentences(run)
    assert "not decidedly apart from SDH (the baselines have frozen features); without" in what


def test_a_split_alone_has_no_interval_and_what_is_undefined_is_said_so(run):
    path = run / "tables/contrasts.csv"
    contrasts = pd.read_csv(path)
    alone = contrasts["part"] == "margin"
    lacking = {name: contrasts[name].mask(alone) for name in ("low", "high", "p")}
    contrasts.assign(**lacking, won=1, splits=1).to_csv(path)
    assert "what the growing margin adds to mAP is not decided: +0.041 mAP; what" in sentences(run)[2]
    contrasts.assign(low=float("nan"), high=float("nan"), p=float("nan"), won=1, splits=1).to_csv(path)
    assert sentences(run)[2].endswith("-0.001 mAP. ± is half of the 95 % interval over splits.")
    assert "it is -0.010 to +0.030 mAP (decided in none)" in sentences(run)[1]
    contrasts.assign(difference=contrasts["difference"].mask(alone), **lacking).to_csv(path)
    assert "the growing margin adds to mAP is not decided: an undefined mAP;" in sentences(run)[2]
    contrasts.to_csv(path)
    verdicts = run / "tables/significance.csv"
    significance = pd.read_csv(verdicts, keep_default_na=False)
    significance.assign(reference_mAP="").to_csv(verdicts)
    assert "MGAH has an undefined mAP at 32 bits" in sentences(run)[0]
    contrasts.drop(columns="development").to_csv(path)
    with pytest.raises(InputError, match=r"contrasts\.csv has no column development, expected one"):
        sentences(run)


def test_baselines_on_fewer_splits_are_named_where_all_have_one_verdict(run):
    path = run / "tables/significance.csv"
    significance = pd.read_csv(path, keep_default_na=False)
    few = significance["method"] == "dhn"
    significance.assign(verdict="better", splits=significance["splits"].mask(few, 3)).to_csv(path)
    assert (
        "decidedly above ITQ (10 splits, 1 seed) / KSH (10 splits, 1 seed) / DHN (3 splits, 1 seed) / SDH"
        in (sentences(run)[0])
    )


def test_where_comparisons_rest_on_other_splits_or_seeds_each_says_so(run):
    path = run / "tables/significance.csv"
    significance = pd.read_csv(path, keep_default_na=False)
    few = (significance["method"] == "ksh") & (significance["family"] == "yes")
    changes = {"splits": 3, "seeds": 2, "reference_mAP": 0.363}
    # the first row is another one in each order
    for rows in (significance, significance[::-1]):
        rows.assign(**{name: rows[name].mask(few, value) for name, value in changes.items()}).to_csv(path)
        what = sentences(run)[0]
        assert (
            "MGAH has 0.250 to 0.363 mAP at 32 bits (CIFAR-10 · lite0_64 · glove, 3 to 10 splits, 1 to 2 seeds)"
            in what
        )
        assert "KSH (3 splits, 2 seeds)" in what and "ITQ (10 splits, 1 seed)" in what
        assert "decidedly below DHN (10 splits, 1 seed);" in what


def test_seeds_are_told_where_they_differ_alone(run):
    path = run / "tables/significance.csv"
    significance = pd.read_csv(path, keep_default_na=False)
    significance.assign(seeds=3).to_csv(path)
    assert "glove, 10 splits) and is decidedly above ITQ / KSH; " in sentences(run)[0]
    one = significance["method"] == "dhn"
    significance.assign(seeds=significance["seeds"].mask(one, 2)).to_csv(path)
    found = sentences(run)[0]
    assert "MGAH has 0.250 mAP at 32 bits (CIFAR-10 · lite0_64 · glove, 10 splits, 1 to 2 seeds)" in found
    assert "decidedly below DHN (10 splits, 2 seeds);" in found


def test_a_run_without_end_to_end_training_or_verdicts_is_one_error(run):
    contrasts = pd.read_csv(run / "tables/contrasts.csv")
    contrasts[contrasts["trained"] == FROZEN].to_csv(run / "tables/contrasts.csv", index=False)
    with pytest.raises(InputError, match="no lead of a method that was trained end to end"):
        answer(run)
    contrasts.to_csv(run / "tables/contrasts.csv", index=False)
    significance = pd.read_csv(run / "tables/significance.csv", keep_default_na=False)
    significance[significance["family"] == "no"].to_csv(run / "tables/significance.csv", index=False)
    with pytest.raises(InputError, match="no verdict on the method with the lead"):
        answer(run)
    (run / "tables/significance.csv").unlink()
    with pytest.raises(InputError, match=r"significance\.csv cannot be read as csv"):
        answer(run)


def test_verdicts_on_another_method_are_not_told_of_the_one_with_the_lead(run):
    whole = sentences(run)
    significance = pd.read_csv(run / "tables/significance.csv", keep_default_na=False)
    significance.assign(reference="mgah_frozen").to_csv(run / "tables/significance.csv", index=False)
    assert sentences(run) == whole[1:]
    assert len(whole) == 3


def test_a_verdict_on_all_baselines_lists_none(run):
    significance = pd.read_csv(run / "tables/significance.csv", keep_default_na=False)
    significance.query("method == 'itq'").to_csv(run / "tables/significance.csv", index=False)
    assert "and is decidedly above ITQ (the baselines have frozen features); " in answer(run)
    significance.query("method in ('itq', 'ksh')").to_csv(run / "tables/significance.csv", index=False)
    assert "and is decidedly above each of the 2 baselines (the baselines have" in answer(run)


def test_what_a_method_of_ones_own_trained_is_neither_end_to_end_nor_frozen(run):
    before = sentences(run)
    path = run / "tables/contrasts.csv"
    own = contrast("lead", "a rotation of the features", 0.3, method="mine", label="Mine")
    pd.concat([pd.read_csv(path), pd.DataFrame([own])]).to_csv(path, index=False)
    assert sentences(run) == before
    path = run / "tables/significance.csv"
    own = verdict("mine", "Mine", "better", trained="a rotation of the features")
    pd.concat([pd.read_csv(path), pd.DataFrame([own])]).to_csv(path, index=False)
    assert "the others have a rotation of the features or frozen features)" in sentences(run)[0]


def test_a_pipe_in_a_label_does_not_break_the_table(run):
    path = run / "tables/contrasts.csv"
    pd.read_csv(path).assign(label="a|b").to_csv(path)
    assert all(
        line.count("|") == 12 + line.count("a\\|b") for line in sentences_and_table(run)[1].splitlines()
    )
    assert "a\\|b" in sentences_and_table(run)[1]
