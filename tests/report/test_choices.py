"""The table of what choices brought: paired differences of known answers."""

import pandas as pd
import pytest

from mgah.report.outputs.tables.choices import DEVELOPMENT_NOTE, SIZES_NOTE, build

BLOCK = {"dataset": "digits", "backbone": "pixels", "semantics": "attributes"}
#: mAP at 32 bits of the default and of the chosen setting by split; split c kept the default.
DEFAULT, CHOSEN = {"a": 0.2, "b": 0.3, "c": 0.4}, {"a": 0.5, "b": 0.4, "c": 0.4}


def runs(method: str, values: dict[str, float], **more: object) -> list[dict]:
    """Score rows of whole splits."""
    cell = BLOCK | {"method": method, "bits": 32} | more
    return [cell | {"split": split, "value": value} for split, value in values.items()]


@pytest.fixture
def table(selections, make_scores, make_comparisons, reference):
    def made(*rows: dict, comparisons=(), selections: pd.DataFrame = selections):
        return build(selections, make_scores(*rows), make_comparisons(*comparisons), reference)

    return made


def test_the_chosen_setting_is_set_beside_its_default_on_each_split(table):
    found = table(*runs("dhn", DEFAULT), *runs("dhn_chosen", CHOSEN), *runs("dhn_other", CHOSEN))
    (row,) = found.data.to_dict("records")
    assert (row["method"], row["default"], row["metric"], row["bits"]) == ("dhn_chosen", "dhn", "mAP", 32)
    # differences .3, .1 and 0
    assert row["difference"] == pytest.approx(0.4 / 3)
    assert (row["default_mean"], row["chosen_mean"]) == pytest.approx((0.9 / 3, 1.3 / 3))
    # deviation .152753, times 4.302653 (t of two degrees) over the root of 3
    assert row["high"] - row["difference"] == pytest.approx(0.379459, abs=1e-5)
    # of the eight sign patterns those with both other signs alike are as far from 0, four of them
    assert row["p"] == pytest.approx(0.5)
    assert (row["won"], row["units"], row["unit"], row["changed"]) == (2, 3, "splits", 2)
    (frame,) = found.frames
    assert frame.heading == "digits · pixels · attributes: mAP, chosen less default"
    assert frame.text.startswith("3 splits, 1 seed; units: splits.")
    assert frame.cells.iloc[0].tolist() == [
        *("DHN, chosen", "32 bits", "0.300", "0.433", "+0.133 [-0.246, 0.513]"),
        *("2/3", "0.5000", "2/3 splits"),
    ]


def test_only_splits_and_seeds_that_both_have_are_paired(table):
    """The default ran with a seed more, which differs, and there on a split more."""
    more = runs("dhn", {"a": 0.9, "b": 0.9, "d": 0.9}, seed=1)
    plain = table(*runs("dhn", DEFAULT), *runs("dhn_chosen", CHOSEN)).data
    found = table(*runs("dhn", DEFAULT), *more, *runs("dhn_chosen", CHOSEN)).data
    pd.testing.assert_frame_equal(found, plain)


def test_rows_that_rest_on_other_splits_or_seeds_say_so(table):
    """At 8 bits both entries have a seed more on two splits, and neither the third split."""
    both = (("dhn", DEFAULT), ("dhn_chosen", CHOSEN))
    fewer = [
        row
        for method, values in both
        for seed in (0, 1)
        for row in runs(method, {split: values[split] for split in "ab"}, bits=8, seed=seed)
    ]
    found = table(*(row for method, values in both for row in runs(method, values)), *fewer)
    (frame,) = found.frames
    assert frame.text.startswith("2 to 3 splits, 1 to 2 seeds; units: splits.")
    assert frame.cells[["Bits", "Units", "Seeds", "Won", "Another setting on"]].to_numpy().tolist() == [
        ["8 bits", "2 splits", "2", "2/2", "2/2 splits"],
        ["32 bits", "3 splits", "1", "2/3", "2/3 splits"],
    ]
    assert SIZES_NOTE in found.notes
    plain = table(*(row for method, values in both for row in runs(method, values)))
    assert SIZES_NOTE not in plain.notes and not {"Units", "Seeds"} & set(plain.frames[0].cells)


