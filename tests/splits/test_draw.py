import hashlib
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from mgah import seeds
from mgah.datasets.digits import Digits
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.splits import draw_split, seen_labels, training_subset
from mgah.splits.split import PARTS, check_split

from .conftest import table

COUNTS = {"training": 30, "queries": 10, "seen_queries": 8}


def draw(images, unseen=("cat",), seed=0, name="s", dataset="d", **counts):
    return draw_split(images, dataset, name, unseen, **{**COUNTS, **counts}, seed=seed)


def same(one, other) -> bool:
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in PARTS)


def test_parts_are_what_they_say(images):
    split = draw(images)
    names = images["class_name"].to_numpy()
    assert (split.dataset, split.name, split.seed, split.duplicates) == ("d", "s", 0, 0)
    assert (split.seen, split.unseen) == (("zebra", "dog", "ant"), ("cat",))
    assert split.counts() == {"training": 30, "queries": 10, "seen_queries": 8, "database": 105}
    assert set(names[split.queries]) == {"cat"}
    assert "cat" not in {*names[split.training], *names[split.seen_queries]}
    assert not set(split.training) & set(split.seen_queries)
    assert sorted({*split.database, *split.queries}) == list(range(115))
    assert not set(split.database) & set(split.queries)
    for part in PARTS:
        ids = getattr(split, part)
        assert ids.dtype == np.int64 and (np.diff(ids) > 0).all()


@pytest.mark.parametrize("total", [0, 1, 2, 3, 7, 8, 9])
def test_seen_queries_are_balanced(images, total):
    split = draw(images, seen_queries=total)
    sizes = [np.sum(images["class_name"].to_numpy()[split.seen_queries] == name) for name in split.seen]
    assert sum(sizes) == total and max(sizes) - min(sizes) <= 1


def test_remainder_of_the_seen_queries_goes_to_random_classes(images):
    names = images["class_name"].to_numpy()
    assert {names[draw(images, seen_queries=1, seed=seed).seen_queries[0]] for seed in range(20)} == {
        "zebra",
        "dog",
        "ant",
    }


def sizes_of(images, ids) -> dict[str, int]:
    return images["class_name"].iloc[ids].value_counts().to_dict()


def test_a_balanced_split_has_as_many_training_images_and_queries_of_each_class(images):
    split = draw(images, ("cat", "ant"), training=20, queries=15, balanced=True)
    assert sizes_of(images, split.training) == {"zebra": 10, "dog": 10}
    assert sorted(sizes_of(images, split.queries).values()) == [7, 8]
    assert not set(split.queries) & set(split.database)
    plain = draw(images, ("cat", "ant"), training=20, queries=15)
    assert sizes_of(images, plain.training) != sizes_of(images, split.training)
    more = draw(images, ("cat", "ant"), training=40, seen_queries=0).training
    assert set(split.training) < set(more)  # of a class, those that come first in the order of the plain draw
    ones = [draw(images, ("cat", "ant"), queries=1, seed=seed, balanced=True).queries for seed in range(20)]
    assert sizes_of(images, np.concatenate(ones)).keys() == {"cat", "ant"}


def test_a_balanced_split_needs_its_share_of_images_of_every_class(images):
    with pytest.raises(InputError, match=r"wanted 64 training, .* could draw (62|63) training"):
        draw(images, training=64, balanced=True)  # 21 or 22 of each of three classes, of which one has 20
    with pytest.raises(InputError, match=r"wanted .* 42 queries, .* could draw .* 41 queries"):
        draw(images, ("cat", "ant"), queries=42, training=20, balanced=True)


def test_training_subsets_of_a_balanced_split_are_balanced_and_lie_in_each_other(images):
    split = draw(images, balanced=True)
    subsets = [training_subset(split, images, size) for size in (3, 10, 20, 30)]
    for subset in subsets:
        sizes = sizes_of(images, subset.training).values()
        assert len(sizes) == 3 and max(sizes) - min(sizes) <= 1
        smaller = draw(images, training=len(subset.training), balanced=True)
        np.testing.assert_array_equal(subset.training, smaller.training)
    for one, other in pairwise(subsets):
        assert set(one.training) < set(other.training)


def test_same_arguments_same_split_whatever_the_order_of_the_unseen(images):
    assert same(draw(images), draw(images))
    assert same(draw(images, ("cat", "ant"), training=9), draw(images, ("ant", "cat"), training=9))


def test_unseen_classes_may_come_in_any_collection(images):
    names = ["cat", "ant"]
    first = draw(images, names, training=9)
    for unseen in (pd.Series(names), np.array(names), set(names), (name for name in names)):
        assert same(first, draw(images, unseen, training=9))


@pytest.mark.parametrize("unseen", ["cat", None, 1])
def test_unseen_classes_are_no_single_name(images, unseen):
    with pytest.raises(
        InputError, match=r"split s of d: unseen is .*, expected the names .*: pass a list of"
    ):
        draw(images, unseen)


