"""Claims where some methods were run at some code lengths only: what is judged, and what is named."""

import pytest

from mgah.report.paper.line_up import BASELINES, PAPER_BITS

pytestmark = pytest.mark.slow

YES, NO, OPEN = "holds", "fails", "undecided"
HIGH = dict.fromkeys(PAPER_BITS, 0.4)


def only_at(rows: list[dict], lengths: dict[str, tuple[int, ...]]) -> list[dict]:
    """``rows`` without those of the methods in ``lengths`` at other code lengths."""
    return [row for row in rows if row["bits"] in lengths.get(row["method"], PAPER_BITS)]


def at_32_but(*words: str) -> dict[str, tuple[int, ...]]:
    """All baselines at 32 bits, except ``words``, at all lengths."""
    return {word: (32,) for word in BASELINES if word not in words}


OTHERS = "ITQ, IMH, SDH, DHN, DNNH, TSK, SITNET"


def test_most_cases_do_not_hold_by_the_one_rival_that_was_run_there(judge, line_up):
    """MGAH is above KSH everywhere and below ITQ at all lengths, at which but for 32 bits ITQ was not run."""
    rows = line_up(HIGH, "P@H<=2", itq=dict.fromkeys(PAPER_BITS, 0.5))
    assert judge(rows)["precision"][0] == NO
    verdict, numbers = judge(only_at(rows, at_32_but("ksh")))["precision"]
    assert verdict == OPEN and "32 bits: -0.1" in numbers
    assert numbers.endswith(f"(over 10 splits); not run at 8, 16 and 48 bits: {OTHERS}")


def test_a_length_without_any_rival_is_still_one_of_the_cases(judge, line_up):
    rows = line_up(HIGH, "P@H<=2", itq=HIGH | {8: 0.5, 32: 0.5})
    alone = only_at(rows, dict.fromkeys(BASELINES, (32,)))
    verdict, numbers = judge(alone)["precision"]
    assert verdict == OPEN and numbers.count("bits: ") == 2  # one of four fails: three may hold
    verdict, numbers = judge(only_at(rows, dict.fromkeys(BASELINES, (8, 32))))["precision"]
    assert verdict == NO and "; not run at 16 and 48 bits: ITQ, IMH" in numbers


def test_a_rise_of_all_methods_needs_all_of_them_at_each_length(judge, line_up):
    rising = {8: 0.2, 16: 0.3, 32: 0.4, 48: 0.5}
    rows = line_up(rising, "P@H<=2", **dict.fromkeys(BASELINES, rising))
    assert judge(rows)["precision_rises"][0] == YES
    verdict, numbers = judge(only_at(rows, at_32_but("ksh")))["precision_rises"]
    assert verdict == OPEN and numbers.endswith(f"; not run at 8 and 16 bits: {OTHERS}")
    verdict, numbers = judge(only_at(rows, {"tsk": (8, 32, 48)}))["precision_rises"]
    assert verdict == OPEN and numbers.endswith("; not run at 16 bits: TSK")
    falls = only_at(line_up(rising, "P@H<=2", **dict.fromkeys(BASELINES, rising)), at_32_but("ksh"))
    assert judge(falls)["precision_falls"][0] == NO  # by what was run


def test_means_name_the_lengths_that_they_are_over(judge, line_up):
    rows = only_at(line_up(HIGH), at_32_but("ksh") | {"dnnh": (8, 16, 48)})
    verdict, numbers = judge(rows)["state_of_the_art"]
    assert verdict == OPEN
    at_32, at_all, at_others = numbers.split("(over")[0].split("; ")
    assert at_32.startswith("32 bits: +0.1") and at_all.startswith("8 to 48 bits, mean: +0.1")
    assert (
        "to KSH" in at_all and at_others.startswith("8, 16 and 48 bits, mean: +0.1") and "DNNH" in at_others
    )
    named = "; not run at 8, 16 and 48 bits: ITQ, IMH, SDH, DHN, TSK, SITNET"
    assert numbers.endswith(f"{named}; not run at 32 bits: DNNH")
    worse = only_at(line_up(HIGH, itq=dict.fromkeys(PAPER_BITS, 0.5)), at_32_but("ksh"))
    verdict, numbers = judge(worse)["state_of_the_art"]
    assert verdict == NO and numbers.startswith("32 bits: -0.1")


def test_the_length_of_the_others_is_the_one_that_is_needed(judge, line_up):
    rows = line_up(HIGH, "P@H<=2")
    assert judge(only_at(rows, dict.fromkeys(BASELINES, (32,))))["half_the_bits"][0] == YES
    verdict, numbers = judge(only_at(rows, {"itq": (8, 16, 48)}))["half_the_bits"]
    assert verdict == OPEN and numbers.endswith("; not run at 32 bits: ITQ")


def test_drops_and_competitors_are_judged_at_the_lengths_of_both_sides(judge, line_up, runs):
    rows = line_up(HIGH, imh=dict.fromkeys(PAPER_BITS, 0.4))
    rows += [row for word in ("ksh", "dhn") for row in runs(word, dict.fromkeys(PAPER_BITS, 0.8), "seen_mAP")]
    found = judge(only_at(rows, at_32_but("dhn")))
    verdict, numbers = found["supervised_drop"]
    assert verdict == YES and numbers.startswith("KSH, 32 bits: +0.5") and "; DHN: +0.5" in numbers
    verdict, numbers = found["unsupervised"]
    assert verdict == YES and "IMH less KSH, 32 bits: +0.1" in numbers and "IMH less DHN, 32 bits" in numbers


def test_variants_at_some_lengths(judge, runs):
    rows = runs("mgah", HIGH)
    for word in ("mgah_1", "mgah_2", "mgah_3", "mgah_beta4", "mgah_beta5"):
        rows += runs(word, dict.fromkeys(PAPER_BITS, 0.35 if word == "mgah_beta4" else 0.3))
    whole = judge([{"method": "mgah"}], rows)
    assert [whole[word][0] for word in ("joint_graph", "margin_peak")] == [YES, YES]
    found = judge([{"method": "mgah"}], only_at(rows, {"mgah_3": (32,), "mgah_beta5": (8, 16)}))
    verdict, numbers = found["joint_graph"]
    assert verdict == OPEN and "; 32 bits: +0.1" in numbers
    assert numbers.endswith("to MGAH-3, holds (over 10 splits); not run at 8, 16 and 48 bits: MGAH-3")
    verdict, numbers = found["margin_peak"]
    assert verdict == OPEN and "MGAH, β = 4 to MGAH, β = 5, 8 to 16 bits, mean: +0.0" in numbers
    assert numbers.endswith("; not run at 32 and 48 bits: MGAH, β = 5")


def test_an_entry_with_chosen_weights_is_named_by_itself(judge, line_up, runs):
    rows = line_up(HIGH) + runs("sitnet_chosen", {32: 0.3})
    verdict, numbers = judge(rows)["state_of_the_art"]
    assert verdict == OPEN and numbers.endswith("; not run at 8, 16 and 48 bits: SITNET_CHOSEN")
