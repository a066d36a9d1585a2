"""Images of one's own in class folders: any names, parts above the classes, and what is refused."""

import re

import numpy as np
import pytest

from mgah.datasets._example import image_file, write_files, write_zip
from mgah.datasets.class_folders import ClassFolders
from mgah.datasets.split_names import split_word
from mgah.errors import InputError

IMAGE = image_file(0)


def files(*paths):
    return dict.fromkeys(paths, IMAGE)


def opened(folder, *paths, **options):
    write_files(folder / "pictures", files(*paths))
    return ClassFolders(folder, folder="pictures", **options)


def test_names_with_blanks_and_any_letters_are_classes_and_name_splits(tmp_path):
    dataset = opened(
        tmp_path, "polar bear/1.jpg", "Löwe/a b.PNG", "猫/x.jpeg", "seal/deeper/1.jpg", "seal/notes.txt"
    )
    assert dataset.classes == ("Löwe", "polar bear", "seal", "猫")
    assert dict(dataset.paths())["seal/deeper/1.jpg"] == "seal" and len(dataset.paths()) == 4
    assert dataset.unseen_classes("polar_bear+猫", dataset.classes) == ("polar bear", "猫")
    assert dataset.load("Löwe/a b.PNG").shape == (32, 32, 3)
    with pytest.raises(InputError, match=r"no split 'polar bear'.*polar_bear"):
        dataset.unseen_classes("polar bear", dataset.classes)


def test_a_zip_archive_is_read_as_a_folder_is(tmp_path):
    paths = ("a/1.jpg", "b/1.jpg", "c/1.jpg")
    write_zip(tmp_path / "pictures.zip", files(*paths))
    dataset = ClassFolders(tmp_path, folder="pictures.zip")
    assert sorted(dataset.paths()) == [(path, path[0]) for path in paths]
    assert dataset.archive == tmp_path / "pictures.zip"
    np.testing.assert_array_equal(dataset.load("a/1.jpg"), opened(tmp_path, *paths).load("a/1.jpg"))


PARTED = ("train/a/1.jpg", "train/b/1.jpg", "val/a/2.jpg", "val/c/1.jpg", "test/d/1.jpg")


def test_parts_above_the_classes_are_told_and_read_together_where_they_are_named(tmp_path):
    with pytest.raises(
        InputError, match=r"test, train, val above folders of the same names, such as a: .*parts"
    ):
        opened(tmp_path, *PARTED)
    dataset = opened(tmp_path, parts=["train", "val"])
    assert dataset.classes == ("a", "b", "c") and len(dataset.paths()) == 4
    with pytest.raises(
        InputError, match=r"no images in the parts \['training'\], expected some of test, train, val"
    ):
        opened(tmp_path, parts=["training", "val"])


def test_nouns_are_those_of_the_option(tmp_path):
    paths = ("cat/1.jpg", "dog/1.jpg", "cow/1.jpg")
    dataset = opened(tmp_path, *paths, synsets={"cat": "cat.n.01"})
    assert dataset.synsets == {"cat": "cat.n.01", "cow": None, "dog": None}
    with pytest.raises(
        InputError, match=r"synsets names the classes \['Cat'\], expected some of cat, cow, dog"
    ):
        opened(tmp_path, *paths, synsets={"Cat": "cat.n.01"})


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ((), "pictures does not exist: put there"),
        (("a/1.txt",), "has no images (.jpg, .jpeg, .png) among its 1 files"),
        (("a/1.jpg", "b/1.jpg", "c/1.jpg", "0.jpg"), "has 1 images in no class folder, the first 0.jpg"),
        (("a/1.jpg", "b/1.jpg"), "has images of the classes a, b, expected a folder for each of three"),
        (("all/a/1.jpg", "all/b/1.jpg"), "has images of the classes all, expected"),
        (
            ("polar bear/1.jpg", "polar_bear/1.jpg", "c/1.jpg"),
            "'polar bear', 'polar_bear' have the same name",
        ),
        (("??/1.jpg", "a/1.jpg", "c/1.jpg"), "'??' have the same name in splits, or none"),
    ],
)
def test_what_cannot_be_used_is_one_clear_error(paths, words, tmp_path):
    with pytest.raises(InputError, match=re.escape(words)):
        opened(tmp_path, *paths)


@pytest.mark.parametrize(
    "options",
    [{"folder": ""}, {"folder": 3}, {"parts": "train"}, {"parts": [1]}, {"parts": 3}, {"parts": None}],
)
def test_options_of_another_kind_are_refused(options, tmp_path):
    with pytest.raises(InputError, match=next(iter(options))):
        ClassFolders(tmp_path, **options)


def test_a_name_is_a_word_of_splits():
    assert [split_word(name) for name in ("a-b", " x ", "été", "1,2")] == ["a-b", "x", "été", "1_2"]
