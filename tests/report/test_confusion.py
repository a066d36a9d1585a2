"""Which classes are found: lengths of the parts of a bar."""

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.confusion import draw


def lengths(axes, bar):
    """Lengths of the parts of one bar, from the left."""
    parts = [
        patch for patch in axes.patches if patch.get_height() == pytest.approx(axes.patches[0].get_height())
    ]
    rows = sorted({round(patch.get_y(), 4) for patch in parts})
    return [patch.get_width() for patch in parts if round(patch.get_y(), 4) == rows[bar]]


@pytest.mark.slow
def test_parts_are_the_own_class_the_most_frequent_others_and_the_rest(
    confusion, benchmark_scores, semantics_notes, reference
):
    (axes,) = draw(confusion, benchmark_scores, semantics_notes, reference).axes
    # bat first, ITQ above MGAH: splits 0 and 1 give bat .1 and .3; dog .4, cow .2, ant .1 in both; the rest follows
    assert lengths(axes, 0) == pytest.approx([0.2, 0.4, 0.2, 0.1, 0.1])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["ITQ", "MGAH"]
    assert axes.get_xlabel() == "share of the 100 nearest images"


def test_a_class_that_is_unseen_in_one_split_alone_has_one_part(
    confusion, benchmark_scores, semantics_notes, reference
):
    mixed = (confusion["class"] == "dog") & (confusion["split"] == "1")
    (axes,) = draw(
        confusion.assign(unseen=confusion["unseen"] | mixed), benchmark_scores, semantics_notes, reference
    ).axes
    assert lengths(axes, 0) == pytest.approx([0.2, 0.4, 0.2, 0.1, 0.1])
    styles = {text.get_text(): text.get_style() for text in axes.texts}
    assert styles["dog"] == "italic" and styles["cow"] == "normal"


def test_names_stand_in_their_parts_or_behind(confusion, benchmark_scores, semantics_notes, reference):
    (axes,) = draw(
        confusion.assign(**{"class": confusion["class"].replace("cow", "a" * 60)}),
        benchmark_scores,
        semantics_notes,
        reference,
    ).axes
    shown = [text.get_text() for text in axes.texts if text.get_visible()]
    assert "dog" in shown and shown.count("a" * 60) == 2
    hidden = [text.get_text() for text in axes.texts if not text.get_visible()]
    assert hidden == ["a" * 60] * 2


def test_chance_is_marked(confusion, benchmark_scores, semantics_notes, reference):
    (axes,) = draw(confusion, benchmark_scores, semantics_notes, reference).axes
    assert [line.get_xdata()[0] for line in axes.lines] == pytest.approx([0.15, 0.15])


def test_nothing_to_draw_is_an_error(confusion, benchmark_scores, semantics_notes, reference):
    with pytest.raises(InputError, match="there are no shares"):
        draw(confusion.iloc[:0], benchmark_scores, semantics_notes, reference)


def words_of(figure):
    return " ".join(figure.legends[0].get_title().get_text().split())


def test_a_bar_on_fewer_splits_or_seeds_than_others_of_its_class_is_named(
    confusion, benchmark_scores, semantics_notes, reference
):
    """ITQ lacks a split; of a second class both have the one split, and MGAH alone a second seed."""
    few = confusion[(confusion["method"] == "mgah") | (confusion["split"] == "0")]
    dog = confusion[confusion["split"] == "1"].assign(query_class="dog")
    again = dog[dog["method"] == "mgah"].assign(seed=1)
    told = words_of(draw(pd.concat([few, dog, again]), benchmark_scores, semantics_notes, reference))
    place = "(awa2-mini · lite0 · attributes)"
    assert f"On fewer splits than others of its class: ITQ at bat {place}." in told
    assert f"On fewer seeds than others of its class: ITQ at dog {place}." in told
    everywhere = words_of(draw(few, benchmark_scores, semantics_notes, reference))
    assert f"On fewer splits than others of its class: ITQ {place}." in everywhere
    even = words_of(draw(confusion, benchmark_scores, semantics_notes, reference))
    assert "On fewer" not in even