def test_seed_split_and_dataset_each_change_every_drawn_part(images):
    first = draw(images)
    for other in (draw(images, seed=1), draw(images, name="t"), draw(images, dataset="e")):
        for part in ("training", "queries", "seen_queries"):
            assert not np.array_equal(getattr(first, part), getattr(other, part))


def test_drawing_one_part_shifts_no_other(images):
    first = draw(images)
    fewer = draw(images, queries=5, seen_queries=3)
    np.testing.assert_array_equal(first.training, fewer.training)
    assert set(fewer.queries) < set(first.queries)
    assert set(fewer.seen_queries) < set(first.seen_queries)
    smaller = draw(images, training=20)
    np.testing.assert_array_equal(first.queries, smaller.queries)
    assert set(smaller.training) < set(first.training)
    assert (
        len(set(smaller.seen_queries) & set(first.seen_queries)) >= 5
    )  # only what the training set took may differ


@pytest.mark.slow
def test_training_set_is_a_uniform_choice(images):
    drawn = np.concatenate([draw(images, seed=seed).training for seed in range(200)])
    counts = np.bincount(drawn, minlength=115)[images["class_name"] != "cat"]
    expected = 200 * 30 / 75
    assert counts.sum() == 200 * 30
    # standard deviation of one count is sqrt(200 * 0.4 * 0.6) = 6.9
    assert np.abs(counts - expected).max() < 5 * 6.9
    assert 0.7 < counts.std() / 6.9 < 1.3


def test_parts_equal_a_slow_twin(images):
    names, split = list(images["class_name"]), draw(images)

    def ranked(values, part):
        stream = np.random.PCG64(seeds.sequence(0, "split", "d", "s", part))
        return [value for _, value in sorted((stream.random_raw(), value) for value in values)]

    seen = [i for i in range(115) if names[i] != "cat"]
    training = ranked(seen, "training")[:30]
    left = dict.fromkeys(("zebra", "dog", "ant"), 2)
    for class_id in ranked([0, 2, 3], "seen_query_classes")[:2]:
        left[("zebra", "cat", "dog", "ant")[class_id]] += 1
    seen_queries = []
    for i in ranked(seen, "seen_queries"):
        if i not in training and left[names[i]] > 0:
            seen_queries.append(i)
            left[names[i]] -= 1
    assert split.training.tolist() == sorted(training)
    assert split.queries.tolist() == sorted(
        ranked([i for i in range(115) if names[i] == "cat"], "queries")[:10]
    )
    assert split.seen_queries.tolist() == sorted(seen_queries)


def test_digits_split_is_the_same_on_every_machine(tmp_path):
    images = index_images(Digits(tmp_path))
    split = draw_split(
        images, "digits", "three+seven", ("three", "seven"), training=500, queries=50, seen_queries=50, seed=0
    )
    assert split.training[:8].tolist() == [0, 4, 12, 13, 17, 21, 23, 24]
    assert split.queries[:8].tolist() == [905, 906, 910, 911, 915, 917, 924, 936]
    assert split.seen_queries[:8].tolist() == [2, 36, 43, 65, 96, 105, 192, 237]
    ids = np.concatenate([getattr(split, part) for part in PARTS]).astype("<i8")
    assert (
        hashlib.sha256(ids.tobytes()).hexdigest()
        == "735598d993478fee61398209e1305f3823ad29f126616c3be538f86c5fff9f45"
    )


def test_images_with_copies_are_never_queries(images):
    content = images["content"].to_numpy(dtype=object).copy()
    ids = {name: np.flatnonzero(images["class_name"] == name) for name in ("cat", "dog", "ant")}
    content[ids["cat"][:28]] = np.tile(content[ids["cat"][:14]], 2)  # copies among the unseen images
    content[ids["cat"][28]] = content[ids["dog"][0]]  # an unseen and a seen image
    content[ids["ant"][:2]] = "f" * 32  # two seen images
    copied = {*ids["cat"][:29], ids["dog"][0], *ids["ant"][:2]}
    images = images.assign(content=content)
    for seed in range(10):
        split = draw(images, seed=seed, queries=11)
        assert split.duplicates == len(copied) == 32
        assert not copied & {*split.queries, *split.seen_queries}
        assert set(split.queries) == set(ids["cat"][29:])
        assert copied <= set(split.database)
    with pytest.raises(InputError, match=r"could draw 30 training, 11 queries, .* 32 of which have a copy"):
        draw(images, queries=12)


def test_too_few_images_is_one_error_with_the_numbers(images):
    with pytest.raises(InputError) as raised:
        draw(images, training=100, queries=50, seen_queries=3)
    assert "wanted 100 training, 50 queries, 3 seen queries" in str(raised.value)
    assert "could draw 75 training, 40 queries, 0 seen queries" in str(raised.value)
    assert "out of 40 unseen and 75 seen images" in str(raised.value)


