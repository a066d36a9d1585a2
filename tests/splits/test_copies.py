"""Exact copies of images of unseen classes: never trained on, counted in a note, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mgah.errors import InputError
from mgah.splits import draw_split, split_notes, training_subset, write_split
from mgah.splits.copies import copies_of_unseen

from .conftest import table

SIZES = {"zebra": 30, "cat": 40, "dog": 25, "ant": 20}
COUNTS = {"training": 30, "queries": 10, "seen_queries": 8}


def draw(images, seed=0, **counts):
    return draw_split(images, "d", "s", ("cat",), **{**COUNTS, **counts}, seed=seed)


def copied(images, seen, unseen):
    """``images`` where the images ``seen`` have the pixels of the images ``unseen``."""
    content = images["content"].to_numpy(dtype=object).copy()
    content[seen] = content[unseen]
    return images.assign(content=content)


@pytest.mark.slow
@settings(deadline=None)
@given(
    st.lists(st.integers(0, 114), min_size=1, max_size=25),
    st.lists(st.integers(0, 114), min_size=1, max_size=25),
    st.integers(0, 5),
)
def test_no_training_image_has_the_pixels_of_an_unseen_one(ones, others, seed):
    count = min(len(ones), len(others))
    images = copied(table(SIZES), ones[:count], others[:count])
    names, content = images["class_name"].to_numpy(), images["content"].to_numpy()
    unseen_content = set(content[names == "cat"])
    expected = [
        name != "cat" and pixels in unseen_content for name, pixels in zip(names, content, strict=True)
    ]
    assert copies_of_unseen(images, ("cat",)).tolist() == expected
    try:  # a seen class may have no image left that may train, or none among the few that are drawn
        split, expected_subset = (draw(images, seed, training=n, queries=1, seen_queries=0) for n in (40, 30))
    except InputError:
        assume(False)
    assert not set(content[split.training]) & unseen_content
    assert set(split.database) == set(range(115)) - set(split.queries)
    notes = split_notes(split, images)
    assert len(notes) == any(expected)
    if notes:
        assert f"in an unseen class, in split s of d: {sum(expected)};" in notes[0]
    subset = training_subset(split, images, 30)
    np.testing.assert_array_equal(subset.training, expected_subset.training)


def test_a_copy_gives_its_place_to_the_image_drawn_after_it(images):
    names = images["class_name"].to_numpy()
    whole, more = draw(images, training=30), draw(images, training=32)
    taken = whole.training[[3, 17]]
    cats = np.flatnonzero(names == "cat")[:2]
    split = draw(copied(images, taken, cats), training=30)
    assert set(split.training) == set(more.training) - set(taken)
    assert set(taken) <= set(split.database)


def test_copies_among_seen_images_or_among_unseen_ones_are_trained_on(images):
    names = images["class_name"].to_numpy()
    dogs, zebras, cats = (np.flatnonzero(names == name)[:6] for name in ("dog", "zebra", "cat"))
    whole = draw(images)
    other = draw(copied(copied(images, dogs, zebras), cats[:3], cats[3:]))
    np.testing.assert_array_equal(other.training, whole.training)
    assert split_notes(other, images) == ()


def test_a_split_that_trains_on_a_copy_is_refused(images, tmp_path):
    split = draw(images)
    cats = np.setdiff1d(np.flatnonzero(images["class_name"] == "cat"), split.queries)
    images = copied(images, split.training[4], cats[0])
    broken = replace(split, duplicates=2)
    with pytest.raises(
        InputError, match=f"training image {split.training[4]}, whose pixels are those of an image"
    ):
        write_split(tmp_path / "s.json", broken, images)
    assert not (tmp_path / "s.json").exists()


def test_too_few_training_images_without_copies_is_told(images):
    names = images["class_name"].to_numpy()
    images = copied(images, np.flatnonzero(names == "zebra")[:20], np.flatnonzero(names == "cat")[:20])
    with pytest.raises(
        InputError, match=r"could draw 55 training, .* 20 of the seen ones have one in an unseen class"
    ):
        draw(images, training=56, queries=1, seen_queries=0)
    assert len(draw(images, training=55, queries=1, seen_queries=0).training) == 55
