"""Figure 3: what is drawn where."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.figure3 import draw
from mgah.report.style import method_style


def _lines(axes) -> dict:
    """Curves by color: (values, number of points)."""
    return {line.get_color(): line.get_ydata() for line in axes.lines if line.get_linestyle() != "None"}


def test_a_panel_a_block_with_means_and_bars(benchmark_scores, semantics_notes, reference):
    figure = draw(benchmark_scores, semantics_notes, reference)
    upper, lower = figure.axes[:2]
    assert len(figure.axes) == 4 and upper.get_title().startswith(
        "CIFAR-10\nlite0 · glove\n2 splits × 2 seeds"
    )
    # itq at 8 bits: splits .113 and .133 (means of two seeds), and P@H<=2 is twice mAP
    itq = _lines(upper)[method_style("itq").color]
    assert itq == pytest.approx([2 * 0.123, 2 * 0.131])
    assert len(upper.collections) == 4, "a bar for each method with codes"
    bar = upper.collections[0].get_segments()[0][:, 1]
    assert bar == pytest.approx([0, 0.246 + 12.7062047 * 0.02]), "cut at 0"
    assert _lines(lower)[method_style("mgah").color] == pytest.approx([0.2, 0.2])
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(labels) == ["ITQ", "MGAH", "MINE", "RANDOM_CODES"], "no codes, no curve"


def test_controls_are_dashed_grey(benchmark_scores, semantics_notes, reference):
    styles = {
        line.get_label(): line
        for line in draw(benchmark_scores, semantics_notes, reference).legends[0].get_lines()
    }
    control = styles["RANDOM_CODES"]
    assert control.get_color() == "#7F7F7F" and control.get_linestyle() != "-"


def test_one_run_has_no_bar_and_undefined_points_are_told(make_scores, semantics_notes, reference):
    rows = [
        {"metric": "P@H<=2", "bits": bits, "value": value}
        for bits, value in ((8, 0.1), (16, np.nan), (48, 0.3))
    ]
    figure = draw(make_scores(*rows), semantics_notes, reference)
    assert not figure.axes[0].collections
    drawn = figure.axes[0].lines[0]
    assert drawn.get_xdata().tolist() == [0, 1, 2] and np.isnan(drawn.get_ydata()[1])
    told = " ".join(figure.legends[0].get_title().get_text().split())
    assert "Undefined and not drawn: ITQ at 16 bits" in told and "One run has no bar" in told


def test_stand_ins_and_leaks_are_told(make_scores, semantics_notes, reference):
    rows = [{"metric": "P@H<=2"}, {"class": "cat", "leak": "same"}, {"class": "deer", "leak": "clean"}]
    figure = draw(make_scores(*(row | {"dataset": "awa2_mini"} for row in rows)), semantics_notes, reference)
    told = " ".join(figure.legends[0].get_title().get_text().split())
    assert "awa2-mini is a stand-in for Animals with Attributes2" in told and "(clean): 1 of 2" in told


def _two_panels(make_scores, *values: float) -> list[dict]:
    """The values in splits of one panel, and 0.01 in the other."""
    rows = [{"metric": "P@H<=2", "split": str(i), "value": value} for i, value in enumerate(values)]
    return make_scores(*rows, {"metric": "P@H<=2", "dataset": "digits", "value": 0.01})


@pytest.mark.parametrize(("values", "top"), [((0.4,), 0.42), ((0.9, 0.98), 1), ((1.0,), 1)])
def test_each_panel_has_a_y_axis_of_its_own_that_ends_at_1(
    make_scores, semantics_notes, reference, values, top
):
    figure = draw(_two_panels(make_scores, *values), semantics_notes, reference)
    uppers = figure.axes[::2]
    assert [axes.get_ylim()[1] for axes in uppers] == pytest.approx([top, 0.0105])
    for axes in uppers:
        for bar in axes.collections:
            assert np.all((bar.get_segments()[0][:, 1] >= 0) & (bar.get_segments()[0][:, 1] <= 1))


def test_a_method_on_fewer_seeds_is_named(make_scores, semantics_notes, reference):
    rows = [{"metric": "P@H<=2", "seed": seed} for seed in (0, 1)]
    scores = make_scores(*rows, rows[0] | {"method": "mgah"}, rows[0] | {"method": "mgah", "bits": 16})
    figure = draw(scores, semantics_notes, reference)
    assert figure.axes[0].get_title().endswith("1 split × 1 to 2 seeds")
    told = " ".join(figure.legends[0].get_title().get_text().split())
    assert told.count("On fewer seeds than its panel: MGAH (CIFAR-10 · lite0 · glove).") == 1
    even = draw(make_scores(*rows), semantics_notes, reference)
    assert "fewer seeds" not in even.legends[0].get_title().get_text()


def test_only_zeros_or_nothing_defined_have_the_whole_axis(make_scores, semantics_notes, reference):
    for value in (0.0, np.nan):
        assert draw(make_scores({"metric": "P@H<=2", "value": value}), semantics_notes, reference).axes[
            0
        ].get_ylim() == (0, 1)


def test_nothing_to_draw_is_an_error(make_scores, semantics_notes, reference):
    with pytest.raises(InputError, match="no rows of P@H<=2"):
        draw(make_scores({"metric": "mAP"}), semantics_notes, reference)
