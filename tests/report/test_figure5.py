"""Figure 5: the data drawn is the data of the table."""

import numpy as np
import pytest

from mgah.report.outputs.figures.figure5 import draw


def swept(parameter, values, **cell):
    return [
        {"parameter": parameter, "setting": x, "value": y, "default": cell.get("default", "")} | cell
        for x, y in values.items()
    ]


@pytest.mark.slow
def test_curves_bands_and_defaults(make_sweeps, semantics_notes, reference):
    rows = [
        *swept("latent", {512: 0.2, 32: 0.1}, split="0", default="512"),
        *swept("latent", {512: 0.4, 32: 0.3}, split="1", default="512"),
        *swept("alpha", {0: 0.2, 0.3: 0.25, 1: 0.1}, default="0.3"),
    ]
    left, middle, right = draw(make_sweeps(*rows), semantics_notes, reference).axes
    curve, default, _ = left.lines
    assert curve.get_xdata().tolist() == [32, 512] and curve.get_ydata() == pytest.approx([0.2, 0.3])
    assert curve.get_color() == "#000000", "MGAH is black"
    assert set(default.get_xdata()) == {512}
    assert left.get_xscale() == "log"
    (band,) = left.collections
    assert band.get_paths()[0].get_extents().ymax == pytest.approx(0.3 + 12.7062047 * 0.1)
    curve, default, paper = middle.lines
    assert curve.get_xdata().tolist() == [0, 0.3, 1] and curve.get_ydata() == pytest.approx([0.2, 0.25, 0.1])
    assert set(default.get_xdata()) == {0.3}
    assert (paper.get_xdata().tolist(), paper.get_ydata().tolist()) == ([0.3], [0.3087])
    assert not middle.collections, "one run has no band"
    assert not right.lines and [text.get_text() for text in right.texts] == ["not run"]


def test_several_datasets_and_lengths_are_curves_of_their_own(make_sweeps, semantics_notes, reference):
    rows = [
        *swept("alpha", {0: 0.2, 1: 0.1}, dataset="awa2_mini"),
        *swept("alpha", {0: 0.3, 1: 0.2}, bits=16, sweep="t"),
        *swept("lambda_", {0: 0.3, 1: 0.2}, bits=16, sweep="t"),
    ]
    figure = draw(make_sweeps(*rows), semantics_notes, reference)
    lines = figure.axes[1].lines
    assert [line.get_ydata().tolist() for line in lines] == [[0.2, 0.1], [0.3, 0.2]]
    assert len({(line.get_linestyle(), line.get_markerfacecolor()) for line in lines}) == 2
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["MGAH, awa2-mini · lite0 · glove, 32 bits", "MGAH, CIFAR-10 · lite0 · glove, 16 bits"]
    assert figure.axes[2].lines[0].get_label() == labels[1]
    note = " ".join(figure.legends[0].get_title().get_text().split())
    assert "awa2-mini is a stand-in for Animals with Attributes2" in note and "One run a point" in note


@pytest.mark.slow
def test_undefined_points_leave_a_gap_and_are_counted(make_sweeps, semantics_notes, reference):
    figure = draw(make_sweeps(*swept("alpha", {0: 0.2, 0.5: np.nan, 1: 0.1})), semantics_notes, reference)
    assert np.isnan(figure.axes[1].lines[0].get_ydata()[1])
    assert "Undefined and not drawn: 1 of 3 points" in figure.legends[0].get_title().get_text()


def test_differences_of_nothing_look_like_nothing(make_sweeps, semantics_notes, reference):
    axes = draw(make_sweeps(*swept("alpha", {0: 0.2, 1: 0.2001})), semantics_notes, reference).axes[1]
    low, high = axes.get_ylim()
    assert high - low == pytest.approx(0.04)


def test_without_sweeps_every_panel_says_so(make_sweeps, semantics_notes, reference):
    figure = draw(make_sweeps(), semantics_notes, reference)
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["not run"] * 3


def test_a_published_value_beside_a_stand_in_names_the_dataset_that_it_is_of(
    make_sweeps, semantics_notes, reference
):
    for dataset, name in (("awa2_mini", " for Animals with Attributes2"), ("cifar10", "")):
        sweeps = make_sweeps(*swept("alpha", {0.3: 0.2}, dataset=dataset, default="0.3"))
        labels = [text.get_text() for text in draw(sweeps, semantics_notes, reference).legends[0].get_texts()]
        assert f"the paper's value{name} (Table 1)" in labels


@pytest.mark.parametrize("stand_in", ["awa2_mini", "awa2"])
def test_published_values_of_several_datasets_are_marks_of_their_own(
    make_sweeps, semantics_notes, reference, stand_in
):
    rows = [
        *swept("alpha", {0.3: 0.2}, dataset=stand_in, default="0.3"),
        *swept("alpha", {0.3: 0.25}, sweep="t", default="0.3"),
    ]
    figure = draw(make_sweeps(*rows), semantics_notes, reference)
    marks = {line.get_label(): line for line in figure.axes[1].lines if "paper" in str(line.get_label())}
    assert {label: line.get_ydata().tolist() for label, line in marks.items()} == {
        "the paper's value for Animals with Attributes2 (Table 1)": [0.1943],
        "the paper's value for CIFAR-10 (Table 1)": [0.3087],
    }
    assert len({line.get_marker() for line in marks.values()}) == 2
    assert set(marks) <= {text.get_text() for text in figure.legends[0].get_texts()}


def test_a_long_text_takes_nothing_from_the_panels(make_sweeps, semantics_notes, reference):
    """The figure grows by the lines of its text."""
    long = [
        swept("alpha", {0: 0.2, 1: 0.1}, split=f"a_split_of_a_long_name_{place}", dataset=dataset)
        for place in range(20)
        for dataset in ("awa2_mini", "cifar10")
    ]
    figure = draw(make_sweeps(*(row for rows in long for row in rows)), semantics_notes, reference)
    figure.canvas.draw()
    assert figure.axes[1].get_window_extent().height / figure.dpi > 1, "inches"


def test_points_on_fewer_splits_or_seeds_than_others_of_their_panel_are_named(
    make_sweeps, semantics_notes, reference
):
    rows = [
        *swept("alpha", {0: 0.2, 0.3: 0.3, 1: 0.1}),
        *swept("alpha", {0: 0.2}, split="1"),
        *swept("lambda_", {0: 0.2, 0.5: 0.3}),
        *swept("lambda_", {0.5: 0.3}, seed=1),
    ]
    told = " ".join(
        draw(make_sweeps(*rows), semantics_notes, reference).legends[0].get_title().get_text().split()
    )
    curve = "MGAH, CIFAR-10 · lite0 · glove, 32 bits"
    assert f"On fewer splits than others of (b): {curve} at 0.3, 1." in told
    assert f"On fewer seeds than others of (c): {curve} at 0." in told
    assert told.count("On fewer") == 2
