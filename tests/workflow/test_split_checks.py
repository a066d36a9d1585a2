"""Splits that cannot be drawn are refused before any job is planned, as far as the datasets' sources tell."""

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from mgah import registry
from mgah.errors import InputError
from workflow.split_checks import check_splits

pytestmark = pytest.mark.slow

COUNTS = {"training": 500, "queries": 50, "seen_queries": 50}


def check(dataset, *splits, **counts):
    check_splits({"split_seed": 0, "datasets": {dataset: COUNTS | counts | {"splits": list(splits)}}})


@pytest.mark.parametrize(
    ("dataset", "splits"),
    [
        ("digits", ["three", "zero+eight", "draw0", "fold0of10", "fold9of10", "fold4of5"]),
        ("cifar10", ["deer", "dog+cat", "draw12", "fold0of2", "fold9of10"]),
        ("awa2", ["standard", "proposed", "draw0", "fold49of50"]),
        ("awa2_features", ["standard", "proposed", "draw0", "fold0of5"]),
        ("awa2_mini", ["standard", "proposed", "draw0", "fold24of25", "fold0of2"]),
        ("imagenet", ["draw0", "fold99of100"]),
        ("imagenet_mini", ["draw0", "fold9of10"]),
    ],
)
def test_splits_that_there_are(dataset, splits):
    for split in splits:
        check(dataset, split)


@pytest.mark.parametrize(
    ("dataset", "split", "words"),
    [
        (
            "digits",
            "ten",
            r"digits has no split 'ten': expected different classes joined by '\+', out of zero, one",
        ),
        ("digits", "three+three", r"digits has no split 'three\+three': expected different classes"),
        (
            "cifar10",
            "lion",
            r"cifar10 has no split 'lion': expected different .* truck, draw<k> with a seed k or fold",
        ),
        ("awa2", "draw", r"awa2 has no split 'draw': expected standard, proposed, draw<k>"),
        (
            "awa2_features",
            "giant+panda",
            r"awa2_features has no split 'giant\+panda': expected standard, proposed",
        ),
        ("awa2_mini", "draw00", r"awa2_mini has no split 'draw00': expected standard, proposed, draw<k>"),
        (
            "imagenet",
            "standard",
            r"imagenet has no split 'standard': expected draw<k> with a seed k or fold<k>of<n>",
        ),
        (
            "imagenet_mini",
            "fold10of10",
            r"'fold10of10': folds are counted from 0, expected fold0of10 to fold9of10",
        ),
        ("imagenet_mini", "fold1", r"imagenet_mini has no split 'fold1'"),
        ("awa2_mini", "fold0of1", r"awa2_mini has no split 'fold0of1': expected two folds or more, got 1"),
        ("awa2_mini", "fold0of26", r"'fold0of26': it has 25 classes, expected as many as folds or more"),
        ("cifar10", "fold0of11", r"'fold0of11': it has 10 classes, expected as many as folds or more"),
        ("awa2", "fold0of51", r"'fold0of51': it has 50 classes, expected as many as folds or more"),
    ],
)
def test_a_split_that_there_is_not_is_one_clear_error(dataset, split, words):
    with pytest.raises(InputError, match=rf"config key datasets\.{dataset}\.splits: .*{words}"):
        check(dataset, split)


@pytest.mark.parametrize(
    ("dataset", "splits"),
    [
        ("digits", ["three", "three+eight", "eight+three"]),
        ("cifar10", ["dog+cat+deer", "cat+dog", "deer+cat+dog"]),
        ("class_folders", ["polar_bear+猫", "draw0", "猫+polar_bear"]),
        ("arrays", ["cow+ant", "fold0of3", "ant+cow"]),
    ],
)
def test_the_same_unseen_classes_in_another_order_are_one_clear_error(dataset, splits):
    check(dataset, *splits[:-1])
    with pytest.raises(
        InputError, match=rf"config key datasets\.{dataset}\.splits: {dataset} has .* and "
    ) as error:
        check(dataset, *splits)
    assert repr(splits[-1]) in str(error.value) and "leave the same classes unseen" in str(error.value)


def test_a_draw_of_the_classes_of_another_split_is_one_clear_error():
    """draw0 and draw1 both leave truck unseen, draw4 automobile and draw8 bird."""
    check("cifar10", "deer", "draw0", "draw4", "draw8")
    for splits in (["draw0", "draw4", "draw1"], ["truck", "draw0"], ["draw8", "cat+dog", "bird"]):
        with pytest.raises(
            InputError, match=r"datasets\.cifar10\.splits: cifar10 has .* the same classes unseen"
        ):
            check("cifar10", *splits)
    options = {"classes": ["ant", "bee", "polar bear", "dog", "eel"]}
    for name in ("polar_bear", "draw15"):
        check("arrays", name, "draw1", options=options)
        with pytest.raises(
            InputError, match=r"arrays has '.*' and 'draw0', which leave the same classes unseen"
        ):
            check("arrays", name, "draw0", options=options)


