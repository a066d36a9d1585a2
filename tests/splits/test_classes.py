"""The unseen classes of draws and folds, of any dataset."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgah import registry, seeds
from mgah.datasets.base import Dataset
from mgah.errors import InputError
from mgah.splits import drawn_classes, unseen_classes

CLASSES = tuple(f"class {i}" for i in range(100))
DATASETS = registry.names("datasets")


class Zoo(Dataset):
    """A dataset that says nothing of its splits."""

    name = "zoo"

    def _load(self, path):
        raise NotImplementedError


@settings(deadline=None)
@given(st.integers(2, 12), st.integers(4, 60), st.integers(0, 2**32), st.sampled_from(DATASETS))
def test_folds_are_a_partition_of_the_classes(folds, n_classes, seed, word):
    dataset, classes = registry.load("datasets", word), CLASSES[: n_classes + folds]
    parts = [unseen_classes(dataset, f"fold{k}of{folds}", classes, seed) for k in range(folds)]
    assert Counter(name for part in parts for name in part) == Counter(classes)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1 and sizes == sorted(sizes, reverse=True)
    for part in parts:
        assert list(part) == sorted(part, key=classes.index)


def test_a_fold_depends_on_seed_dataset_and_number_of_folds_alone():
    first = unseen_classes(Zoo, "fold1of5", CLASSES, seed=0)
    assert first == unseen_classes(Zoo, "fold1of5", CLASSES, seed=0)
    assert first != unseen_classes(Zoo, "fold1of5", CLASSES, seed=1)
    assert first != unseen_classes(registry.load("datasets", "awa2"), "fold1of5", CLASSES, seed=0)
    halves = [unseen_classes(Zoo, f"fold{k}of10", CLASSES, seed=0) for k in (1, 6)]
    assert set(first) != set(halves[0]) | set(halves[1])


def test_a_fold_equals_a_slow_twin():
    stream = np.random.PCG64(seeds.sequence(7, "zoo", "folds", 4))
    ranked = [place for _, place in sorted((stream.random_raw(), place) for place in range(10))]
    for k in range(4):
        expected = [CLASSES[place] for place in range(10) if ranked.index(place) % 4 == k]
        assert unseen_classes(Zoo, f"fold{k}of4", CLASSES[:10], seed=7) == tuple(expected)


def test_classes_meet_in_a_fold_as_often_as_chance_has_it():
    together = np.zeros((10, 10))
    for seed in range(400):
        for k in range(5):
            places = [CLASSES.index(name) for name in unseen_classes(Zoo, f"fold{k}of5", CLASSES[:10], seed)]
            together[np.ix_(places, places)] += 1
    pairs = together[np.triu_indices(10, 1)]
    # one of nine partners each: mean 400 / 9 = 44.4, standard deviation sqrt(400 * 1/9 * 8/9) = 6.3
    assert pairs.sum() == 400 * 5 and np.abs(pairs - 400 / 9).max() < 4 * 6.3


@pytest.mark.parametrize(
    ("word", "n_classes", "n_unseen"),
    [
        *(("awa2", 50, 10), ("awa2_features", 50, 10), ("awa2_mini", 25, 5), ("imagenet", 100, 10)),
        *(("imagenet_mini", 100, 10), ("cifar10", 10, 1), ("digits", 10, 1)),
    ],
)
def test_a_draw_leaves_as_many_classes_unseen_as_the_dataset_says(word, n_classes, n_unseen):
    dataset, classes = registry.load("datasets", word), CLASSES[:n_classes]
    draws = [unseen_classes(dataset, f"draw{k}", classes, seed=0) for k in range(100)]
    for unseen in draws:
        assert len(set(unseen)) == n_unseen and list(unseen) == sorted(unseen, key=classes.index)
    assert set().union(*draws) == set(classes)  # each is left out by all with a chance of 0.9^100 = 3e-5
    assert draws[7] == unseen_classes(dataset, "draw7", classes, seed=1)  # the seed of folds changes no draw


@pytest.mark.parametrize(("n_classes", "n_unseen"), [(3, 1), (19, 1), (20, 2), (99, 9)])
def test_a_dataset_that_says_nothing_draws_a_tenth_of_its_classes(n_classes, n_unseen):
    assert len(unseen_classes(Zoo, "draw0", CLASSES[:n_classes], seed=0)) == n_unseen


def test_a_draw_equals_a_slow_twin():
    stream = np.random.PCG64(seeds.sequence(12, "imagenet", "unseen classes"))
    ranked = sorted((stream.random_raw(), place) for place in range(100))
    assert unseen_classes(registry.load("datasets", "imagenet"), "draw12", CLASSES, seed=0) == tuple(
        CLASSES[place] for place in sorted(place for _, place in ranked[:10])
    )


def test_the_first_draw_of_imagenet_is_the_one_of_the_published_run():
    dataset = registry.load("datasets", "imagenet_mini")
    places = unseen_classes(dataset, "draw0", tuple(map(str, range(100))), seed=0)
    assert places == ("6", "9", "11", "20", "23", "44", "51", "66", "97", "98")


def test_other_names_are_the_dataset_s_own():
    assert unseen_classes(Zoo, "class 7+class 3", CLASSES, seed=0) == ("class 3", "class 7")
    awa2 = registry.load("datasets", "awa2")
    assert unseen_classes(awa2, "proposed", ("seal", "ox", "rat"), seed=0) == ("seal", "rat")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(
            (name, rf"zoo has no split '{name}': expected different classes")
            for name in ("draw", "draw00", "draw-1")
        ),
        *(
            (name, rf"zoo has no split '{name}': expected different classes")
            for name in ("fold1", "fold01of5", "0of5")
        ),
        ("fold5of5", r"zoo has no split 'fold5of5': folds are counted from 0, expected fold0of5 to fold4of5"),
        ("fold0of1", r"zoo has no split 'fold0of1': expected two folds or more, got 1"),
        ("fold0of0", r"zoo has no split 'fold0of0': expected two folds or more, got 0"),
        ("fold0of9", r"zoo has no split 'fold0of9': it has 3 classes, expected as many as folds or more"),
        ("fold0of2", r"zoo has no split 'fold0of2': of its 3 classes 2 would be unseen, expected 2 or more"),
        ("class 0+class 1", r"zoo has no split 'class 0.class 1': of its 3 classes 2 would be unseen"),
    ],
)
def test_what_cannot_be_drawn_is_one_clear_error(name, words):
    with pytest.raises(InputError, match=words):
        unseen_classes(Zoo, name, CLASSES[:3], seed=0)


@pytest.mark.parametrize("n_unseen", [-1, 0, 1.5, 2.0, True, "2", np.nan])
@pytest.mark.parametrize("name", ["draw0", "fold0of5"])
def test_the_number_of_unseen_classes_is_an_integer_of_one_or_more(name, n_unseen):
    with pytest.raises(InputError, match=r"zoo: n_unseen is .*, expected an integer of 1 or more, or None"):
        drawn_classes("zoo", name, CLASSES[:10], n_unseen=n_unseen)


@pytest.mark.parametrize("n_unseen", [2, np.int64(2)])
def test_as_many_classes_are_unseen_as_are_asked_for(n_unseen):
    assert len(drawn_classes("zoo", "draw0", CLASSES[:10], n_unseen=n_unseen)) == 2
