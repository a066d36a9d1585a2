"""The rules that judge the paper's claims, on tables whose verdicts are known."""

import pandas as pd
import pytest

from mgah.report.outputs.tables.claims import build
from mgah.report.paper.judging import judge_all, judge_case, judge_most

YES, NO, OPEN = "holds", "fails", "undecided"


@pytest.mark.parametrize(
    ("cases", "of_all", "of_most"),
    [
        ([YES, YES, YES, YES], YES, YES),
        ([YES, YES, YES, OPEN], OPEN, YES),
        ([YES, YES, YES, NO], NO, YES),
        ([YES, YES, NO, OPEN], NO, OPEN),
        ([YES, YES, NO, NO], NO, NO),
        ([OPEN, OPEN, OPEN, OPEN], OPEN, OPEN),
        ([NO], NO, NO),
    ],
)
def test_cases_together(cases, of_all, of_most):
    assert judge_all(cases) == of_all
    assert judge_most(cases) == of_most


def test_a_case_needs_every_difference_and_corrects_for_their_number():
    rows = pd.DataFrame({"p": [0.01, 0.02], "low": [0.1, 0.2], "high": [0.3, 0.4]})
    assert judge_case(rows) == YES
    assert judge_case(rows.assign(p=[0.03, 0.04])) == OPEN  # .03 x 2
    assert judge_case(rows.assign(low=[-0.1, 0.2])) == OPEN
    assert judge_case(rows.assign(low=[-0.3, 0.2], high=[-0.1, 0.4])) == NO
    assert judge_case(rows.assign(p=float("nan"))) == OPEN


@pytest.fixture
def findings(make_scores, make_comparisons, make_sweeps, reference, notes):
    """Verdict and numbers of each claim, of comparisons, of scores over ten splits, and of sweeps."""

    def judge(compared: list[dict], rows: list[dict], *swept: dict) -> dict[str, tuple[str, str]]:
        rows = [row | {"split": str(i)} for row in rows for i in range(10)]
        studied = [row for row in compared if row["method"].startswith("mgah_")]
        line_up = [row for row in compared if row not in studied]
        comparisons = make_comparisons(*line_up), make_comparisons(*studied)
        sweeps = make_sweeps(*swept)
        data = build(make_scores(*rows), *comparisons, sweeps, reference, notes).data
        return dict(zip(data["claim"], zip(data["verdict"], data["numbers"], strict=True), strict=True))

    return judge


def compared(method: str, bits: int, difference: float, **more) -> dict:
    interval = {"low": difference - 0.01, "high": difference + 0.01, "p": 0.002, "splits": 10}
    return {"method": method, "bits": bits, "difference": difference, "family": "yes", **interval, **more}


SCORED = [{"method": method, "bits": bits} for method in ("mgah", "itq", "doph") for bits in (8, 32)]


def test_highest_map_and_doph(findings):
    rows = [compared(method, bits, 0.05) for method in ("itq", "doph") for bits in (8, 32)]
    found = findings(rows, SCORED)
    assert found["highest_map"][0] == found["above_doph"][0] == YES
    assert found["highest_map"][1].startswith("8 bits: +0.050 [0.040, 0.060] to")
    assert found["components"] == found["margin"] == ("not run", "")
    rows[0] = compared("itq", 8, -0.05)
    found = findings(rows, SCORED)
    assert found["highest_map"][0] == NO and found["above_doph"][0] == YES
    assert "8 bits: -0.050 [-0.060, -0.040] to ITQ, fails; 32 bits: +0.050" in found["highest_map"][1]
    rows[0] = compared("itq", 8, 0.005)
    assert findings(rows, SCORED)["highest_map"][0] == OPEN


def test_components_and_margins_need_no_family(findings):
    rows = [compared(f"mgah_{i}", 8, 0.04 + 0.01 * i, family="no") for i in range(1, 6)]
    rows += [compared("mgah_beta3", 8, -0.05, family="no")]
    found = findings(rows, [{"method": "mgah"}])
    assert found["components"] == (YES, "8 bits: +0.050 [0.040, 0.060] to MGAH-1, holds")
    assert found["margin"][0] == NO and " to MGAH, β = 3, fails; not run: MGAH, β = 2" in found["margin"][1]
    assert found["highest_map"] == ("not run", "")


def test_a_claim_does_not_hold_for_a_part_of_its_methods(findings):
    found = findings([compared("mgah_2", 8, 0.05, family="no")], [{"method": "mgah"}])
    assert found["components"][0] == OPEN
    assert found["components"][1].endswith("holds; not run: MGAH-1, MGAH-3, MGAH-4, MGAH-5")


