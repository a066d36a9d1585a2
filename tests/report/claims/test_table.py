"""The table of claims: what it says of settings that the paper does not speak of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from mgah.report.outputs.tables.claims import DEVELOPMENT_NOTE, build
from mgah.report.paper.claims.sentences import CLAIMS


@pytest.fixture
def table(make_scores, make_comparisons, make_sweeps, make_history, graphs, reference, notes):
    def made(*rows: dict, graphs: pd.DataFrame = graphs, comparisons: Sequence[dict] = ()):
        scores = make_scores(*rows)
        none = scores[:0], make_sweeps(), make_history()
        return build(scores, make_comparisons(*comparisons), *none, graphs, reference, notes)

    return made


def claimed(table, **block: str) -> dict[str, str]:
    """Whether the paper speaks of a block, by claim."""
    data = table.data
    for name, word in block.items():
        data = data[data[name] == word]
    return dict(zip(data["claim"], data["claimed"], strict=True))


@pytest.mark.slow
def test_each_claim_is_of_its_own_datasets_and_backbones(table):
    own = [
        {"method": "mgah", "dataset": dataset, "backbone": backbone}
        for dataset in ("awa2_mini", "cifar10", "imagenet", "digits")
        for backbone in ("lite0", "alexnet", "googlenet")
    ]
    found = table(*own)
    words = ("state_of_the_art", "em_softmax", "loss", "above_doph")
    expected = {
        ("awa2_mini", "lite0"): ["yes", "yes", "no", "yes"],
        ("awa2_mini", "alexnet"): ["yes", "yes", "no", "no"],
        ("cifar10", "lite0"): ["yes", "no", "no", "yes"],
        ("cifar10", "googlenet"): ["no", "no", "no", "yes"],
        ("imagenet", "alexnet"): ["yes", "no", "yes", "no"],
        ("digits", "lite0"): ["no", "no", "no", "no"],
    }
    for (dataset, backbone), answers in expected.items():
        said = claimed(found, dataset=dataset, backbone=backbone)
        assert [said[word] for word in words] == answers, (dataset, backbone)


def test_what_the_paper_does_not_say_is_marked(table, graphs):
    elsewhere = graphs.assign(dataset="digits")
    rows = {"method": "mgah", "dataset": "digits", "semantics": "attributes"}
    summary = table(rows, graphs=elsewhere).frames[0].cells.set_index("Claim")["digits · lite0 · attributes"]
    assert summary["S is asymmetric, S_f is not (4.3, Figure 4)"] == "holds (not claimed)"
    assert summary["The shortcut improves mAP (4.3, Table 3)"] == "not claimed"
    ours = "The methods stand in the paper's order (ours, not a sentence of the paper; Table 1)"
    assert summary[ours] == "not claimed"
    assert len(summary) == len(CLAIMS)


def on_ten_splits(method: str, values: Sequence[float], metric: str = "mAP", **more: object) -> list[dict]:
    """Score rows of one method at 32 bits, a split each."""
    cell = {"method": method, "metric": metric, "bits": 32} | more
    return [cell | {"split": str(place), "value": value} for place, value in enumerate(values)]


def test_each_verdict_is_given_also_without_development_splits(table):
    """IMH is above KSH on splits 0 to 2 alone, and KSH drops from seen to unseen classes on the other seven alone."""
    noise = np.linspace(0, 0.002, 10)
    imh = on_ten_splits("imh", [0.9] * 3 + [0.3] * 7)
    ksh = on_ten_splits("ksh", np.array([0.3] * 3 + [0.4] * 7) + noise)
    seen = on_ten_splits("ksh", [0.1] * 3 + [0.8] * 7, "seen_mAP")
    rows = on_ten_splits("mgah", [0.5] * 10) + imh + ksh + seen
    elsewhere = on_ten_splits("mgah", [0.5] * 10, dataset="digits")
    marks = [{"method": "ksh", "split": str(split), "development": "yes"} for split in range(3)]
    found = table(*rows, *elsewhere, comparisons=marks)
    data = found.data[found.data["dataset"] == "cifar10"].set_index("claim")
    verdicts = data[["verdict", "verdict_without"]]
    assert verdicts.loc["unsupervised"].tolist() == ["undecided", "fails"]
    assert verdicts.loc["supervised_drop"].tolist() == ["undecided", "holds"]
    assert data.loc["supervised_drop", "numbers"].endswith("(over 10 splits)")
    assert data.loc["supervised_drop", "numbers_without"].startswith("KSH: +0.39")
    assert data.loc["supervised_drop", "numbers_without"].endswith("holds (over 7 splits)")
    assert set(data["without"]) == {"0 1 2"}
    assert set(found.data.loc[found.data["dataset"] == "digits", "verdict_without"]) == {""}
    summary, first, second = found.frames
    name = "CIFAR-10 · lite0 · glove"
    without = f"{name}, without development splits (0, 1, 2)"
    assert summary.cells.columns.tolist() == ["Claim", name, without, "digits · lite0 · glove"]
    claim = "The unsupervised IMH competes with some supervised method (4.2 (3), Table 1)"
    assert summary.cells.set_index("Claim").loc[claim, [name, without]].tolist() == ["undecided", "fails"]
    assert [len(frame.cells.columns) for frame in (first, second)] == [6, 4]
    assert DEVELOPMENT_NOTE in found.notes


def test_splits_that_are_all_development_splits_have_one_verdict(table):
    rows = on_ten_splits("mgah", [0.5] * 2)
    marks = [{"method": "ksh", "split": split, "development": "yes"} for split in "01"]
    found = table(*rows, comparisons=marks)
    assert set(found.data["verdict_without"]) == {""} and DEVELOPMENT_NOTE not in found.notes


def test_scores_without_mgah(table):
    assert [frame.caption for frame in table({}).frames] == ["No claims"]


def test_the_notes_say_what_an_interval_holds_with_one_seed(table):
    """Each split draws its own random numbers, so where splits decide seeds are in the interval, be it one."""
    told = " ".join(map(str, table({}).notes))
    assert "where splits decide it is, with one seed too, as each split draws its own random numbers" in told
    assert "With one seed the spread of seeds is not in an interval" not in told


def test_a_claim_over_classes_leaves_out_those_without_a_value_and_says_so(table):
    """Of seven unseen classes of one split one has no image in the database; six can be told from chance."""
    rows = []
    for method, level in (("mgah", 0.5), ("imh", 0.4), ("ksh", 0.1)):
        values = {"": level, **{f"class {i}": level + 0.01 * i for i in range(6)}, "deer": np.nan}
        rows += [
            {"method": method, "bits": 32, "class": name, "value": value} for name, value in values.items()
        ]
    found = table(*rows)
    data = found.data.set_index("claim")
    assert data.loc["unsupervised", "verdict"] == "holds"
    assert data.loc["unsupervised", "numbers"].startswith(
        "IMH less KSH: +0.300 [0.300, 0.300], holds (over 6 "
    )
    assert (
        "CIFAR-10 · lite0 · glove: unseen classes without a value, as the database holds no image of them, are left "
        "out of what is taken over classes: deer (split 0)."
    ) in [getattr(note, "text", note) for note in found.notes]
