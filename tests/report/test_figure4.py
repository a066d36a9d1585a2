"""Figure 4: three matrices, one scale, and how far S is from its transpose."""

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.figure4 import draw
from mgah.tables.graphs import asymmetry


def test_three_panels_on_one_scale(graphs, semantics_notes, reference):
    figure = draw(graphs, semantics_notes, reference)
    panels = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title()[:3] for axes in panels] == ["(a)", "(b)", "(c)"]
    assert all(axes.title.get_parse_math() for axes in panels), "their letters have subscripts"
    assert {axes.images[0].get_clim() for axes in panels} == {(0, 1)}
    np.testing.assert_allclose(panels[0].images[0].get_array(), 0.5 * np.eye(3))
    assert [text.get_text() for text in panels[0].get_yticklabels()] == ["polar bear", "zebra"]
    assert panels[0].get_yticks().tolist() == [0.5, 2], "a class's name stands in the middle of its images"


def test_the_scale_reaches_the_highest_weight(graphs, semantics_notes, reference):
    attention = graphs["matrix"] == "attention"
    larger = graphs.assign(value=graphs["value"].mask(attention, 2.5))
    panels = [axes for axes in draw(larger, semantics_notes, reference).axes if axes.images]
    assert {axes.images[0].get_clim() for axes in panels} == {(0, 2.5)}


def test_the_asymmetry_is_told(graphs, semantics_notes, reference):
    assert asymmetry(graphs, "joint") == 0.25 and asymmetry(graphs, "fixed") == 0
    told = " ".join(draw(graphs, semantics_notes, reference).legends[0].get_title().get_text().split())
    assert "|S − Sᵀ|, is 0.2500" in told and "awa2-mini is a stand-in" in told


def test_a_run_without_graphs_is_one_error(graphs, semantics_notes, reference):
    with pytest.raises(InputError, match="no similarity graphs to show"):
        draw(graphs[:0], semantics_notes, reference)
