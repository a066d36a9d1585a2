"""The table of settings tried: leads over the default and who took what, of known answers."""

import pandas as pd
import pytest

from mgah.report.outputs.tables import hyperparameters


def test_leads_are_over_the_default_of_the_same_split(selections):
    data = hyperparameters.build(selections).data.set_index("trial")
    # split means of the default: .25, .2, .4; of the other setting: .45, .4, .2
    assert data.loc[0, "mAP"] == pytest.approx(0.85 / 3)
    assert data.loc[1, "lead"] == pytest.approx(0.2 / 3)
    # leads .2, .2, -.2: deviation .23094, times 4.302653 (t of two degrees) over the root of 3
    assert data.loc[1, "half_interval"] == pytest.approx(0.573687, abs=1e-5)
    assert list(data["taken_by"]) == ["c", "a b"]


def test_the_frame_says_who_took_what(selections):
    (printed,) = hyperparameters.build(selections).frames
    caption, frame = printed.caption, printed.cells
    assert "3 splits, 2 draws each, 32 bits." in caption
    assert frame["Setting"].tolist() == ["default", "scale 0.5, pair_weights balanced"]
    assert frame["Lead over the default"].tolist() == ["–", "+0.067 ± 0.574"]
    assert frame["Taken by"].tolist() == ["1 of 3 splits: c", "2 of 3 splits: a, b"]


def test_one_split_has_no_interval(selections):
    (printed,) = hyperparameters.build(selections[selections["split"] == "a"]).frames
    frame = printed.cells
    assert frame["Lead over the default"].tolist() == ["–", "+0.200"]
    assert frame["Taken by"].tolist() == ["0 of 1 splits", "1 of 1 splits"]


def test_the_rule_is_told_as_it_is_for_the_draws_that_were_made(selections):
    def rules_shown(part):
        text = " ".join(map(str, hyperparameters.build(part).notes))
        return [words in text for words in (hyperparameters.ONE_DRAW, hyperparameters.SEVERAL_DRAWS)]

    one = selections[selections["held_out"] == '["one"]']
    assert rules_shown(selections) == [False, True]
    assert rules_shown(one) == [True, False]
    mixed = [selections[selections["split"] == "a"], one[one["split"] != "a"]]
    assert rules_shown(pd.concat(mixed)) == [True, True]
    assert rules_shown(selections.iloc[:0]) == [False, False]


def test_choices_by_another_rule_are_counted(selections):
    """The fixture's choices are those of the rule: leads of 0.2 and 0.2, 0.1 and 0.3, and below the default."""
    assert "another setting" not in " ".join(map(str, hyperparameters.build(selections).notes))
    swapped = selections.assign(chosen=selections["chosen"] ^ (selections["split"] == "b"))
    told = " ".join(map(str, hyperparameters.build(swapped).notes))
    assert "In 1 of the 3 choices this rule takes another setting than was used" in told


def test_without_choices_the_table_says_so(selections):
    table = hyperparameters.build(selections.iloc[:0])
    assert table.frames[0].caption == "Nothing was chosen"
    assert isinstance(table.data, pd.DataFrame) and table.data.empty


def test_a_setting_that_was_tried_on_fewer_splits_says_so(selections):
    """KSH chose on one of the three splits, with one of the two draws."""
    few = selections[(selections["split"] == "a") & (selections["held_out"] == '["one"]')]
    few = few.assign(method="ksh_chosen", label="KSH, chosen")
    (frame,) = hyperparameters.build(pd.concat([selections, few])).frames
    assert frame.text == "1 to 3 splits, 1 to 2 draws each, 32 bits."
    texts = frame.cells.groupby("Method")["mAP"].agg(list)
    assert texts["KSH, chosen"] == ["0.200 (1 of 3 splits)", "0.400 (1 of 3 splits)"]
    assert texts["DHN, chosen"] == ["0.283", "0.350"]


def test_a_training_that_diverged_has_no_map(selections):
    """The record has 0 for it, which is no score: it would halve the mean of two draws."""
    lost = (selections["split"] == "c") & (selections["trial"] == 1) & (selections["held_out"] == '["one"]')
    table = hyperparameters.build(selections.assign(mAP=selections["mAP"].mask(lost, 0.0)))
    cells = table.frames[0].cells
    assert cells["mAP"].tolist() == ["0.283", "n/a (diverged on 1 of 3 splits)"]
    assert cells["Lead over the default"].tolist() == ["–", "n/a (undefined)"]
    assert table.data["diverged"].tolist() == [0, 1]
    assert hyperparameters.DIVERGED in table.notes
    assert hyperparameters.DIVERGED not in hyperparameters.build(selections).notes


def test_nothing_has_a_lead_over_a_default_that_diverged(selections):
    lost = (selections["split"] == "c") & (selections["trial"] == 0)
    (frame,) = hyperparameters.build(selections.assign(mAP=selections["mAP"].mask(lost, 0.0))).frames
    assert frame.cells["mAP"].tolist() == ["n/a (diverged on 1 of 3 splits)", "0.350"]
    assert frame.cells["Lead over the default"].tolist() == ["–", "n/a (undefined)"]
