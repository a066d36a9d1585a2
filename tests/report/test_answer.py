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


def test_the_answer_says_what_holds_where_and_what_carries_it(run):
    assert answer(run) == (
        "**What holds:** trained end to end, MGAH has 0.250 mAP at 32 bits (CIFAR-10 · lite0_64 · glove, 10 splits) "
        "and is decidedly above ITQ / KSH; decidedly below DHN; not decidedly apart from SDH (DHN trained so as well; "
        "the others have frozen features); without the development splits (cat) 1 of the 2 differences is decided. "
        "**Where:** its lead over the better of ITQ / ITQ-L2, which have frozen features, is +0.050 ± 0.020 mAP (9 of "
        "10 splits, p 0.004) and +0.060 ± 0.020 P@H≤2 (10 of 10 splits, p 0.002), and with its own backbone frozen as "
        "well +0.010 ± 0.020 mAP and +0.040 ± 0.020 P@H≤2; so frozen it is +0.030 ± 0.020 mAP on the weakest features, "
        "whose ranking without coding has 0.100 mAP, and -0.010 ± 0.020 mAP on the strongest, with 0.300. "
        "**What carries it:** the growing margin adds +0.041 ± 0.020 mAP (9 of 10 splits, p 0.004), and the "
        "graph adds -0.001 ± 0.020 mAP (4 of 10 splits, p 0.600) (± is half of the 95 % interval over splits; each p "
        "is for itself)."
    )


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


def test_p_that_a_correction_for_all_that_are_told_takes_above_the_level_are_named(run):
    path = run / "tables/contrasts.csv"
    contrasts = pd.read_csv(path)
    # 0.004, 0.004 (the margin), 0.002 and 0.04 by Holm: 0.04 stays, as it is the last of four
    graph = contrasts["part"] == "graph"
    contrasts.assign(p=contrasts["p"].mask(graph, 0.04)).to_csv(path)
    assert "each p is for itself)." in sentences(run)[2]
    # with a p of 0.03 beside it, both are multiplied by 2 or more
    margin = contrasts["part"] == "margin"
    contrasts.assign(p=contrasts["p"].mask(graph, 0.04).mask(margin, 0.03)).to_csv(path)
    assert sentences(run)[2].endswith(
        "each p is for itself, and with Holm's correction for these 4 that of the growing margin in mAP 0.060, of the "
        "graph in mAP 0.060)."
    )
    # of a part that is told in two metrics, the one that is lost is named alone
    ball = contrasts[graph].assign(metric="P@H<=2", p=0.002)
    both = pd.concat([contrasts.assign(p=contrasts["p"].mask(graph, 0.04).mask(margin, 0.03)), ball])
    both.to_csv(path)
    assert sentences(run)[2].endswith(
        "for these 5 that of the growing margin in mAP 0.060, of the graph in mAP 0.060)."
    )


def test_a_split_alone_has_no_interval_and_what_is_undefined_is_said_so(run):
    path = run / "tables/contrasts.csv"
    contrasts = pd.read_csv(path)
    alone = contrasts["part"] == "margin"
    lacking = {name: contrasts[name].mask(alone) for name in ("low", "high", "p")}
    contrasts.assign(**lacking, won=1, splits=1).to_csv(path)
    assert "the growing margin adds +0.041 mAP (1 of 1 split, no p), and" in sentences(run)[2]
    contrasts.assign(difference=contrasts["difference"].mask(alone)).to_csv(path)
    assert "the growing margin adds an undefined mAP (" in sentences(run)[2]
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


def test_contrasts_of_a_second_run_are_added_where_the_first_lacks_them(run, tmp_path_factory):
    second = tmp_path_factory.mktemp("second")
    (second / "tables").mkdir()
    more = [
        contrast("lead", FROZEN, -0.02, backbone="lite0_300", strength=0.4),
        contrast("lead", FROZEN, 0.7, backbone="lite0_48", strength=0.1),
    ]
    pd.DataFrame(more).to_csv(second / "tables/contrasts.csv", index=False)
    what, where, carried = sentences(run, second)
    assert (what, carried) == (sentences(run)[0], sentences(run)[2])
    assert where.endswith(
        "it is +0.030 ± 0.020 mAP on the weakest features, whose ranking without coding has 0.100 mAP, and -0.020 ± "
        "0.020 mAP on the strongest, with 0.400."
    )


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
