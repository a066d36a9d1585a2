"""The paper's sentences on made tables whose verdicts are known, and on the paper's own numbers."""

import numpy as np
import pytest

from mgah.report.paper.claims.sentences import CLAIMS
from mgah.report.paper.line_up import BASELINES, PAPER_BITS

pytestmark = pytest.mark.slow

YES, NO, OPEN, NONE = "holds", "fails", "undecided", ("not run", "")
LEVEL = dict.fromkeys(PAPER_BITS, 0.3)


def test_the_claims_are_named_once_and_placed():
    assert len({claim.word for claim in CLAIMS}) == len({claim.text for claim in CLAIMS}) == len(CLAIMS)
    assert all("Table" in claim.place or "Figure" in claim.place for claim in CLAIMS)
    assert [claim.word for claim in CLAIMS if not claim.of_paper] == ["order"]


def test_outperforming_is_judged_on_the_mean_over_the_lengths(judge, line_up):
    """DHN is above at 8 bits alone, and is named with the smallest difference of the means."""
    dhn = LEVEL | {8: 0.45}
    found = judge(line_up(dict.fromkeys(PAPER_BITS, 0.4), dhn=dhn))["state_of_the_art"]
    assert (
        found[0] == YES and found[1].startswith("8 to 48 bits, mean: +0.06") and "to DHN, holds" in found[1]
    )
    assert judge(line_up(LEVEL | {8: 0.31}, sdh=LEVEL | {48: 0.5}))["state_of_the_art"][0] == NO
    assert judge(line_up(LEVEL))["state_of_the_art"][0] == OPEN


def test_baselines_that_were_not_run_are_named_and_nothing_holds_without_them(judge, line_up):
    rows = [row for row in line_up(dict.fromkeys(PAPER_BITS, 0.4)) if row["method"] not in ("itq", "tsk")]
    verdict, numbers = judge(rows)["state_of_the_art"]
    assert verdict == OPEN and numbers.endswith("; not run: ITQ, TSK")
    alone = judge([row for row in rows if row["method"] == "mgah"])
    assert alone["state_of_the_art"] == alone["half_the_bits"] == NONE


def test_own_methods_and_variants_are_no_baselines(judge, line_up, runs):
    rows = line_up(dict.fromkeys(PAPER_BITS, 0.4))
    for word in ("mine", "itq_l2", "random_codes", "doph"):
        rows += runs(word, dict.fromkeys(PAPER_BITS, 0.9))
    assert judge(rows)["state_of_the_art"][0] == YES


def test_a_reconstruction_is_judged_with_its_chosen_weights_too(judge, line_up, runs):
    rows = line_up(dict.fromkeys(PAPER_BITS, 0.4)) + line_up(dict.fromkeys(PAPER_BITS, 0.4), "P@H<=2")
    rows += [row for metric in ("mAP", "P@H<=2") for row in runs("doph", LEVEL, metric)]
    found = judge(rows)["above_doph"]
    assert found[0] == YES and "mAP, 8 bits: +0.1" in found[1] and "P@H≤2, 48 bits: +0.1" in found[1]
    for metric in ("mAP", "P@H<=2"):
        rows += runs("doph_chosen", dict.fromkeys(PAPER_BITS, 0.5), metric)
    assert judge(rows)["above_doph"][0] == NO
    for metric in ("mAP", "P@H<=2"):
        rows += runs("sitnet_chosen", dict.fromkeys(PAPER_BITS, 0.5), metric)
    assert judge(rows)["state_of_the_art"][0] == NO


def test_most_cases_of_table_2_are_of_both_metrics(judge, runs):
    high = dict.fromkeys(PAPER_BITS, 0.4)
    rows = (
        runs("mgah", high)
        + runs("doph", LEVEL)
        + runs("mgah", LEVEL, "P@H<=2")
        + runs("doph", LEVEL, "P@H<=2")
    )
    assert judge(rows)["above_doph"][0] == OPEN
    rows = [
        row | {"value": row["value"] + 0.1}
        if row["metric"] == "P@H<=2" and row["bits"] == 8 and row["method"] == "mgah"
        else row
        for row in rows
    ]
    assert judge(rows)["above_doph"][0] == YES