def test_a_small_class_cannot_give_its_share_of_seen_queries():
    images = table({"a": 50, "b": 50, "c": 3})
    with pytest.raises(InputError, match=r"wanted .* 10 seen queries, could draw .* [6-8] seen queries"):
        draw_split(images, "d", "s", ("a",), training=10, queries=5, seen_queries=10, seed=0)


def test_queries_leave_something_to_find(images):
    with pytest.raises(
        InputError, match=r"no database image of \['cat'\]: draw fewer queries, or add images"
    ):
        draw(images, queries=40)


def test_every_seen_class_is_in_the_training_set():
    images = table({"a": 50, "b": 2000, "c": 1})
    with pytest.raises(InputError, match=r"no training image of \['c'\]"):
        draw_split(images, "d", "s", ("a",), training=5, queries=5, seen_queries=0, seed=0)


@pytest.mark.parametrize("unseen", [(), ("lion",), ("cat", "lion"), ("cat", "dog", "ant")])
def test_unseen_classes_must_exist_and_leave_two_seen_ones(images, unseen):
    with pytest.raises(InputError, match=r"split s of d has the unseen classes .*; expected one or more"):
        draw(images, unseen)


@pytest.mark.parametrize(
    "bad",
    [
        {"training": 0},
        {"queries": 0},
        {"seen_queries": -1},
        {"seed": -1},
        {"training": 3.0},
        {"queries": True},
    ],
)
def test_bad_counts(images, bad):
    with pytest.raises(InputError, match=rf"split s of d: {next(iter(bad))} is .*, expected an integer of"):
        draw(images, **bad)


def test_class_with_two_ids(images):
    images.loc[0, "class_id"] = 2
    with pytest.raises(InputError, match=r"class id two names or a class name two ids"):
        draw(images)


PARTIAL = {
    "filtered": lambda images: images[images["class_name"] != "ant"],
    "filtered, with a new index": lambda images: images[images["id"] > 0].reset_index(drop=True),
    "shuffled": lambda images: images.sample(frac=1, random_state=0),
    "sorted by class": lambda images: images.sort_values("class_name", ignore_index=True),
    "without rows": lambda images: images[:0],
}


@pytest.mark.parametrize("partial", PARTIAL.values(), ids=PARTIAL)
def test_a_table_whose_ids_are_not_the_places_of_its_rows_is_refused(images, partial):
    split, other = draw(images), partial(images)
    for call in (
        lambda: draw(other),
        lambda: training_subset(split, other, 10),
        lambda: check_split(split, other),
        lambda: seen_labels(split, other),
    ):
        with pytest.raises(InputError, match=r"the images table has (ids that are not 0, 1, 2|no rows)"):
            call()


def test_labels_of_images_that_are_not_in_the_table_are_refused(images):
    with pytest.raises(
        InputError, match=r"has the training id \d+, but the images table has ids from 0 to 19"
    ):
        seen_labels(draw(images), images[:20])


def test_a_table_without_ids_is_refused(images):
    with pytest.raises(InputError, match=r"has the columns .*, expected id, content as well"):
        draw(images.drop(columns=["id", "content"]))


def test_an_index_of_ones_own_changes_nothing(images):
    assert same(draw(images), draw(images.set_index(np.arange(115)[::-1])))


def test_a_training_subset_is_what_the_smaller_draw_has(images):
    split = draw(images)
    subsets = [training_subset(split, images, size) for size in (10, 20, 30)]
    for subset in subsets:
        smaller = draw(images, training=len(subset.training))
        np.testing.assert_array_equal(subset.training, smaller.training)
        np.testing.assert_array_equal(subset.queries, split.queries)
        np.testing.assert_array_equal(subset.seen_queries, split.seen_queries)
    assert set(subsets[0].training) < set(subsets[1].training) < set(split.training)
    assert same(subsets[2], split)


def test_a_training_subset_has_each_class_in_about_its_share():
    images = table({"a": 3000, "b": 4000, "c": 2000, "d": 50})
    split = draw_split(images, "d", "s", ("d",), training=8000, queries=5, seen_queries=9, seed=0)
    subset = training_subset(split, images, 900)
    sizes = images["class_name"].to_numpy()[subset.training]
    for name, expected in (("a", 300), ("b", 400), ("c", 200)):
        assert abs((sizes == name).sum() - expected) < 4 * np.sqrt(expected)


@pytest.mark.parametrize("size", [0, 31])
def test_a_training_subset_of_no_or_too_many_images_is_an_error(images, size):
    with pytest.raises(InputError, match=f"split s of d has 30 training images, got a subset of {size}"):
        training_subset(draw(images), images, size)


def test_a_training_subset_without_a_seen_class_is_an_error(images):
    with pytest.raises(InputError, match=r"has no training image of"):
        training_subset(draw(images), images, 1)


def test_a_training_subset_of_a_split_that_was_not_drawn_is_an_error(images):
    with pytest.raises(InputError, match="was not drawn from this images table by its seed"):
        training_subset(replace(draw(images), seed=1), images, 10)
