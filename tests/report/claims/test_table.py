"""The table of claims: what it says of settings that the paper does not speak of."""

import pandas as pd
import pytest

from mgah.report.outputs.tables.claims import build
from mgah.report.paper.claims.sentences import CLAIMS


@pytest.fixture
def table(make_scores, make_comparisons, make_sweeps, make_history, graphs, reference, notes):
    def made(*rows: dict, graphs: pd.DataFrame = graphs):
        scores = make_scores(*rows)
        none = make_comparisons(), scores[:0], make_sweeps(), make_history()
        return build(scores, *none, graphs, reference, notes)

    return made


def claimed(table, **block: str) -> dict[str, str]:
    """Whether the paper speaks of a block, by claim."""
    data = table.data
    for name, word in block.items():
        data = data[data[name] == word]
    return dict(zip(data["claim"], data["claimed"], strict=True))


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


def test_scores_without_mgah(table):
    assert [frame.caption for frame in table({}).frames] == ["No claims"]