def test_a_baseline_counts_as_the_paper_trains_it(judge, line_up, runs):
    """DHN stands there frozen and far below, and end to end and far above; ITQ is judged as it is."""
    rows = line_up(dict.fromkeys(PAPER_BITS, 0.4)) + runs("dhn_whole", dict.fromkeys(PAPER_BITS, 0.6))
    told = dict.fromkeys(("mgah", "dhn_whole"), "end to end") | {
        "dhn": "frozen features, hash layers trained"
    }
    verdict, numbers = judge(rows, trained=told)["state_of_the_art"]
    assert verdict == NO and "to DHN_WHOLE, end to end" in numbers
    assert judge(rows)["state_of_the_art"][0] == YES  # otherwise it is a variant like any other
    frozen = judge([row for row in rows if row["method"] != "dhn_whole"], trained=told)["state_of_the_art"]
    assert frozen[0] == YES


def test_the_reference_of_the_comparisons_is_the_entry_that_is_judged(judge, line_up, runs):
    rows = line_up(LEVEL) + runs("mgah_whole", dict.fromkeys(PAPER_BITS, 0.4))
    assert judge(rows)["state_of_the_art"][0] == OPEN
    compared = [{"reference": "mgah_whole", "method": "itq", "bits": 32}]
    assert judge(rows, comparisons=compared)["state_of_the_art"][0] == YES
    other = [{"reference": "itq", "method": "mgah", "bits": 32}]
    assert judge(rows, comparisons=other)["state_of_the_art"][0] == OPEN


def test_precision_by_code_length(judge, line_up):
    """All methods rise to 32 bits and fall behind; MGAH leads by 0.1, and at 16 bits stands above the others at 32."""
    theirs = {8: 0.2, 16: 0.3, 32: 0.34, 48: 0.25}
    ours = {bits: value + 0.1 for bits, value in theirs.items()}
    others = dict.fromkeys(BASELINES, theirs)
    words = ("precision", "half_the_bits", "precision_rises", "precision_falls")
    found = judge(line_up(ours, "P@H<=2", **others))
    assert [found[word][0] for word in words] == [YES, YES, YES, YES]
    assert found["half_the_bits"][1].startswith("16 bits less 32 of others: +0.0")
    assert found["precision_falls"][1].startswith("32 less 48 bits: +0.0")
    found = judge(line_up(ours, "P@H<=2", **others | {"tsk": theirs | {16: 0.5, 48: 0.6}}))
    assert [found[word][0] for word in words] == [NO, YES, NO, NO]
    assert "of TSK, fails" in found["precision_rises"][1] and "of TSK, fails" in found["precision_falls"][1]


def test_a_reference_of_ones_own_stands_for_mgah_where_plain_mgah_was_not_run(judge, line_up):
    """Also where all methods rise or fall: no other entry of MGAH is lacking."""
    values = {8: 0.2, 16: 0.3, 32: 0.4, 48: 0.3}
    rows = line_up(values, "P@H<=2", **dict.fromkeys(BASELINES, values))
    rows = [row | {"method": "mgah_tuned"} if row["method"] == "mgah" else row for row in rows]
    compared = [{"reference": "mgah_tuned", "method": "itq", "bits": 32}]
    found = judge(rows, comparisons=compared)
    for word in ("precision_rises", "precision_falls"):
        verdict, numbers = found[word]
        assert verdict == YES and "not run" not in numbers
    at_32 = [{"method": "mgah", "metric": "P@H<=2", "bits": 32, "split": str(split)} for split in range(10)]
    assert judge(rows + at_32, comparisons=compared)["precision_rises"][0] == YES
    assert all("MGAH" not in numbers.partition("not run")[2] for _, numbers in found.values())
    without = [row for row in rows if row["method"] != "tsk"]
    verdict, numbers = judge(without, comparisons=compared)["precision_rises"]
    assert verdict == OPEN and numbers.endswith("; not run: TSK")


def test_supervised_methods_drop_and_imh_competes(judge, line_up, runs):
    rows = line_up(LEVEL, ksh=dict.fromkeys(PAPER_BITS, 0.2))
    for word in ("ksh", "dhn"):
        rows += runs(word, dict.fromkeys(PAPER_BITS, 0.8), "seen_mAP")
    found = judge(rows)
    assert found["supervised_drop"][0] == found["unsupervised"][0] == YES
    assert (
        found["supervised_drop"][1].count("holds") == 2 and "IMH less KSH: +0.1" in found["unsupervised"][1]
    )
    found = judge(line_up(LEVEL, imh=dict.fromkeys(PAPER_BITS, 0.1)))
    assert found["unsupervised"][0] == NO and found["supervised_drop"] == NONE