def test_classes_of_two_words_in_a_module_of_one_s_own_are_named_as_in_splits(tmp_path, monkeypatch):
    text = 'from mgah.datasets.base import Dataset\n\n\nclass Zoo(Dataset):\n    splits = "classes"\n'
    classes = (
        '    classes = ("polar bear", "seal", "cat")\n\n    def _load(self, path):\n        return None\n'
    )
    (tmp_path / "zoo.py").write_text(text + classes)
    monkeypatch.setenv(registry.VARIABLE, registry.joined([str(tmp_path / "zoo.py")]))
    check("zoo", "polar_bear", "cat")
    with pytest.raises(InputError, match=r"zoo has no split 'bear': .*, out of polar_bear, seal, cat"):
        check("zoo", "bear")


def test_the_option_that_lists_the_classes_tells_which_splits_there_are():
    options = {"classes": ["polar bear", "ant", "bee", "cow"]}
    check("arrays", "polar_bear+ant", "draw0", options=options)
    for split, words in (("dog", "out of polar_bear, ant, bee, cow"), ("ant+bee+cow", "3 would be unseen")):
        check("arrays", split)
        with pytest.raises(InputError, match=rf"arrays has no split '{re.escape(split)}': .*{words}"):
            check("arrays", split, options=options)


@pytest.mark.parametrize(
    ("dataset", "split", "counts", "limit", "words"),
    [
        (
            "cifar10",
            "deer",
            {"training": 53_950},
            "training",
            r"seen_queries is 54,001, .* deer has 54,000",
        ),
        ("cifar10", "cat+dog", {"queries": 11_999}, "queries", r"queries is 12,000, .* cat\+dog has 11,999"),
        ("imagenet_mini", "fold3of50", {"queries": 399}, "queries", r"queries is 400, .* fold3of50 has 399"),
        ("awa2_mini", "draw3", {"training": 2_350}, "training", r"seen_queries is 2,401, .* draw3 has 2,400"),
        (
            "awa2_mini",
            "standard",
            {"training": 2_897},
            "training",
            r"seen_queries \+ queries is 2,998, .* has 2,997",
        ),
        (
            "awa2",
            "proposed",
            {"queries": 36_771},
            "queries",
            r"seen_queries \+ queries is 37,322, .* has 37,321",
        ),
        ("imagenet", "draw0", {"queries": 12_999}, "queries", r"queries is 13,000, .* draw0 has 12,999"),
    ],
)
def test_more_images_than_there_can_be_are_one_clear_error(dataset, split, counts, limit, words):
    check(dataset, split, **counts)
    with pytest.raises(InputError, match=rf"datasets\.{dataset}: .*{words} at the most.*: lower the numbers"):
        check(dataset, split, **counts | {limit: counts[limit] + 1})


def test_fewer_training_images_than_seen_classes_are_one_clear_error():
    check("awa2_mini", "fold0of5", training=20)
    words = r"datasets\.awa2_mini\.training: got 19, expected 20 or more, an image of each seen class of split fold0of5"
    with pytest.raises(InputError, match=words):
        check("awa2_mini", "fold0of5", training=19)


@pytest.mark.parametrize("word", ["digits", "awa2_mini", "imagenet_mini", "cifar10"])
def test_numbers_of_images_that_a_dry_run_is_told_are_those_of_the_real_data(word):
    if word != "digits" and not os.environ.get("MGAH_DATA"):
        pytest.skip("MGAH_DATA, the folder with real data, is not set")
    dataset = registry.build("datasets", word, Path(os.environ.get("MGAH_DATA", ".")))
    sizes = Counter(name for _, name in dataset.paths()).values()
    assert (dataset.n_images, dataset.class_size) == (sum(sizes), (min(sizes), max(sizes)))


OWN = """
from mgah.datasets.base import Dataset

class Own(Dataset):
    {says}
    def __init__(self, root):
        pass
    def _load(self, path):
        raise NotImplementedError
    @classmethod
    def unseen_classes(cls, split_name, classes):
        return ("b",)
"""


@pytest.mark.parametrize("says", ["pass", "classes = ('a', 'b', 'c')"])
def test_a_dataset_that_says_nothing_of_its_splits_may_have_any(tmp_path, monkeypatch, says):
    (tmp_path / "own.py").write_text(OWN.format(says=says))
    monkeypatch.setenv(registry.VARIABLE, str(tmp_path / "own.py"))
    check("own", "anything", "draw0", "fold0of3", training=10**9)
    with pytest.raises(InputError, match=r"datasets\.own\.splits: own has no split 'fold3of3'"):
        check("own", "fold3of3")


def test_a_dataset_from_outside_may_say_as_much_as_those_of_the_project(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(
        OWN.format(says="splits = ('easy',); n_classes = 4; class_size = (1, 9)")
    )
    monkeypatch.setenv(registry.VARIABLE, str(tmp_path / "own.py"))
    counts = {"training": 20, "seen_queries": 7, "queries": 8}
    check("own", "easy", "draw0", **counts)
    with pytest.raises(InputError, match=r"own has no split 'hard': expected easy, draw<k>"):
        check("own", "hard", **counts)
    with pytest.raises(
        InputError, match=r"training \+ seen_queries is 28, but split draw0 has 27 at the most"
    ):
        check("own", "draw0", **counts | {"training": 21})
