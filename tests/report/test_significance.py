"""The table of differences on comparisons that are known."""

import pytest

from mgah.report.footnotes import numbered
from mgah.report.outputs.tables.significance import DEVELOPMENT_NOTE, build
from mgah.report.sizes import NOTE

FAMILY = {
    "bits": 32,
    "family": "yes",
    "p": 0.002,
    "p_holm": 0.004,
    "verdict": "better",
    "splits": 10,
    "units": 10,
    "won": 9,
}


def _frame(table, heading: str):
    return next(frame.cells for frame in table.frames if heading in frame.heading)


@pytest.mark.slow
def test_verdicts_splits_and_intervals(make_comparisons, make_scores, reference, notes):
    worse = FAMILY | {
        "method": "ksh",
        "difference": -0.1,
        "low": -0.2,
        "high": -0.01,
        "verdict": "worse",
        "won": 0,
    }
    open_ = FAMILY | {"method": "sdh", "verdict": "undecided", "reason": "Holm p > 0.05", "p_holm": 0.2}
    values = {"split": "deer", "bits": 32, "reference_mAP": 0.45, "mAP": 0.4, "family": ""}
    comparisons = make_comparisons(
        FAMILY,
        worse,
        open_,
        FAMILY | {"bits": 8, "family": "no"},
        values,
        values | {"split": "cat", "mAP": 0.3},
    )
    scores = make_scores({"label": "ITQ, as told"}, {"method": "mgah", "class": "cat", "leak": "same"})
    table = build(comparisons, scores, reference, notes)
    headings = [frame.heading for frame in table.frames]
    assert headings == [
        "CIFAR-10 · lite0 · glove: MGAH against each baseline, 32 bits",
        "CIFAR-10 · lite0 · glove: mAP on every split, 32 bits",
        "CIFAR-10 · lite0 · glove: MGAH against all methods, all lengths",
    ]
    rows = _frame(table, "each baseline").set_index("Method")
    assert rows.loc["ITQ, as told"].tolist() == [
        "0.200",
        "+0.100 [0.050, 0.150]",
        "9/10",
        "1.00",
        "0.0040",
        "better",
    ]
    assert (
        rows.loc["ksh", "Verdict"] == "worse" and rows.loc["ksh", "Difference"] == "-0.100 [-0.200, -0.010]"
    )
    assert rows.loc["sdh", "Verdict"] == "undecided (Holm p > 0.05)"
    assert _frame(table, "on every split").to_numpy().tolist() == [
        ["MGAH", "0.450", "0.450"],
        ["ITQ, as told", "0.300", "0.400"],
    ]
    assert _frame(table, "all lengths").iloc[1].tolist() == [
        "ksh",
        "n/a (not run)",
        "-0.100 [-0.200, -0.010]",
    ]
    assert (
        ": MGAH against each baseline" in table.frames[0].caption
        and "10 splits decide." in table.frames[0].caption
    )
    assert any("leak marks of the 1 unseen classes: same 1" in note for note in numbered(table).notes)
    assert table.data["split"].tolist() == ["", "", "cat", "deer", "", ""]


def test_stand_ins_are_told_and_one_split_of_one_class_is_undecided(
    make_comparisons, make_scores, reference, notes
):
    cell = {
        "dataset": "awa2_mini",
        "verdict": "undecided",
        "reason": "one split",
        "p_holm": None,
        "d_z": None,
        "low": None,
        "high": None,
    }
    table = build(
        make_comparisons(FAMILY | cell | {"splits": 1, "units": 1}),
        make_scores({"dataset": "awa2_mini"}),
        reference,
        notes,
    )
    caption, frame = table.frames[0].caption, table.frames[0].cells
    assert "awa2-mini is a stand-in for Animals with Attributes2" in caption and "1 split, 2 seeds" in caption
    assert "One split has no interval." in caption
    assert frame.iloc[0, -5:].tolist() == ["+0.100", "9/1", "–", "–", "undecided (one split)"]