def test_several_settings_of_one_method_are_one_of_several_methods(judge, line_up, runs):
    """DHN drops with both of its settings, KSH does not: one method of two."""
    high = dict.fromkeys(PAPER_BITS, 0.8)
    rows = line_up(LEVEL) + runs("ksh", LEVEL, "seen_mAP") + runs("dhn", high, "seen_mAP")
    verdict, numbers = judge(rows)["supervised_drop"]
    assert verdict == OPEN and "DHN: +0.500 [0.499, 0.501], holds" in numbers
    both = rows + runs("dhn_chosen", LEVEL | {8: 0.2}) + runs("dhn_chosen", high, "seen_mAP")
    verdict, numbers = judge(both)["supervised_drop"]
    assert verdict == OPEN and numbers.count("holds") == 1
    assert "DHN: +0.500 [0.499, 0.501] at the least, of DHN, holds" in numbers, "the lower of both is shown"
    assert judge(both + runs("sdh", high, "seen_mAP"))["supervised_drop"][0] == YES
    risen = rows + runs("dhn_chosen", {8: 0.9}) + runs("dhn_chosen", {8: 0.8}, "seen_mAP")
    verdict, numbers = judge(risen)["supervised_drop"]
    assert verdict == NO and "DHN: -0.099" in numbers and "of DHN_CHOSEN, 8 bits, fails" in numbers


def test_a_rival_is_beaten_with_all_of_its_settings(judge, line_up, runs):
    """IMH is above DHN as it is, and below it with chosen settings; all others are above IMH."""
    above = dict.fromkeys(PAPER_BITS, 0.4)
    others = dict.fromkeys(("ksh", "sdh", "dnnh", "tsk", "sitnet"), above)
    rows = line_up(LEVEL, dhn=dict.fromkeys(PAPER_BITS, 0.2), **others)
    verdict, numbers = judge(rows)["unsupervised"]
    assert verdict == YES and "IMH less DHN: +0.101" in numbers
    verdict, numbers = judge(rows + runs("dhn_chosen", above))["unsupervised"]
    assert verdict == NO and "IMH less DHN: -0.099" in numbers
    assert "of IMH less DHN_CHOSEN, fails" in numbers


def test_the_order_fails_by_a_test_and_not_by_its_sign(judge, reference):
    paper = reference[(reference["table"] == "table1") & (reference["dataset"] == "cifar10")]
    paper = paper[paper["bits"] == 8].sort_values("value")

    def order(values):
        return judge([{"method": word, "value": v} for word, v in zip(paper["method"], values, strict=True)])[
            "order"
        ]

    verdict, numbers = order(paper["value"])
    assert verdict == YES and numbers.startswith("8 bits: tau-b 1.00, 9 methods, p 0.000, holds")
    assert order(1 - paper["value"])[0] == NO
    # 15 of 36 pairs as in the paper: tau -0.17, p 0.61
    verdict, numbers = order([0.5, 0.4, 0.9, 0.3, 0.8, 0.1, 0.6, 0.7, 0.2])
    assert verdict == OPEN and "tau-b -0." in numbers


def test_components_and_margins(judge, runs):
    rows = runs("mgah", dict.fromkeys(PAPER_BITS, 0.4))
    for number in range(1, 6):
        rows += runs(f"mgah_{number}", dict.fromkeys(PAPER_BITS, 0.4 - 0.03 * number))
    for beta, value in {2: 0.3, 3: 0.32, 4: 0.39, 5: 0.45}.items():
        rows += runs(f"mgah_beta{beta}", dict.fromkeys(PAPER_BITS, value))
    found = judge([{"method": "mgah"}], rows)
    words = ("em_softmax", "joint_graph", "graph_layer", "shortcut", "growing_margin", "margin_peak")
    assert [found[word][0] for word in words] == [YES, YES, YES, YES, NO, NO]
    assert found["em_softmax"][1].endswith("to MGAH-1, holds (over 10 splits); the paper's mean is +0.0334")
    assert "to MGAH, β = 5, fails" in found["growing_margin"][1]
    assert "MGAH, β = 4 to MGAH, β = 1: +0.02" in found["margin_peak"][1]
    without = [row for row in rows if row["method"] not in ("mgah_3", "mgah_beta5")]
    found = judge([{"method": "mgah"}], without)
    assert found["joint_graph"][0] == OPEN and found["joint_graph"][1].endswith("; not run: MGAH-3")
    assert found["margin_peak"] == NONE
    found = judge([{"method": "mgah"}])
    assert {found[word] for word in words} == {NONE}


