"""The table of contrasts: means over splits, intervals and tests by hand, and what is said of them."""

import numpy as np
import pytest

from mgah.report.contrasts import held_out, over_splits, parts_of, whole
from mgah.report.footnotes import numbered
from mgah.report.outputs.tables.contrasts import build

FROZEN = {"method": "mgah_frozen", "label": "MGAH, frozen", "trained": "frozen features, hash layers trained"}
BEST_OF = {"against": '["itq", "itq_l2"]', "against_labels": '["ITQ", "ITQ, L2"]'}


def on_splits(values, **cell):
    """A row a split, a, b, ..."""
    return [cell | {"split": "abcdefghij"[place], "value": value} for place, value in enumerate(values)]


def test_means_intervals_and_tests_are_over_splits(make_contrasts):
    """Signs before 1, 2, 3 and 1 (tenths) give a sum of 5 or 7, or -5 or -7, in 6 of 16 cases; ours is 5.

    Student's t with three degrees of freedom is 3.182446.
    """
    (row,) = over_splits(make_contrasts(*on_splits([0.1, 0.2, 0.3, -0.1]))).to_dict("records")
    assert (row["splits"], row["won"], row["strength"]) == (4, 3, 0.2)
    assert row["difference"] == pytest.approx(0.125)
    half = 3.182446 * np.std([0.1, 0.2, 0.3, -0.1], ddof=1) / 2
    assert [row["low"], row["high"]] == pytest.approx([0.125 - half, 0.125 + half])
    assert row["p"] == pytest.approx(6 / 16)


def test_one_split_has_no_interval_and_an_undefined_one_leaves_no_mean(make_contrasts):
    one, undefined = over_splits(
        make_contrasts(*on_splits([0.1]), *on_splits([0.1, np.nan], backbone="z"))
    ).to_dict("records")
    assert one["difference"] == 0.1 and np.isnan([one["low"], one["p"]]).all()
    assert (
        np.isnan([undefined["difference"], undefined["low"], undefined["p"]]).all() and undefined["won"] == 1
    )


def test_splits_on_which_no_default_was_chosen_have_rows_of_their_own(
    make_contrasts, make_scores, reference, notes
):
    """Of 0.1 and 0.3 the mean is 0.2, and Student's t with one degree of freedom is 12.7062."""
    rows = on_splits([0.1, 0.3, 0.8], strength=0.2)
    rows[2]["development"] = "yes"
    contrasts = make_contrasts(*rows, *on_splits([0.5, 0.7], backbone="a_name"))
    summary = over_splits(contrasts)
    assert sorted(whole(summary)["splits"]) == [2, 3]
    (row,) = held_out(summary).to_dict("records")
    assert (row["backbone"], row["splits"], row["won"], row["development"]) == ("lite0", 2, 2, "no")
    assert row["difference"] == pytest.approx(0.2) and row["high"] == pytest.approx(
        0.2 + 12.7062 * 0.1, abs=1e-4
    )
    table = build(
        contrasts, make_scores(*({"backbone": name} for name in ("a_name", "lite0"))), reference, notes
    )
    over_all, others = table.frames[:2]
    assert over_all.heading == "Lead, 32 bits"
    assert over_all.cells.set_index("Backbone").loc["lite0", "mAP: won"] == "3/3"
    assert others.heading == "Lead, 32 bits, without development splits"
    (cells,) = others.cells.to_dict("records")
    assert (cells["Backbone"], cells["mAP"], cells["mAP: won"]) == ("lite0", "+0.200 [-1.071, 1.471]", "2/2")
    assert "Development splits, on which defaults of methods were once chosen: c of CIFAR-10." in table.notes


def test_without_development_splits_no_row_and_no_column_speaks_of_them(
    make_contrasts, make_scores, reference, notes
):
    for mark in ("no", "yes"):  # where all splits are development splits, none are left
        contrasts = make_contrasts(*on_splits([0.1, 0.3], development=mark))
        summary = over_splits(contrasts)
        assert held_out(summary).empty and len(whole(summary)) == 1
        table = build(contrasts, make_scores({}), reference, notes)
        assert not [frame.heading for frame in table.frames if "development" in frame.heading]


def test_known_parts_come_first_in_their_order(make_contrasts):
    found = make_contrasts(*({"part": part} for part in ("own", "graph", "lead", "also", "margin")))
    assert parts_of(found) == ["lead", "margin", "graph", "also", "own"]


def test_a_part_has_a_row_a_setting_by_the_strength_of_its_features(
    make_contrasts, make_scores, reference, notes
):
    weak, strong = {"backbone": "big_name", "strength": 0.1}, {"backbone": "a_name", "strength": 0.4}
    ball = {"metric": "P@H<=2"}
    contrasts = make_contrasts(
        *on_splits([0.1, 0.2, 0.3], **strong, **FROZEN, **BEST_OF),
        *on_splits([0.2, 0.2, -0.1], **strong, **FROZEN, **BEST_OF, **ball),
        *on_splits([0.3, 0.3, 0.6], **weak, **BEST_OF),
        *on_splits([0.0, 0.0, 0.0], **weak, **BEST_OF, **ball),
        *on_splits([0.01], part="what is mine", bits=16),
    )
    scores = make_scores(*({"backbone": name} for name in ("big_name", "a_name", "lite0")))
    table = build(contrasts, scores, reference, notes)
    assert [frame.heading for frame in table.frames] == [
        "Lead, 32 bits",
        "What is mine, 16 bits",
        "CIFAR-10 · big_name · glove: mAP on every split",
        "CIFAR-10 · lite0 · glove: mAP on every split",
        "CIFAR-10 · a_name · glove: mAP on every split",
    ]
    lead, mine = table.frames[:2]
    assert list(lead.cells) == [
        *("Method", "Minus", "Backbone", "Trained", "Strength"),
        *("mAP", "mAP: won", "mAP: p", "P@H≤2", "P@H≤2: won", "P@H≤2: p"),
    ]
    first, second = lead.cells.to_numpy().tolist()
    assert first[:5] == ["MGAH", "best of ITQ / ITQ, L2", "big_name", "end to end", "0.100"]
    assert first[5:] == ["+0.400 [-0.030, 0.830]", "3/3", "0.2500", "+0.000 [0.000, 0.000]", "0/3", "1.0000"]
    assert second[:3] == ["MGAH, frozen", "best of ITQ / ITQ, L2", "a_name"]
    assert second[4:6] == ["0.400", "+0.200 [-0.048, 0.448]"]
    assert second[6:] == ["3/3", "0.2500", "+0.100 [-0.330, 0.530]", "2/3", "0.5000"]
    assert "3 splits, 1 seed." in lead.text
    assert mine.text.startswith("1 split, 1 seed. Trained: end to end.")
    assert mine.cells["mAP"].tolist() == ["+0.010"] and mine.cells["P@H≤2: won"].tolist() == ["–"]
    assert set(table.data["metric"]) == {"mAP", "P@H<=2"} and len(table.data) == 5