def test_development_splits_are_marked_and_all_is_given_also_without_them(
    make_comparisons, make_scores, reference, notes
):
    whole = FAMILY | {"development": "yes"}
    others = FAMILY | {"development": "no", "splits": 7, "units": 7, "won": 6, "difference": 0.02}
    others |= {"verdict": "undecided", "reason": "no p below 0.05 is possible", "p_holm": 0.1}
    alike = {"bits": 8, "family": "no"}
    other_length = whole | alike | {"difference": 0.1}, others | alike | {"difference": -0.03}
    split = {"bits": 32, "mAP": 0.4, "family": ""}
    splits = split | {"split": "cat", "development": "yes"}, split | {"split": "deer"}
    elsewhere = FAMILY | {"dataset": "digits"}
    made = make_comparisons(others, whole, *other_length, *splits, elsewhere)
    table = build(made, make_scores({}, {"method": "mgah"}), reference, notes)
    place, end = "CIFAR-10 · lite0 · glove: ", ", without development splits (cat)"
    assert [frame.heading for frame in table.frames if frame.block[0] == "cifar10"] == [
        f"{place}MGAH against each baseline, 32 bits",
        f"{place}MGAH against each baseline, 32 bits{end}",
        f"{place}mAP on every split, 32 bits",
        f"{place}MGAH against all methods, all lengths",
        f"{place}MGAH against all methods, all lengths{end}",
    ]
    first, second, by_split, lengths, other_lengths = [
        frame for frame in table.frames if frame.block[0] == "cifar10"
    ]
    assert first.text.startswith("10 splits, ") and second.text.startswith("7 splits, ")
    assert first.cells["Verdict"].tolist() == ["better"] and first.cells["Won"].tolist() == ["9/10"]
    assert second.cells["Verdict"].tolist() == ["undecided (no p below 0.05 is possible)"]
    assert second.cells["Won"].tolist() == ["6/7"]
    assert by_split.cells.columns.tolist() == ["Method", "cat (development)", "deer"]
    assert lengths.cells.iloc[0].tolist()[1:] == ["+0.100 [0.050, 0.150]"] * 2
    assert NOTE not in table.notes
    assert other_lengths.cells.iloc[0].tolist()[1:] == ["-0.030 [0.050, 0.150]", "+0.020 [0.050, 0.150]"]
    assert DEVELOPMENT_NOTE in table.notes and len(table.frames) == 5 + 2 + 1
    plain = build(make_comparisons(elsewhere), make_scores({}), reference, notes)
    assert DEVELOPMENT_NOTE not in plain.notes


@pytest.mark.parametrize(
    ("splits", "seeds", "words"),
    [
        (1, 1, "on this split's 10 classes, as trained: the spread of the one seed is in them only as far"),
        (5, 3, "on these 5 splits' 10 classes, as trained: the spread of the 3 seeds is in them only as far"),
    ],
)
def test_where_classes_decide_the_words_say_on_which_and_what_is_left_out(
    make_comparisons, make_scores, reference, notes, splits, seeds, words
):
    row = FAMILY | {"unit": "classes", "units": 10, "splits": splits, "seeds": seeds}
    table = build(make_comparisons(row), make_scores({}), reference, notes)
    assert words in table.frames[0].caption and words in table.frames[-1].caption
    assert table.frames[0].cells["Won"].tolist() == ["9/10"]


def test_one_query_is_one(make_comparisons, make_scores, reference, notes):
    told = [
        build(make_comparisons(FAMILY | {"queries": queries}), make_scores({}), reference, notes)
        .frames[0]
        .text
        for queries in (1, 2)
    ]
    assert ", 1 query. " in told[0] and ", 2 queries. " in told[1]


def test_nothing_to_compare(make_comparisons, make_scores, reference, notes):
    table = build(make_comparisons(), make_scores({}), reference, notes)
    assert [frame.caption for frame in table.frames] == ["Nothing was compared"]