def test_the_softmax_loss_is_the_fixed_margin_of_1(findings):
    words = ["mgah_1", *(f"mgah_beta{i}" for i in range(2, 6))]
    rows = {word: compared(word, 8, 0.05, family="no") for word in words}
    assert findings(list(rows.values()), [{"method": "mgah"}])["margin"][0] == YES
    rows["mgah_1"] = compared("mgah_1", 8, -0.05, family="no")
    assert findings(list(rows.values()), [{"method": "mgah"}])["margin"][0] == NO


def test_one_split_decides_nothing(findings):
    rows = [compared("itq", 8, 0.05, p=None, splits=1)]
    verdict, numbers = findings(rows, SCORED)["highest_map"]
    assert verdict == OPEN and numbers.endswith("(one split)")


def test_growth_precision_and_the_ball(findings):
    """mAP rises and P@H<=2 rises to 32 bits and falls behind; the values of splits vary around their means."""
    values = {8: (0.2, 0.3), 32: (0.3, 0.6), 48: (0.4, 0.5)}
    rows = []
    for bits, pair in values.items():
        for metric, value in zip(("mAP", "P@H<=2"), pair, strict=True):
            rows.append({"method": "mgah", "bits": bits, "metric": metric, "value": value})
            rows.append({"method": "itq", "bits": bits, "metric": metric, "value": value - 0.1})
    found = findings([compared("itq", bits, 0.1) for bits in values], rows)
    assert found["length"][0] == found["ball"][0] == found["highest_precision"][0] == YES
    assert found["length"][1].startswith("8 to 32 bits: +0.100")
    assert found["ball"][1].startswith("32 less 48 bits: +0.100")
    for row in rows:
        row["value"] = 1 - row["value"]
    found = findings([compared("itq", bits, -0.1) for bits in values], rows)
    assert found["length"][0] == found["ball"][0] == found["highest_precision"][0] == NO


def test_the_order_of_methods(findings, reference):
    paper = reference[(reference["table"] == "table1") & (reference["dataset"] == "cifar10")]
    paper = paper[paper["bits"] == 8]
    rows = [{"method": row["method"], "value": row["value"]} for _, row in paper.iterrows()]
    verdict, numbers = findings([], rows)["order"]
    assert verdict == YES and numbers.startswith("8 bits: tau-b 1.00, p 0.000, 9 methods")
    reverse = [row | {"value": 1 - row["value"]} for row in rows]
    assert findings([], reverse)["order"][0] == NO
    assert findings([], [{"dataset": "digits", "method": "mgah"}])["order"] == ("not run", "")


def test_the_order_on_one_split_decides_nothing(make_scores, make_comparisons, make_sweeps, reference, notes):
    scores = make_scores(
        *({"method": word, "value": 0.1 * i} for i, word in enumerate(("mgah", "itq", "ksh")))
    )
    compared, swept = make_comparisons(), make_sweeps()
    data = build(scores, compared, compared, swept, reference, notes).data.set_index("claim")
    assert data.loc["order", "verdict"] == OPEN and data.loc["order", "numbers"].endswith("(one split)")


def test_scores_without_mgah(make_scores, make_comparisons, make_sweeps, reference, notes):
    compared, swept = make_comparisons(), make_sweeps()
    table = build(make_scores({}), compared, compared, swept, reference, notes)
    assert [frame.caption for frame in table.frames] == ["No claims"]


def swept(parameter: str, values: dict[float, float], splits: int = 10) -> list[dict]:
    """Runs of a sweep whose mAP at each setting differs by split, in the same way at all settings."""
    return [
        {"parameter": parameter, "setting": setting, "split": str(split), "value": value + 0.01 * split}
        for setting, value in values.items()
        for split in range(splits)
    ]


def test_claims_on_sweeps_are_of_two_settings(findings):
    rows = [
        *swept("training", {1000: 0.2, 4000: 0.5, 10000: 0.3}),
        *swept("lambda_", {0: 0.1, 0.35: 0.15, 0.5: 0.2, 1: 0.3}),
    ]
    for row in rows:
        row["value"] += 0.001 * (int(row["split"]) % 3) * (row["setting"] in (10000, 1))
    found = findings([], [{"method": "mgah"}], *rows)
    assert found["training"] == (YES, "10000 less 1000: +0.101 [0.100, 0.102], holds")
    assert found["shortcut"][0] == NO and found["shortcut"][1].startswith("0.35 less 1: -0.151 [")
    assert found["latent"] == ("not run", "")
    one = findings([], [{"method": "mgah"}], *swept("training", {1000: 0.2, 10000: 0.3}, splits=1))
    assert one["training"] == (OPEN, "10000 less 1000: +0.100, undecided (one split)")
