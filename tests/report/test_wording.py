"""Cells and notes as text."""

import numpy as np
import pandas as pd
import pytest

from mgah.report.aggregate import summarize
from mgah.report.wording import (
    clean_words,
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
    assert estimate(_cell(make_scores, *seeds), 1, 3) == "0.200 ± 0.248"
    assert estimate(_cell(make_scores, *seeds), 1, 5) == "0.200 ± 0.248 (3 of 5 seeds)"
    assert (
        estimate(_cell(make_scores, {"value": 0.25}), 2, 3) == "0.250 (one run) (1 of 2 splits, 1 of 3 seeds)"
    )
    assert estimate(_cell(make_scores, {"method": "cosine", "bits": None}), 1, 3) == "0.500 (one run)"


def test_words_for_size_and_interval(make_scores):
    splits = [{"split": str(i)} for i in range(10)]
    summary = summarize(make_scores(*splits))
    assert size_words(summary) == "10 splits × 1 seed"
    assert interval_words(summary) == "± is half of the 95 % Student t interval over 10 split means"
    mixed = summarize(make_scores(*splits, {"method": "mgah"}))
    assert interval_words(mixed).endswith("10 split means; one run has no interval")


def _runs(splits: int, seeds: int, method: str) -> list[dict]:
    return [
        {"method": method, "split": str(split), "seed": seed}
        for split in range(splits)
        for seed in range(seeds)
    ]


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        (((3, 2), (3, 2)), "3 splits × 2 seeds"),
        (((3, 2), (3, 1)), "3 splits × 1 to 2 seeds"),
        (((3, 2), (1, 2)), "1 to 3 splits × 2 seeds"),
        (((3, 1), (1, 2)), "3 splits × 1 seed or 1 split × 2 seeds"),
        (((3, 2), (3, 1), (1, 1)), "3 splits × 2 seeds, 3 splits × 1 seed or 1 split × 1 seed"),
    ],
)
def test_the_words_for_a_size_name_no_combination_that_there_is_not(make_scores, sizes, words):
    methods = zip(sizes, ("itq", "ksh", "mgah"), strict=False)
    rows = [row for (splits, seeds), method in methods for row in _runs(splits, seeds, method)]
    assert size_words(summarize(make_scores(*rows))) == words


def test_a_line_without_codes_has_no_seeds_to_lack(make_scores):
    lines = [row | {"bits": None} for row in _runs(3, 1, "cosine")]
    assert size_words(summarize(make_scores(*_runs(3, 2, "itq"), *lines))) == "3 splits × 2 seeds"
    assert size_words(summarize(make_scores(*lines))) == "3 splits × 1 seed"


CIFAR10, DIGITS = (("cifar10", "lite0", "glove"), ("digits", "lite0", "glove"))


def _noted(make_scores, make_notes, *cells: tuple[dict, str]) -> dict[str, set]:
    """What each note concerns, of cells that each have the sentences of a text, joined by "; "."""
    scores = make_scores(*(cell for cell, _ in cells))
    rows = [cell | {"note": note} for cell, text in cells for note in text.split("; ") if note]
    found = run_notes(scores, make_notes(*rows).drop_duplicates())
    assert [note.text for note in found] == sorted({note.text for note in found}), "each once"
    return {note.text: set(note.of) for note in found}


def test_notes_know_what_they_concern(make_scores, make_notes):
    notes = _noted(
        make_scores,
        make_notes,
        ({"dataset": "digits", "method": "itq"}, "frozen features"),
        ({"dataset": "digits", "method": "mgah"}, "frozen features; a reconstruction."),
        ({"dataset": "digits", "method": "mgah", "seed": 1}, "frozen features; a reconstruction."),
        ({"dataset": "cifar10", "method": "itq"}, "frozen features"),
        ({"dataset": "cifar10", "method": "mgah"}, "stand-in vectors"),
    )
    assert notes == {
        "frozen features.": {(CIFAR10, "ITQ"), (DIGITS, "")},
        "stand-in vectors.": {(CIFAR10, "MGAH")},
        "a reconstruction.": {(DIGITS, "MGAH")},
    }


def test_a_note_of_all_methods_with_codes_concerns_the_block(make_scores, make_notes):
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
    assert notes == {
        "no codes.": {(CIFAR10, "COSINE")},
        "two.": {(CIFAR10, "ITQ"), (CIFAR10, "ITQ, L2")},
        "one.": {(CIFAR10, "MGAH"), (DIGITS, "ITQ, L2")},
        "all coded.": {(CIFAR10, "")},
    }


def test_notes_of_methods_that_are_not_shown_stay_out(make_scores, make_notes):
    assert run_notes(make_scores({}), make_notes({"method": "mgah", "note": "a reconstruction"})) == []


