"""Precision against recall: what is drawn where."""

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.precision_recall import draw
from mgah.report.style import method_style


def line_of(axes, word):
    (line,) = (
        line
        for line in axes.lines
        if line.get_color() == method_style(word).color and len(line.get_xdata()) > 1
    )
    return line.get_xdata().tolist(), line.get_ydata().tolist()


def mark_of(axes, word):
    style = method_style(word)
    (mark,) = (
        line for line in axes.lines if line.get_color() == style.color and line.get_marker() == style.marker
    )
    return mark.get_xdata()[0], mark.get_ydata()[0]


def test_means_over_splits_of_means_over_seeds(curves, benchmark_scores, semantics_notes, reference):
    figure = draw(curves, benchmark_scores, semantics_notes, reference)
    assert [axes.get_title().split("\n")[0] for axes in figure.axes] == ["awa2-mini", "CIFAR-10"]
    recall, precision = line_of(figure.axes[1], "mgah")
    # split 0 has one seed and split 1 two: (.3 + (.5 + .7) / 2) / 2, and radius r adds r / 100 and r / 10
    assert precision == pytest.approx([0.45, 0.46, 0.47, 0.48])
    assert recall == pytest.approx([0, 0.1, 0.2, 0.3])
    assert mark_of(figure.axes[1], "mgah") == pytest.approx((0.2, 0.47)), "radius 2"


def test_the_code_length_nearest_to_32_bits(curves, benchmark_scores, semantics_notes, reference):
    other = curves.assign(bits=8)
    figure = draw(other, benchmark_scores, semantics_notes, reference)
    assert figure.legends[0].get_title().get_text().startswith("8 bits.")


def test_stand_ins_are_told(curves, benchmark_scores, semantics_notes, reference):
    told = " ".join(
        draw(curves, benchmark_scores, semantics_notes, reference).legends[0].get_title().get_text().split()
    )
    assert "awa2-mini is a stand-in for Animals with Attributes2." in told


def test_nothing_to_draw_is_an_error(curves, benchmark_scores, semantics_notes, reference):
    with pytest.raises(InputError, match="there are no curves"):
        draw(curves.iloc[:0], benchmark_scores, semantics_notes, reference)


def test_a_method_on_fewer_splits_or_seeds_is_named(curves, benchmark_scores, semantics_notes, reference):
    """On CIFAR-10 ITQ lacks split 0; on awa2-mini MGAH has a second seed on split 0 as well."""
    few = (curves["dataset"] == "cifar10") & (curves["method"] == "itq") & (curves["split"] == "0")
    again = (curves["dataset"] == "awa2_mini") & (curves["method"] == "mgah") & (curves["split"] == "0")
    uneven = pd.concat([curves[~few], curves[again].assign(seed=1)])
    told = {}
    for name, rows in (("uneven", uneven), ("even", curves)):
        figure = draw(rows, benchmark_scores, semantics_notes, reference)
        told[name] = " ".join(figure.legends[0].get_title().get_text().split())
    assert "On fewer splits than its panel: ITQ (CIFAR-10 · lite0 · glove)." in told["uneven"]
    assert "ITQ (awa2-mini · lite0 · glove)" in told["uneven"].partition("On fewer seeds than its panel:")[2]
    assert "On fewer" not in told["even"]