def test_settings_without_the_reference_or_the_compared_length_say_so(
    make_comparisons, make_scores, reference, notes
):
    """The reference was not run on digits, alone on awa2-mini, and with no baseline of the family on imagenet-mini."""
    elsewhere = FAMILY | {
        "dataset": "imagenet_mini",
        "bits": 8,
        "family": "no",
        "verdict": "",
        "p_holm": None,
    }
    mgah = {"method": "mgah", "label": "MGAH"}
    rows = [{"dataset": "digits"}, mgah | {"dataset": "awa2_mini"}, {"dataset": "imagenet_mini"}, {}, mgah]
    line = {"dataset": "cub", "method": "cosine", "bits": None}
    table = build(make_comparisons(FAMILY, elsewhere), make_scores(*rows, line), reference, notes)
    *compared, last = table.frames
    assert last.heading == "Settings in which nothing was compared"
    assert dict(last.cells.itertuples(index=False, name=None)) == {
        "awa2-mini · lite0 · glove": "no other method was run on a split, with a seed and at a code length of MGAH",
        "digits · lite0 · glove": "MGAH, the reference method, was not run",
    }
    told = {frame.heading: frame.cells.iloc[0, 0] for frame in compared if frame.cells.shape == (1, 1)}
    assert told == {
        "imagenet-mini · lite0 · glove: MGAH against each baseline": (
            "no baseline was run with MGAH at the code length that is compared, so there is no verdict"
        ),
    }
    assert [frame.heading for frame in compared if frame.block[0] == "imagenet_mini"][1:] == [
        "imagenet-mini · lite0 · glove: MGAH against all methods, all lengths"
    ]


def test_what_was_trained_is_a_column_where_the_rows_differ(make_comparisons, make_scores, reference, notes):
    frozen = FAMILY | {"method": "ksh"}
    comparisons = make_comparisons(FAMILY, frozen)
    scores = make_scores({"trained": "end to end"}, {"method": "ksh", "trained": "frozen features"})
    table = build(comparisons, scores, reference, notes)
    for heading in ("each baseline", "all lengths"):
        assert _frame(table, heading)["Trained"].tolist() == ["end to end", "frozen features"]
    alike = make_scores({"trained": "frozen features"}, {"method": "ksh", "trained": "frozen features"})
    assert all("Trained" not in frame.cells for frame in build(comparisons, alike, reference, notes).frames)


def test_a_method_that_was_not_run_on_a_split_of_another_says_so(
    make_comparisons, make_scores, reference, notes
):
    deer = {"split": "deer", "bits": 32, "reference_mAP": 0.45, "mAP": 0.4, "family": ""}
    cat = deer | {"split": "cat", "method": "ksh"}
    comparisons = make_comparisons(FAMILY, FAMILY | {"method": "ksh"}, deer, cat)
    rows = _frame(build(comparisons, make_scores({}), reference, notes), "on every split").set_index("Method")
    assert rows.loc["ksh"].tolist() == ["0.400", "n/a (not run)"]


#: A comparison on few splits with one seed.
FEW = FAMILY | {"splits": 3, "units": 3, "won": 3, "seeds": 1, "queries": 7, "reference_mAP": 0.363}


def test_what_rows_share_is_in_the_caption_and_what_differs_in_the_rows(
    make_comparisons, make_scores, reference, notes
):
    many = FAMILY | {"method": "imh", "seeds": 3, "reference_mAP": 0.289}
    for rows in ((FEW, many), (many, FEW)):
        table = build(make_comparisons(*rows), make_scores({}), reference, notes)
        frame = table.frames[0]
        assert frame.text == (
            "3 to 10 splits, 1 to 3 seeds, 7 to 9 queries. mgah has an mAP of 0.289 to 0.363, on the splits and seeds "
            "of each row. 3 to 10 splits decide."
        )
        columns = ["Method", "mAP of mgah", "Units", "Seeds", "Won"]
        assert frame.cells[columns].to_numpy().tolist() == [
            ["ITQ", "0.363", "3 splits", "1", "3/3"],
            ["imh", "0.289", "10 splits", "3", "9/10"],
        ]
        assert NOTE in table.notes


