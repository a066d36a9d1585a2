"""The order of methods: ranked are means over the same splits and seeds."""

import pytest

from mgah.report.paper.claims.others import means_on_common_runs

pytestmark = pytest.mark.slow

#: Level of each of ten splits, far more than what methods differ by.
LEVELS = [0.05 * place for place in range(10)]


@pytest.fixture
def in_order(reference) -> list[str]:
    """The paper's methods by their mAP on CIFAR-10 at 8 bits, ascending."""
    paper = reference[(reference["table"] == "table1") & (reference["dataset"] == "cifar10")]
    return paper[paper["bits"] == 8].sort_values("value")["method"].tolist()


def ranked(methods: list[str], seeds: tuple[int, ...] = (0,), bits: int = 8) -> list[dict]:
    """Rows of ``methods``, each 0.01 above the one before; a later seed is 0.3 higher for all."""
    return [
        {"method": word, "bits": bits, "split": str(split), "seed": seed}
        | {"value": 0.01 * place + level + 0.3 * seed}
        for place, word in enumerate(methods)
        for split, level in enumerate(LEVELS)
        for seed in seeds
    ]


def test_methods_on_some_of_the_splits_are_left_out_and_named(judge, in_order):
    """The three lowest have one split alone, the one on which all are highest."""
    rows = ranked(in_order)
    assert judge(rows)["order"] == ("holds", "8 bits: tau-b 1.00, 9 methods, p 0.000, holds")
    few = set(in_order[:3])
    assert few == {"imh", "ksh", "sdh"}
    found = judge([row for row in rows if row["method"] not in few or row["split"] == "9"])["order"]
    numbers = "8 bits: tau-b 1.00, 6 methods, p 0.003, holds; not on the same splits and seeds at 8 bits: IMH, KSH, SDH"
    assert found == ("undecided", numbers)
    turned = judge([row for row in ranked(in_order[::-1]) if row["method"] not in few or row["split"] == "9"])
    assert turned["order"][0] == "fails"


def test_an_order_is_that_of_the_seeds_that_all_have(judge, in_order):
    """The lowest of the methods has a second seed, with which it would lead."""
    rows = ranked(in_order[1:]) + ranked(in_order[:1], seeds=(0, 1))
    rows = [row | {"value": 0.01 * in_order.index(row["method"]) + 0.3 * row["seed"]} for row in rows]
    assert judge(rows)["order"] == ("holds", "8 bits: tau-b 1.00, 9 methods, p 0.000, holds")


def test_a_method_missing_at_one_length_is_named_with_it(judge, in_order):
    at_16 = [row for row in ranked(in_order, bits=16) if row["method"] != "tsk"]
    verdict, numbers = judge(ranked(in_order) + at_16)["order"]
    assert (
        numbers.endswith("; not on the same splits and seeds at 16 bits: TSK")
        and "8 bits: tau-b 1.00, 9 methods" in numbers
    )
    assert "16 bits: tau-b" in numbers and ", 8 methods, " in numbers and verdict != "holds"


def test_what_lies_beside_the_splits_of_the_first_does_not_count(make_scores):
    rows = [
        {"method": word, "split": split, "seed": seed, "value": value}
        for word, runs in {
            "mgah": {("0", 0): 0.25, ("0", 1): 0.75, ("1", 0): 0.25},
            "itq": {("0", 1): 0.5, ("1", 0): 0.5, ("2", 0): 0.0},
            "imh": {("0", 0): 0.5, ("1", 0): 0.5},
        }.items()
        for (split, seed), value in runs.items()
    ]
    scores = make_scores(*rows)
    assert means_on_common_runs(scores, "mgah", ["itq", "imh", "ksh"]) == {"mgah": 0.5, "itq": 0.5}
    assert means_on_common_runs(scores, "mgah", ["imh", "itq"]) == {"mgah": 0.25, "imh": 0.5}
    assert means_on_common_runs(scores, "sdh", ["itq", "imh"]) == {}
