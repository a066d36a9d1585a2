"""Figures of many methods: which ten have colors, and which settings have a panel."""

import pandas as pd
import pytest

from mgah.report.outputs.figures._chosen import MOST, chosen, compared, rule_words
from mgah.report.outputs.figures._lines import OTHERS
from mgah.report.outputs.figures.figure3 import draw
from mgah.report.paper.line_up import LINE_UP
from mgah.report.style import method_style


def test_the_papers_methods_come_first_then_the_best_and_controls_last():
    values = {"mgah": 0.01, "itq": 0.02, **{f"own{i}": i / 10 for i in range(8)}, "random_codes": 0.9}
    summary = pd.DataFrame({"method": values.keys(), "mean": values.values()})
    shown = chosen(summary)
    assert len(shown) == MOST and shown[:2] == ["itq", "mgah"]
    assert sorted(shown[2:]) == [f"own{i}" for i in range(8)]
    assert "Gray: the other 1," in rule_words(summary, shown)
    few = summary[:3]
    assert chosen(few) == ["itq", "mgah", "own0"] and rule_words(few, chosen(few)) == ""


def test_undefined_points_do_not_lift_a_method():
    values = [("mgah", 0.1), ("a", float("nan")), *((f"b{i}", 0.2) for i in range(MOST))]
    assert "a" not in chosen(pd.DataFrame(values, columns=["method", "mean"]))


def test_settings_of_one_method_are_left_out_and_named_unless_there_are_no_others():
    rows = pd.DataFrame(
        {
            "dataset": ["digits", "digits", "awa2"],
            "backbone": "b",
            "semantics": "s",
            "method": ["itq", "mgah", "mgah"],
        }
    )
    shown, left = compared(rows)
    assert set(shown["dataset"]) == {"digits"} and left.endswith("Animals with Attributes2 · b · s. ")
    alone = rows[rows["dataset"] == "awa2"]
    assert compared(alone)[0].equals(alone) and compared(alone)[1] == ""


@pytest.mark.slow
def test_figure_3_draws_ten_lines_in_color_and_one_gray_entry(make_scores, semantics_notes, reference):
    methods = [*LINE_UP, "own1", "own2"]
    scores = make_scores(*({"metric": "P@H<=2", "method": word, "value": 0.5} for word in methods))
    figure = draw(scores, semantics_notes, reference)
    colors = [line.get_color() for line in figure.axes[0].lines]
    assert colors.count(OTHERS["color"]) == 2 and len(colors) == 12
    assert {method_style(word).color for word in LINE_UP} <= set(colors)
    # a point of one code length is seen as well
    assert all(line.get_marker() and line.get_markersize() for line in figure.axes[0].lines)
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == MOST + 1 and labels.count("2 other methods") == 1