def test_what_all_rows_share_needs_no_column(make_comparisons, make_scores, reference, notes):
    """The reference's mAP may be that of other seeds, where the number of seeds is the same."""
    rows = FAMILY, FAMILY | {"method": "imh", "reference_mAP": 0.2996}, FAMILY | {"bits": 8, "family": "no"}
    table = build(make_comparisons(*rows), make_scores({}), reference, notes)
    assert (
        "10 splits, 2 seeds, 9 queries. mgah has an mAP of 0.300. 10 splits decide." in table.frames[0].text
    )
    columns = {"mAP of mgah", "Units", "Splits", "Seeds"}
    assert not any(columns & set(frame.cells) for frame in table.frames) and NOTE not in table.notes
    other = FAMILY | {"method": "imh", "reference_mAP": 0.4}
    (frame, *_) = build(make_comparisons(FAMILY, other), make_scores({}), reference, notes).frames
    assert columns & set(frame.cells) == {"mAP of mgah"} and "an mAP of 0.300 to 0.400, on" in frame.text


def test_the_differences_at_all_lengths_say_what_each_rests_on(
    make_comparisons, make_scores, reference, notes
):
    """ITQ has three splits at 32 bits and ten at 8; the other one has three seeds and no run at 8 bits."""
    longer = FAMILY | {"bits": 8, "family": "no", "seeds": 1}
    table = build(
        make_comparisons(FEW, longer, FAMILY | {"method": "imh", "seeds": 3}),
        make_scores({}),
        reference,
        notes,
    )
    frame = table.frames[-1]
    assert frame.text == "Difference and 95 % interval. 3 to 10 splits decide."
    assert frame.cells.iloc[:, :3].to_numpy().tolist() == [
        ["ITQ", "10 splits / 3 splits", "1"],
        ["imh", "10 splits", "3"],
    ]


def test_where_units_differ_each_row_names_them(make_comparisons, make_scores, reference, notes):
    classes = FAMILY | {"method": "ksh", "unit": "classes", "units": 8, "splits": 2, "seeds": 1}
    one = FAMILY | {"method": "sdh", "splits": 1, "units": 1, "seeds": 1}
    table = build(make_comparisons(FAMILY | {"seeds": 1}, classes, one), make_scores({}), reference, notes)
    assert table.frames[0].text.endswith(
        "10 splits decide. One split has no interval. Where classes are the units, intervals and verdicts are on these "
        "2 splits' 8 classes, as trained: the spread of the one seed is in them only as far as it differs between "
        "classes."
    )
    for frame in (table.frames[0], table.frames[-1]):
        assert frame.cells[["Units", "Splits"]].to_numpy().tolist() == [
            ["10 splits", "10"],
            ["8 classes", "2"],
            ["1 split", "1"],
        ]
        assert "Seeds" not in frame.cells


def test_the_reference_stands_once_above_the_methods_of_each_set_of_seeds(
    make_comparisons, make_scores, reference, notes
):
    """IMH shares its seeds with ITQ and was not run on a split; the third method has other ones."""
    cell = {"bits": 32, "family": "", "reference_mAP": 0.45, "mAP": 0.4}
    splits = [
        *(cell | {"split": split} for split in ("cat", "deer")),
        cell | {"split": "deer", "method": "imh", "mAP": 0.3},
        *(cell | {"split": split, "method": "tsk", "reference_mAP": 0.5} for split in ("cat", "deer")),
    ]
    whole = [FAMILY | {"method": method} for method in ("itq", "imh", "tsk")]
    frame = build(make_comparisons(*whole, *splits), make_scores({}), reference, notes).frames[1]
    assert frame.cells.to_numpy().tolist() == [
        ["mgah", "0.450", "0.450"],
        ["ITQ", "0.400", "0.400"],
        ["imh", "n/a (not run)", "0.300"],
        ["mgah", "0.500", "0.500"],
        ["tsk", "0.400", "0.400"],
    ]
    assert frame.text == "Each line of mgah is over the seeds of the methods below it."