def test_the_units_of_all_rows_are_named(table):
    """At 8 bits one split of three classes, at 32 bits three splits."""
    both = (("dhn", DEFAULT), ("dhn_chosen", CHOSEN))
    whole = [row for method, values in both for row in runs(method, values)]
    one = [
        row | {"class": name}
        for method, values in both
        for name in ("", "ant", "bee", "cow")
        for row in runs(method, {"a": values["a"]}, bits=8)
    ]
    (frame,) = table(*whole, *one).frames
    assert frame.text.startswith("1 to 3 splits, 1 seed; units: splits or classes.")
    assert frame.cells[["Units", "Splits"]].to_numpy().tolist() == [["3 classes", "1"], ["3 splits", "3"]]


def test_each_metric_and_length_is_compared(table):
    rows = [
        row
        for metric in ("mAP", "P@H<=2", "mAP_max")
        for bits in (8, 32)
        for method, values in (("dhn", DEFAULT), ("dhn_chosen", CHOSEN))
        for row in runs(method, values, metric=metric, bits=bits)
    ]
    found = table(*rows)
    cells = found.data[["metric", "bits"]].values.tolist()
    assert cells == [["mAP", 8], ["mAP", 32], ["P@H<=2", 8], ["P@H<=2", 32]]
    assert [frame.heading.split(": ")[1] for frame in found.frames] == [
        "mAP, chosen less default",
        "P@H≤2, chosen less default",
    ]


def test_development_splits_are_left_out_in_a_second_frame(table):
    marks = [BLOCK | {"method": "itq", "split": "a", "development": "yes"}]
    found = table(*runs("dhn", DEFAULT), *runs("dhn_chosen", CHOSEN), comparisons=marks)
    data = found.data.set_index("without")
    assert data["difference"].to_dict() == pytest.approx({"": 0.4 / 3, "a": 0.05})
    assert data.loc["a", ["won", "units", "changed"]].tolist() == [1, 2, 1]
    assert found.frames[1].heading.endswith("chosen less default, without development splits (a)")
    assert DEVELOPMENT_NOTE in found.notes


def test_a_choice_beside_which_no_default_was_run_is_named(table, selections):
    found = table(*runs("dhn_chosen", CHOSEN), selections=selections.assign(default=""))
    assert found.data.empty and found.frames[0].caption.startswith("Nothing was chosen, or no default")
    assert any("beside DHN, chosen" in getattr(note, "text", "") for note in found.notes)
    assert table(*runs("dhn_chosen", CHOSEN)).data.empty
    assert table(*runs("dhn", DEFAULT), selections=selections.iloc[:0]).data.empty


def test_an_undefined_run_leaves_all_numbers_of_its_row_undefined(table):
    """On split b the chosen setting has one seed with a value and one without."""
    rows = [*runs("dhn", DEFAULT), *runs("dhn", {"b": 0.3}, seed=1), *runs("dhn_chosen", CHOSEN)]
    found = table(*rows, *runs("dhn_chosen", {"b": float("nan")}, seed=1))
    (row,) = found.data.to_dict("records")
    assert pd.isna([row["chosen_mean"], row["difference"], row["low"], row["p"]]).all()
    assert row["default_mean"] == pytest.approx(0.3)
    (frame,) = found.frames
    undefined = "n/a (undefined)"
    assert frame.cells.iloc[0].tolist()[2:7] == ["0.300", undefined, undefined, "–", "–"]


def test_lengths_without_a_common_run_are_named(table):
    rows = [*runs("dhn", DEFAULT), *runs("dhn_chosen", CHOSEN), *runs("dhn_chosen", CHOSEN, bits=8)]
    found = table(*rows, *runs("dhn", DEFAULT, bits=8, seed=1))
    assert set(found.data["bits"]) == {32}
    told = "DHN, chosen and its default were run on no split with one seed at 8 bits."
    assert told in [getattr(note, "text", note) for note in found.notes]