def test_studies_of_another_entry_are_judged_and_said(judge, runs):
    """The run compares plain MGAH, and takes apart, sweeps and shows the training of the one on frozen features."""
    frozen = {"method": "mgah_frozen", "label": "MGAH, frozen"}
    rows = runs("mgah_frozen", dict.fromkeys(PAPER_BITS, 0.4), label="MGAH, frozen")
    rows += runs("mgah_1", dict.fromkeys(PAPER_BITS, 0.3)) + runs(
        "mgah_beta4", dict.fromkeys(PAPER_BITS, 0.35)
    )
    rows += runs("mgah_beta5", dict.fromkeys(PAPER_BITS, 0.2))
    sweep = [row | frozen for row in swept("latent", {32: 0.2, 512: 0.3})]
    course = [frozen | {"epoch": i, "loss": 7.0 - i, "beta": float(i)} for i in range(1, 7)]
    found = judge([{"method": "mgah"}], rows, sweep, course)
    for word in ("em_softmax", "margin_peak", "latent", "loss"):
        assert found[word][0] == YES and found[word][1].endswith("; of MGAH, frozen"), word
    both = judge([{"method": "mgah"}], rows + runs("mgah", {32: 0.1}), sweep, course)
    assert both["em_softmax"][0] == NO and both["em_softmax"][1].endswith("; the paper's mean is +0.0334")


def swept(parameter: str, values: dict[float, float], **more) -> list[dict]:
    """Runs of a sweep on ten splits, with a little noise."""
    drawn = np.random.default_rng(0)
    return [
        {"parameter": parameter, "setting": setting, "split": str(split), **more}
        | {"value": value + 0.01 * split + 0.0005 * float(drawn.standard_normal())}
        for setting, value in values.items()
        for split in range(10)
    ]


@pytest.mark.parametrize(
    ("word", "parameter", "values", "verdict"),
    [
        ("latent", "latent", {32: 0.2, 128: 0.5, 512: 0.3}, YES),
        ("latent", "latent", {32: 0.3, 512: 0.2}, NO),
        ("latent", "latent", {512: 0.2, 1024: 0.3}, "not run"),
        ("latent", "latent", {32: 0.2, 256: 0.3}, "not run"),
        ("alpha", "alpha", {0: 0.3, 0.1: 0.301, 0.3: 0.3, 1: 0.1}, YES),
        ("alpha", "alpha", {0: 0.3, 0.1: 0.35, 0.3: 0.3}, NO),
        ("alpha", "alpha", {0: 0.3, 0.25: 0.3}, "not run"),
        ("lambda", "lambda_", {0: 0.1, 0.4: 0.3, 1: 0.2}, YES),
        ("lambda", "lambda_", {0: 0.1, 0.4: 0.2, 1: 0.3}, NO),
        ("lambda", "lambda_", {0: 0.3, 0.9: 0.2, 1: 0.1}, "not run"),
        ("lambda", "lambda_", {0.4: 0.3, 1: 0.2}, "not run"),
        ("training", "training", {1000: 0.2, 4000: 0.1, 10000: 0.3}, YES),
        ("training", "training", {2000: 0.2, 10000: 0.3}, "not run"),
    ],
)
def test_claims_on_sweeps_are_of_the_papers_own_values(judge, word, parameter, values, verdict):
    assert judge([{"method": "mgah"}], sweeps=swept(parameter, values))[word][0] == verdict


def test_five_bits_are_set_beside_chance(judge):
    rows = swept("bits", {5: 0.2}, bits=5) + swept("bits", {5: 0.1}, bits=5, metric="chance_mAP")
    verdict, numbers = judge([{"method": "mgah"}], sweeps=rows)["short_codes"]
    assert verdict == YES and numbers.startswith("5 bits: +0.100")
    assert judge([{"method": "mgah"}], sweeps=swept("bits", {4: 0.2}, bits=4))["short_codes"] == NONE


def test_of_a_run_that_several_sweeps_share_one_counts(judge):
    """Seed 1 is 0.2 above seed 0 at both ends; the second sweep has seed 0 of the larger one again."""
    first = swept("training", {1000: 0.2, 10000: 0.3}) + swept("training", {1000: 0.4, 10000: 0.5}, seed=1)
    again = [row | {"sweep": "another"} for row in first if row["setting"] == 10000 and "seed" not in row]
    alone, both = (judge([{"method": "mgah"}], sweeps=rows)["training"] for rows in (first, [*first, *again]))
    assert both == alone and both[1].startswith("10000 less 1000: +0.100")
    short = swept("bits", {5: 0.2}, bits=5) + swept("bits", {5: 0.4}, bits=5, seed=1)
    short += [row | {"metric": "chance_mAP", "value": 0.1} for row in short]
    more = [row | {"sweep": "another"} for row in short if "seed" not in row]
    alone, both = (
        judge([{"method": "mgah"}], sweeps=rows)["short_codes"] for rows in (short, [*short, *more])
    )
    assert both == alone