def test_what_must_be_known_of_a_dataset_is_told_once(make_scores):
    scores = make_scores({}, *({"dataset": "digits", "backbone": word} for word in ("lite0", "pixels")))
    digits, chosen = sorted((note.text for note in dataset_notes(scores)), reverse=True)
    assert dataset_notes(scores)[0].of == {(("digits", word, "glove"), "") for word in ("lite0", "pixels")}
    assert digits == "digits: 1,797 images of 8 × 8 pixels: a test of the whole flow, not a result."
    assert chosen.startswith("CIFAR-10: MGAH's open defaults") and "cat, horse and truck" in chosen
    assert dataset_notes(make_scores({"dataset": "faces"})) == []


def _parting(make_scores, reference, table: str, *rows: dict) -> list[str]:
    return [note.text for note in paper_notes(make_scores(*rows), reference, table)]


def test_notes_say_where_the_setting_parts_from_the_papers(make_scores, reference):
    rows = [{}, {"dataset": "faces"}, {"dataset": "awa2_mini"}, {"backbone": "googlenet"}]
    mini, googlenet, cifar, own = _parting(make_scores, reference, "table1", *rows)
    assert "`googlenet`" in googlenet and "none is shown" in googlenet
    assert (
        "AlexNet, trained end to end" in cifar and "ours are of the backbone `lite0`. A difference" in cifar
    )
    assert "awa2-mini is a stand-in" in mini and "of Animals with Attributes2, which it is not" in mini
    assert own.startswith("faces") and "no published number" in own


def test_a_dataset_of_the_paper_that_one_of_its_tables_lacks_is_not_called_unknown_to_it(
    make_scores, reference
):
    rows = [{}, {"dataset": "imagenet_mini"}, {"dataset": "faces"}]
    cifar10, faces, mini = _parting(make_scores, reference, "table3", *rows)
    lacks = "this table of the paper does not have this dataset, so there is no published number"
    assert lacks in cifar10 and lacks in mini
    assert "the paper does not use this dataset" in faces


def test_notes_tell_the_papers_own_setting_from_its_backbone_alone(make_scores, reference):
    frozen, whole = "frozen features, hash layers trained", "end to end"
    place = {"backbone": "alexnet"}
    shallow = place | {"method": "itq", "trained": "frozen features"}
    deep = [place | {"method": word, "trained": whole} for word in ("dhn", "mgah")]
    (same,) = _parting(make_scores, reference, "table1", shallow, *deep)
    assert same.endswith("ours are of the same backbone, trained as there.")
    beside = place | {"method": "mgah_frozen", "trained": frozen}
    assert _parting(make_scores, reference, "table1", shallow, *deep, beside) == [same]
    (parted,) = _parting(make_scores, reference, "table1", shallow, deep[0], deep[1] | {"trained": frozen})
    assert (
        "the same backbone, trained as there, but not frozen features, hash layers trained (MGAH):" in parted
    )
    variant = place | {"dataset": "awa2", "method": "mgah_2", "trained": whole}
    (variant,) = _parting(make_scores, reference, "table3", variant)
    assert variant.endswith("trained as there."), "the paper trains its variants end to end as well"


def test_notes_of_another_table_name_its_backbone(make_scores, reference):
    alexnet, googlenet, cifar = _parting(
        make_scores, reference, "table2", {}, {"backbone": "googlenet"}, {"backbone": "alexnet"}
    )
    assert "are of GoogLeNet, and those of the backbone `alexnet` belong to another" in alexnet
    assert "are of GoogLeNet, pre-trained" in googlenet and "are of GoogLeNet, pre-trained" in cifar


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (("clean", "same", "clean"), "in no form (clean): 2 of 3."),
        (("same", "child", "parent"), "in no form (clean): 0 of 3."),
        (("clean", "unknown", ""), "in no form (clean): 1 of 3, not known of 2."),
        (("same", "unknown", "mixed"), "in no form (clean): 0 of 3, not known of 1."),
        (("unknown", "unknown", "unknown"), "which unseen classes the backbone has met is not known."),
        (("", "", ""), "which unseen classes the backbone has met is not known."),
    ],
)
def test_classes_of_which_nothing_is_known_are_not_counted_as_met(make_scores, marks, words):
    rows = [{"class": name, "leak": mark} for name, mark in zip("abc", marks, strict=True)]
    assert clean_words(make_scores({}, *rows)).endswith(words)


def test_stand_ins_in_words(reference):
    assert stand_in_words(["awa2", "cifar10", "digits"], reference) == ""
    assert stand_in_words(["awa2_mini", "imagenet_mini"], reference).count("is a stand-in") == 2
