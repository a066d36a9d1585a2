"""Cells and notes as text."""

import numpy as np
import pandas as pd

from mgah.report.aggregate import summarize
from mgah.report.wording import (
    dataset_notes,
    estimate,
    interval_words,
    paper_notes,
    run_notes,
    size_words,
    stand_in_words,
)


def _cell(make_scores, *rows: dict) -> pd.Series:
    return summarize(make_scores(*rows)).iloc[0]


def test_estimate(make_scores):
    seeds = [{"seed": i, "value": v} for i, v in enumerate((0.1, 0.2, 0.3))]
    assert estimate(_cell(make_scores, *seeds), 1) == "0.200 ± 0.248"
    assert estimate(_cell(make_scores, *seeds), 10) == "0.200 ± 0.248 (1 of 10 splits)"
    assert estimate(_cell(make_scores, {"value": 0.25}), 1) == "0.250 (one run)"
    undefined = _cell(make_scores, {"value": np.nan}, {"seed": 1})
    assert estimate(undefined, 1) == "n/a (undefined in 1 of 2 runs)"
    assert estimate(pd.Series({"runs": np.nan}), 1) == "n/a (not run)"


def test_words_for_size_and_interval(make_scores):
    splits = [{"split": str(i)} for i in range(10)]
    summary = summarize(make_scores(*splits))
    assert size_words(summary) == "10 splits × 1 seed"
    assert interval_words(summary) == "± is half of the 95 % Student t interval over 10 split means"
    mixed = summarize(make_scores(*splits, {"method": "mgah"}))
    assert interval_words(mixed).endswith("10 split means; one run has no interval")


def _noted(make_scores, make_notes, *cells: tuple[dict, str]) -> list[str]:
    """Notes in words of cells that each have the sentences of a text, joined by "; "."""
    scores = make_scores(*(cell for cell, _ in cells))
    rows = [cell | {"note": note} for cell, text in cells for note in text.split("; ") if note]
    return run_notes(scores, make_notes(*rows).drop_duplicates())


def test_notes_name_their_scope_once(make_scores, make_notes):
    notes = _noted(
        make_scores,
        make_notes,
        ({"dataset": "digits", "method": "itq"}, "frozen features"),
        ({"dataset": "digits", "method": "mgah"}, "frozen features; a reconstruction."),
        ({"dataset": "digits", "method": "mgah", "seed": 1}, "frozen features; a reconstruction."),
        ({"dataset": "cifar10", "method": "itq"}, "frozen features"),
        ({"dataset": "cifar10", "method": "mgah"}, "stand-in vectors"),
    )
    assert notes == [
        "ITQ (CIFAR-10 · lite0 · glove); all methods (digits · lite0 · glove): frozen features.",
        "MGAH (CIFAR-10 · lite0 · glove): stand-in vectors.",
        "MGAH (digits · lite0 · glove): a reconstruction.",
    ]


def test_notes_join_labels_that_hold_commas_and_name_the_methods_with_codes(make_scores, make_notes):
    variant = {"method": "itq_l2", "label": "ITQ, L2"}
    notes = _noted(
        make_scores,
        make_notes,
        ({}, "all coded; two"),
        (variant, "all coded; two"),
        ({"method": "mgah"}, "all coded; one"),
        ({"method": "cosine", "bits": None}, "no codes"),
        (variant | {"dataset": "digits"}, "one"),
        ({"dataset": "digits", "method": "cosine", "bits": None}, ""),
    )
    assert notes == [
        "COSINE (CIFAR-10 · lite0 · glove): no codes.",
        "ITQ / ITQ, L2 (CIFAR-10 · lite0 · glove): two.",
        "MGAH (CIFAR-10 · lite0 · glove); ITQ, L2 (digits · lite0 · glove): one.",
        "all methods with codes (CIFAR-10 · lite0 · glove): all coded.",
    ]


def test_notes_of_methods_that_are_not_shown_stay_out(make_scores, make_notes):
    assert run_notes(make_scores({}), make_notes({"method": "mgah", "note": "a reconstruction"})) == []


def test_what_must_be_known_of_a_dataset_is_told_once(make_scores):
    scores = make_scores({}, *({"dataset": "digits", "backbone": word} for word in ("lite0", "pixels")))
    digits, chosen = sorted(dataset_notes(scores), reverse=True)
    assert digits == "digits: 1,797 images of 8 × 8 pixels: a test of the whole flow, not a result."
    assert chosen.startswith("CIFAR-10: MGAH's open defaults") and "cat, horse and truck" in chosen
    assert dataset_notes(make_scores({"dataset": "faces"})) == []


def test_notes_say_where_the_setting_parts_from_the_papers(make_scores, reference):
    scores = make_scores(
        {}, {"dataset": "faces"}, {"dataset": "awa2_mini"}, {"backbone": "googlenet"}, {"backbone": "alexnet"}
    )
    mini, alexnet, googlenet, cifar, own = paper_notes(scores, reference, "table1")
    assert "`googlenet`" in googlenet and "none is shown" in googlenet
    assert "AlexNet, trained end to end" in cifar and "`lite0`" in cifar
    assert "AlexNet, trained end to end" in alexnet and "`alexnet`" in alexnet
    assert "awa2-mini is a stand-in" in mini and "of Animals with Attributes2, which it is not" in mini
    assert own.startswith("faces") and "no published number" in own


def test_notes_of_another_table_name_its_backbone(make_scores, reference):
    scores = make_scores({}, {"backbone": "googlenet"}, {"backbone": "alexnet"})
    alexnet, googlenet, cifar = paper_notes(scores, reference, "table2")
    assert "are of GoogLeNet, and those of the backbone `alexnet` belong to another" in alexnet
    assert "are of GoogLeNet, pre-trained" in googlenet and "are of GoogLeNet, pre-trained" in cifar


def test_stand_ins_in_words(reference):
    assert stand_in_words(["awa2", "cifar10", "digits"], reference) == ""
    assert stand_in_words(["awa2_mini", "imagenet_mini"], reference).count("is a stand-in") == 2