def test_the_loss_and_the_margin(judge):
    def course(*losses: float) -> list[dict]:
        return [{"epoch": i, "loss": loss, "beta": float(i)} for i, loss in enumerate(losses, 1)]

    mgah = [{"method": "mgah"}]
    assert judge(mgah, history=course(6, 5, 4, 3, 2, 1))["loss"] == (
        YES,
        "32 bits: loss 6.000 at β = 1, 1.000 at β = 6; tau-b -1.00, p 0.003, 6 epochs",
    )
    assert judge(mgah, history=course(1, 2, 3, 4, 5, 6))["loss"][0] == NO
    assert judge(mgah, history=course(3, 1, 2))["loss"][0] == OPEN
    fixed = [row | {"beta": 1.0} for row in course(3, 2, 1)]
    assert judge(mgah, history=fixed)["loss"] == NONE


def test_trainings_of_other_epochs_and_margins_are_judged_apart(judge):
    """A mean by epoch over all of them would have a margin that falls where the short trainings end."""

    def course(split: str, epochs: int) -> list[dict]:
        steps = [i / (epochs - 1) for i in range(epochs)]
        return [
            {"split": split, "epoch": i, "loss": 6 - 5 * step, "beta": 1 + 4 * step}
            for i, step in enumerate(steps, 1)
        ]

    mgah = [{"method": "mgah"}]
    history = [row for split, epochs in (("a", 6), ("b", 12), ("c", 6)) for row in course(split, epochs)]
    assert judge(mgah, history=history)["loss"] == (
        YES,
        "32 bits: loss 6.000 at β = 1, 1.000 at β = 5; tau-b -1.00, p 0.003, 6 epochs in 2 runs; "
        "loss 6.000 at β = 1, 1.000 at β = 5; tau-b -1.00, p 0.000, 12 epochs in 1 run",
    )
    rising = [row | {"split": "d", "loss": row["beta"]} for row in course("d", 12)]
    assert judge(mgah, history=[*course("a", 6), *rising])["loss"][0] == NO
    fixed = [row | {"split": "d", "beta": 1.0} for row in course("d", 6)]
    alone, both = (judge(mgah, history=rows)["loss"] for rows in (course("a", 6), [*course("a", 6), *fixed]))
    assert both == (YES, f"{alone[1]} in 1 run"), "a margin that does not grow says nothing"


def test_the_graphs_of_a_batch(judge, graphs):
    mgah = [{"method": "mgah", "dataset": "awa2_mini", "semantics": "attributes"}]
    found = judge(mgah, graphs=graphs)
    assert found["asymmetric"] == (YES, "largest |S - Sᵀ| 0.2500, of S_f 0.0000 (one batch, no test)")
    # the one entry of S beside the diagonal makes one of the 12 steps smaller by 0.25: 7.75 / 12, not 8 / 12
    assert found["smooth"][0] == YES and "0.6458, in S_a 0.6667" in found["smooth"][1]
    same = graphs.assign(value=graphs["value"].where(graphs["row"] >= graphs["column"], 0.0))
    found = judge(mgah, graphs=same)
    assert found["asymmetric"][0] == NO and found["smooth"][0] == NO


def test_the_papers_own_numbers(reference):
    """Its sentences and its tables, where the two can be set beside each other."""
    table = reference.set_index(["table", "metric", "dataset", "method", "bits"])["value"]
    gain = [
        table["table3", "mAP", "awa2", "mgah", b] - table["table3", "mAP", "awa2", "mgah_1", b]
        for b in PAPER_BITS
    ]
    assert np.mean(gain) == pytest.approx(0.0334, abs=1e-4)
    margins = {
        beta: np.mean([table["table3", "mAP", "awa2", f"mgah_beta{beta}", bits] for bits in PAPER_BITS])
        for beta in range(1, 6)
    }
    assert max(margins, key=margins.get) == 4
    for dataset in ("awa2", "cifar10", "imagenet"):
        means = {
            w: np.mean([table["table1", "mAP", dataset, w, b] for b in PAPER_BITS])
            for w in (*BASELINES, "mgah")
        }
        expected = "sitnet" if dataset == "imagenet" else "mgah"
        assert max(means, key=means.get) == expected
