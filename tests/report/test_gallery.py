"""The gallery: every image in its place, right and wrong apart by frame and mark."""

import pandas as pd
import pytest

from mgah.errors import InputError
from mgah.report.outputs.figures.gallery import RIGHT, WRONG, draw
from mgah.semantics.options import STANDS_IN


def test_right_and_wrong_differ_by_frame_and_mark(
    gallery, thumbnails, benchmark_scores, semantics_notes, reference
):
    (axes,) = draw(gallery, thumbnails, benchmark_scores, semantics_notes, reference).axes
    assert len(axes.images) == 1 + 2 * 2, "a query, and two images a method"
    frames = [patch.get_edgecolor() for patch in axes.patches]
    assert len(set(frames)) == 2 and len({patch.get_linestyle() for patch in axes.patches}) == 2
    marks = {text.get_text() for text in axes.texts if text.get_text()[0] in RIGHT[2] + WRONG[2]}
    assert marks == {"✓ polar bear", "✗ german she…"}
    assert "query: polar bear" in {text.get_text() for text in axes.texts}


def test_images_stand_at_their_rank(gallery, thumbnails, benchmark_scores, semantics_notes, reference):
    (axes,) = draw(gallery, thumbnails, benchmark_scores, semantics_notes, reference).axes
    gray = {}
    for image in axes.images[1:]:
        left, _, _, top = image.get_extent()
        gray[round(top, 2), round(left, 2)] = int(image.get_array()[0, 0, 0])
    # ITQ stands first: image 2, then 3; MGAH: image 3, then 2
    assert [gray[place] for place in sorted(gray)] == [20, 30, 30, 20]


def test_it_says_that_nothing_was_picked(gallery, thumbnails, benchmark_scores, semantics_notes, reference):
    told = " ".join(
        draw(gallery, thumbnails, benchmark_scores, semantics_notes, reference)
        .axes[0]
        .texts[-1]
        .get_text()
        .split()
    )
    assert "drawn by the seed, not picked" in told and "awa2-mini is a stand-in" in told


def test_all_of_the_footnote_is_on_the_page(
    gallery, thumbnails, benchmark_scores, make_semantics_notes, reference
):
    told = make_semantics_notes(
        {"dataset": "awa2_mini", "semantics": "attributes", "note": f"{'vectors ' * 90} {STANDS_IN}"}
    )
    figure = draw(gallery, thumbnails, benchmark_scores, told, reference)
    box = figure.axes[0].texts[-1].get_window_extent()
    assert box.y0 >= 0 and box.height > 0.1 * figure.dpi * 8, "more than eight lines"


def test_nothing_to_draw_is_an_error(gallery, thumbnails, benchmark_scores, semantics_notes, reference):
    with pytest.raises(InputError, match="gallery has no rows"):
        draw(gallery.iloc[:0], thumbnails, benchmark_scores, semantics_notes, reference)


def test_thumbnails_of_another_gallery_are_an_error(
    gallery, thumbnails, benchmark_scores, semantics_notes, reference
):
    with pytest.raises(InputError, match=r"no thumbnail of awa2_mini 3"):
        draw(
            gallery,
            pd.DataFrame(thumbnails[thumbnails["id"] != 3]),
            benchmark_scores,
            semantics_notes,
            reference,
        )
