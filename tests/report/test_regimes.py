"""The figure of contrasts: what is drawn is what the table has, and its words tell the settings."""

import matplotlib.transforms
import numpy as np
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.regimes import KINDS, LEAST_SPAN, draw, looks_of

FROZEN = {"method": "mgah_frozen", "label": "MGAH, frozen", "trained": "frozen features, hash layers trained"}


def on_splits(values, **cell):
    """A row a split and metric, a, b, ...; P@H<=2 is ten times as much."""
    return [
        cell | {"split": "abcdefghij"[place], "metric": metric, "value": value * factor}
        for place, value in enumerate(values)
        for metric, factor in (("mAP", 1), ("P@H<=2", 10))
    ]


def series(axes, label):
    """The marks and bars of what was trained alike."""
    return [container for container in axes.containers if container.get_label() == label]


def words(figure):
    return " ".join(figure.legends[0].get_title().get_text().split())


def names(axes):
    """Names of the settings above a panel, and where they stand."""
    (above,) = axes.child_axes
    return {label.get_text(): x for label, x in zip(above.get_xticklabels(), above.get_xticks(), strict=True)}


@pytest.fixture
def figure(make_contrasts, semantics_notes, reference):
    weak, strong = {"backbone": "small", "strength": 0.1}, {"backbone": "large", "strength": 0.4}
    contrasts = make_contrasts(
        *on_splits([0.1, 0.3], **weak),
        *on_splits([0.0, 0.02], **weak, **FROZEN),
        *on_splits([-0.1, -0.1], **strong, **FROZEN),
        *on_splits([0.0, 0.01], part="graph", **weak),
        *on_splits([0.5, 0.5], part="graph", bits=8, **strong),
    )
    return draw(contrasts, semantics_notes, reference)


def test_points_are_mean_differences_over_strength_with_their_intervals(figure):
    lead, graph, lead_ball, _ = figure.axes
    frozen, trained = series(lead, "frozen features"), series(lead, "end to end")
    found = {x: y for container in frozen for x, y in container[0].get_xydata()}
    assert found == {0.1: pytest.approx(0.01), 0.4: pytest.approx(-0.1)}
    (trained,) = trained
    assert trained[0].get_xydata().tolist() == [[0.1, pytest.approx(0.2)]]
    (segment,) = trained[2][0].get_segments()
    half = 12.7062047 * 0.1  # Student's t with one degree of freedom; the standard error is 0.1
    assert segment[:, 1].tolist() == pytest.approx([0.2 - half, 0.2 + half])
    (trained,) = series(lead_ball, "end to end")
    assert trained[0].get_ydata().tolist() == pytest.approx([2.0])
    assert [c.get_label() for c in graph.containers] == ["end to end"], "8 bits are not shown beside 32"
    assert "The table of contrasts has other lengths." in words(figure)


def test_what_was_trained_has_a_mark_of_its_own(figure):
    lead = figure.axes[0]
    looks = {(c.get_label(), c[0].get_marker(), c[0].get_color()) for c in lead.containers}
    assert len(looks) == 2 and len({marker for _, marker, _ in looks}) == 2
    legend = figure.legends[0]
    assert [text.get_text() for text in legend.get_texts()] == ["frozen features", "end to end"]


def test_marks_of_one_setting_stand_beside_each_other_and_others_at_their_strength(figure):
    lead = figure.axes[0]
    places = {}
    for container in lead.containers:
        line = container[0]
        ((x, y),) = line.get_xydata()
        places[container.get_label(), x] = (
            line.get_transform().transform((x, y))[0] - lead.transData.transform((x, y))[0]
        )
    assert places["frozen features", 0.1] < 0 < places["end to end", 0.1]
    assert places["frozen features", 0.4] == pytest.approx(0)


def test_every_panel_has_a_zero_line_a_title_and_all_of_its_bars(figure):
    lead, graph, lead_ball, _ = figure.axes
    assert [axes.get_title() for axes in (lead, graph)] == [
        "(a) Lead",
        "(b) What the graph adds",
    ]
    assert [axes.get_ylabel() for axes in (lead, lead_ball)] == ["difference in mAP", "difference in P@H≤2"]
    for axes in figure.axes:
        assert any(np.allclose(line.get_ydata(), 0) for line in axes.lines)
        low, high = axes.get_ylim()
        for container in axes.containers:
            for segment in container[2][0].get_segments():
                assert np.isnan(segment).any() or low < segment[:, 1].min() <= segment[:, 1].max() < high
        assert axes.get_xlim()[0] < 0.1 and axes.get_xlim()[1] > 0.4


def test_settings_are_named_above_their_strength(figure):
    assert names(figure.axes[0]) == {"small": pytest.approx(0.1), "large": pytest.approx(0.4)}
    assert set(names(figure.axes[1])) == {"small"}