def test_a_setting_shows_strength_and_differences_on_every_split(
    make_contrasts, make_scores, reference, notes
):
    contrasts = make_contrasts(
        *on_splits([0.1, -0.2], part="graph"),
        *on_splits([0.3], part="lead"),
        *on_splits([0.1, np.nan], part="graph", **FROZEN),
        *on_splits([0.9, 0.9], metric="P@H<=2"),
    )
    contrasts.loc[contrasts["split"] == "b", "strength"] = 0.15
    (frame,) = [f for f in build(contrasts, make_scores({}), reference, notes).frames if f.block]
    assert frame.cells.to_numpy().tolist() == [
        ["strength", "No coding (cosine)", "–", "–", "0.200", "0.150"],
        ["lead", "MGAH", "ITQ", "32", "+0.300", "n/a (not run)"],
        ["graph", "MGAH", "ITQ", "32", "+0.100", "-0.200"],
        ["graph", "MGAH, frozen", "ITQ", "32", "+0.100", "n/a (undefined)"],
    ]


def test_the_table_tells_what_its_settings_are(make_contrasts, make_scores, make_notes, reference):
    contrasts = make_contrasts(*on_splits([0.1, 0.2]), {"dataset": "awa2_mini", "semantics": "attributes"})
    scores = make_scores(
        {"method": "mgah", "label": "MGAH", "class": "cat", "leak": "same"},
        {"method": "itq"},
        {"method": "mgah", "label": "MGAH", "backbone": "of no contrast", "class": "cat", "leak": "clean"},
    )
    told = make_notes({"method": "mgah", "note": "its margin grows"})
    table = build(contrasts, scores, reference, told)
    lead = table.frames[0]
    assert lead.cells[["Dataset", "Semantics"]].to_numpy().tolist() == [
        ["awa2-mini", "attributes"],
        ["CIFAR-10", "glove"],
    ]
    assert "awa2-mini is a stand-in for Animals with Attributes2." in lead.text
    printed = numbered(table)
    assert printed.frames[0].row_marks[1] == (1,) and printed.footnotes[0] == "its margin grows."
    text = " ".join([*printed.footnotes, *printed.notes])
    assert "adjusted for no other: a description, not a verdict" in text
    assert "leak marks of the 1 unseen classes: same 1" in text and "clean 1" not in text


def test_each_frame_names_dataset_and_semantics_where_the_table_has_several(
    make_contrasts, make_scores, reference, notes
):
    """Each part and code length has one setting, and so has what is left without development splits."""
    other = {"dataset": "awa2_mini", "semantics": "attributes"}
    rows = on_splits([0.1, 0.2, 0.3])
    rows[0]["development"] = "yes"
    contrasts = make_contrasts(
        *rows, *on_splits([0.4, 0.5], **other), *on_splits([0.6], part="graph", bits=16, **other)
    )
    frames = [f for f in build(contrasts, make_scores({}), reference, notes).frames if not f.block]
    assert {f.heading: f.cells[["Dataset", "Semantics"]].to_numpy().tolist() for f in frames} == {
        "Lead, 32 bits": [["awa2-mini", "attributes"], ["CIFAR-10", "glove"]],
        "Lead, 32 bits, without development splits": [["CIFAR-10", "glove"]],
        "What the graph adds, 16 bits": [["awa2-mini", "attributes"]],
    }
    words = make_contrasts(*on_splits([0.1]), *on_splits([0.2], semantics="wordnet", bits=16))
    for frame in build(words, make_scores({}), reference, notes).frames[:2]:
        assert "Semantics" in frame.cells and "Dataset" not in frame.cells


def test_without_contrasts_the_table_says_so(make_contrasts, make_scores, reference, notes):
    (frame,) = build(make_contrasts(), make_scores({}), reference, notes).frames
    assert frame.cells.to_numpy().tolist() == [["no contrast was run"]]


def test_what_a_method_of_ones_own_trained_is_told_in_its_words(
    make_contrasts, make_scores, reference, notes
):
    own = {"method": "mine", "label": "Mine", "trained": "a rotation of the features"}
    table = build(
        make_contrasts(*on_splits([0.1, 0.3]), *on_splits([0.2, 0.4], **own)),
        make_scores({}),
        reference,
        notes,
    )
    lead = table.frames[0].cells.set_index("Method")
    assert lead["Trained"].to_dict() == {"MGAH": "end to end", "Mine": "a rotation of the features"}
    assert lead.loc["Mine", "mAP: won"] == "2/2"