def test_names_of_settings_that_are_equally_strong_do_not_overlap(make_contrasts, semantics_notes, reference):
    near = {"efficientnet_lite0": 0.3, "lite0_224": 0.301, "lite0_128": 0.3, "lite0_48": 0.1}
    rows = [on_splits([0.1, 0.2], backbone=name, strength=x) for name, x in near.items()]
    figure = draw(make_contrasts(*(row for part in rows for row in part)), semantics_notes, reference)
    figure.draw_without_rendering()
    (above,) = figure.axes[0].child_axes
    boxes = [label.get_window_extent() for label in above.get_xticklabels()]
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
    title = figure.axes[0].title.get_window_extent()
    assert not any(title.overlaps(box) for box in boxes), "the title is above the names"
    inside = matplotlib.transforms.Bbox.union([*boxes, title])
    assert figure.bbox.contains(*inside.min) and figure.bbox.contains(*inside.max)


def test_titles_of_many_parts_stand_apart_inside_the_figure(make_contrasts, semantics_notes, reference):
    parts = ["lead", "margin", "graph", "lead over the best deep baseline"]
    figure = draw(
        make_contrasts(*(row for part in parts for row in on_splits([0.1, 0.2], part=part))),
        semantics_notes,
        reference,
    )
    figure.draw_without_rendering()
    boxes = [axes.title.get_window_extent() for axes in figure.axes[: len(parts)]]
    assert " ".join(figure.axes[3].get_title().split()) == "(d) Lead over the best deep baseline"
    for place, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])
        assert figure.bbox.contains(*box.min) and figure.bbox.contains(*box.max)


def test_settings_that_differ_in_more_than_the_backbone_say_so(make_contrasts, semantics_notes, reference):
    rows = [*on_splits([0.1]), *on_splits([0.1], dataset="digits", strength=0.5)]
    figure = draw(make_contrasts(*rows), semantics_notes, reference)
    assert set(names(figure.axes[0])) == {"CIFAR-10 · lite0", "digits · lite0"}


def test_the_words_tell_settings_methods_and_what_a_point_is(make_contrasts, make_semantics_notes, reference):
    best = {"against": '["itq", "itq_l2"]', "against_labels": '["ITQ", "ITQ, L2"]'}
    contrasts = make_contrasts(
        *on_splits([0.1, 0.2], **best),
        *on_splits([0.1], **best, **FROZEN, seeds=3),
        *on_splits([np.nan, 0.1], part="graph", dataset="awa2_mini"),
    )
    vectors = make_semantics_notes({"note": "GloVe, a stand-in for Google News word2vec"})
    told = words(draw(contrasts, vectors, reference))
    for part in (
        "32 bits, 1 to 2 splits, 1 to 3 seeds.",
        "of several the best on each split.",
        "Bars: 95 % Student t interval over splits. One split has no interval.",
        "x: mAP of No coding (cosine) on the backbone's features, not trained here",
        "Marks of one setting stand side by side.",
        "(a) MGAH − best of ITQ / ITQ, L2; MGAH, frozen − best of ITQ / ITQ, L2.",
        "(b) MGAH − ITQ.",
        "Undefined and not drawn: 2 of 6 points.",
        "awa2-mini is a stand-in for Animals with Attributes2.",
        "glove of CIFAR-10: GloVe, a stand-in for Google News word2vec.",
        "Backbone: lite0.",
        "Trained: end to end (MGAH); frozen features, hash layers trained (MGAH, frozen).",
    ):
        assert part in told, told


def test_differences_of_nothing_look_like_nothing(make_contrasts, semantics_notes, reference):
    axes = draw(make_contrasts(*on_splits([0.0001, 0.0001])), semantics_notes, reference).axes[0]
    low, high = axes.get_ylim()
    assert low < 0 < high and high - low == pytest.approx(LEAST_SPAN)


def test_a_figure_without_contrasts_is_one_error(make_contrasts, semantics_notes, reference):
    with pytest.raises(InputError, match="there are no contrasts to show, expected at least one"):
        draw(make_contrasts(), semantics_notes, reference)


def test_a_method_of_ones_own_that_names_what_it_trained_has_a_mark_and_a_word(
    make_contrasts, semantics_notes, reference
):
    """Words of its own, and none at all, stand behind those that the project's methods have."""
    own = {"method": "mine", "label": "Mine", "trained": "a rotation of the features"}
    silent = {"method": "silent", "label": "Silent", "trained": ""}
    contrasts = make_contrasts(
        *on_splits([0.1, 0.3]), *on_splits([0.2, 0.4], **own), *on_splits([0.0, 0.1], **silent)
    )
    figure = draw(contrasts, semantics_notes, reference)
    figure.draw_without_rendering()
    names = ["end to end", "not told", "a rotation of the features"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    lead = figure.axes[0]
    looks = {(c[0].get_marker(), c[0].get_color()) for c in lead.containers}
    assert len(looks) == 3
    (mine,) = series(lead, "a rotation of the features")
    assert mine[0].get_ydata().tolist() == pytest.approx([0.3])
    assert "a rotation of the features (Mine)" in words(figure)


def test_many_kinds_of_ones_own_look_apart():
    found = looks_of(f"kind {place}" for place in range(20))
    assert len({(look["marker"], look["color"]) for look in found.values()}) == 20
    known = {(look["marker"], look["color"]) for look in KINDS.values()}
    assert not known & {(look["marker"], look["color"]) for look in found.values()}
