"""Images of one's own in class folders: any names, parts above the classes, and what is refused."""

import re
import shutil
import unicodedata

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
    with pytest.raises(InputError, match=r"no split 'polar'.*polar_bear"):
        dataset.unseen_classes("polar", dataset.classes)


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


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (
            ("train/ant/1.jpg", "train/bee/1.jpg", "val/eel/1.jpg", "val/fox/1.jpg", "test/gnu/1.jpg"),
            "test, train, val above folders such as gnu: set the option parts to those to be read, for example "
            "[test, train, val]",
        ),
        (
            ("train/ant/1.jpg", "train/bee/1.jpg", "val/ant/1.jpg", "val/bee/1.jpg", "test/0.jpg"),
            "train, val above folders of the same names, such as ant: set the option parts to those to be read, for "
            "example [train, val]",
        ),
        (("Training/ant/1.jpg", "VALID/0.jpg", "dev/1.jpg"), "Training above folders such as ant"),
        (("train/ant/1.jpg", "test/eel/1.jpg", "test/0.jpg"), "test, train above folders such as eel"),
        (
            ("first/ant/1.jpg", "second/ant/2.jpg", "second/bee/1.jpg", "rest/0.jpg"),
            "first, second above folders of the same names, such as ant: set the option parts",
        ),
    ],
)
def test_parts_are_told_where_their_classes_differ_or_one_of_them_is_flat(paths, told, tmp_path):
    with pytest.raises(InputError, match=re.escape(told)):
        opened(tmp_path, *paths)


@pytest.mark.parametrize(
    "paths",
    [
        ("train/1.jpg", "tram/1.jpg", "bus/1.jpg"),
        ("train/steam/1.jpg", "tram/1.jpg", "bus/red/1.jpg"),
        ("train/1.jpg", "test/1.jpg", "val/1.jpg"),
        ("ant/left/1.jpg", "ant/2.jpg", "bee/left/1.jpg", "cow/1.jpg"),
    ],
)
def test_classes_may_be_called_as_a_part_and_have_folders(paths, tmp_path):
    assert opened(tmp_path, *paths).classes == tuple(sorted({path.split("/")[0] for path in paths}))


def test_parts_that_are_named_leave_a_flat_folder_out(tmp_path):
    paths = ("train/ant/1.jpg", "train/bee/1.jpg", "val/cow/1.jpg", "test/0.jpg")
    assert opened(tmp_path, *paths, parts=["train", "val"]).classes == ("ant", "bee", "cow")


def decomposed(name):
    return unicodedata.normalize("NFD", name)


@pytest.mark.parametrize("opening", ["folder", "zip"])
def test_an_accent_is_one_letter_however_folders_and_options_write_it(opening, tmp_path):
    paths = [f"{decomposed('Übung')}/{decomposed('Löwe')}/1.jpg", "Übung/Löwe/2.jpg"]
    paths += ["Übung/हिन्दी/1.jpg", "Übung/ไก่/1.jpg", "Übung/seal/1.jpg"]
    write = {"folder": write_files, "zip": write_zip}[opening]
    write(tmp_path / "pictures", files(*paths))
    options = {"parts": [decomposed("Übung")], "synsets": {decomposed("Löwe"): "lion.n.01"}}
    dataset = ClassFolders(tmp_path, folder="pictures", **options)
    assert dict(dataset.paths()) == {path: unicodedata.normalize("NFC", path.split("/")[1]) for path in paths}
    assert dataset.classes == ("Löwe", "seal", "हिन्दी", "ไก่") and dataset.synsets["Löwe"] == "lion.n.01"
    for name in ("Löwe", decomposed("Löwe")):
        assert dataset.unseen_classes(f"{name}+ไก่", dataset.classes) == ("Löwe", "ไก่")
    dataset.load(paths[0])


def test_a_noun_for_each_form_of_an_accent_is_one_clear_error(tmp_path):
    nouns = {"Löwe": "lion.n.01", decomposed("Löwe"): "seal.n.09"}
    with pytest.raises(InputError, match=r"synsets names the classes \['Löwe'\] twice"):
        opened(tmp_path, "Löwe/1.jpg", "b/1.jpg", "c/1.jpg", synsets=nouns)


def test_nouns_are_those_of_the_option(tmp_path):
    paths = ("cat/1.jpg", "dog/1.jpg", "cow/1.jpg")
    dataset = opened(tmp_path, *paths, synsets={"cat": "cat.n.01"})
    assert dataset.synsets == {"cat": "cat.n.01", "cow": None, "dog": None}
    with pytest.raises(
        InputError, match=r"synsets names the classes \['Cat'\], expected some of cat, cow, dog"
    ):
        opened(tmp_path, *paths, synsets={"Cat": "cat.n.01"})


KEPT = ("a/1.jpg", "b/1.jpg", "c/1.jpg")


@pytest.mark.parametrize("opening", ["folder", "zip"])
@pytest.mark.parametrize("empty", [("d",), ("d", "e/f")])
def test_an_empty_class_folder_is_one_clear_error(opening, empty, tmp_path):
    write_files(tmp_path / "pictures", files(*KEPT))
    for folder in (*empty, ".hidden", "__MACOSX"):
        (tmp_path / "pictures" / folder).mkdir(parents=True)
    if opening == "zip":
        shutil.make_archive(tmp_path / "packed", "zip", tmp_path / "pictures")
    names = ", ".join(repr(folder[0]) for folder in empty)
    with pytest.raises(
        InputError, match=rf"no image in the class folders {names}: they have no files, expected"
    ):
        ClassFolders(tmp_path, folder={"folder": "pictures", "zip": "packed.zip"}[opening])


@pytest.mark.parametrize("above", ["", "pictures/", "a/", "x/y/"])
@pytest.mark.parametrize("parts", [(), ("train", "val")])
def test_single_folders_above_the_classes_are_passed_through(above, parts, tmp_path):
    inner = [f"{part}{path}" for part in ([f"{part}/" for part in parts] or [""]) for path in KEPT]
    hidden = ("__MACOSX/pictures/._1.jpg", f"{above}.DS_Store", "readme.txt")
    write_zip(tmp_path / "packed.zip", files(*(f"{above}{path}" for path in inner), *hidden))
    dataset = ClassFolders(tmp_path, folder="packed.zip", parts=parts)
    assert sorted(dataset.paths()) == sorted((f"{above}{path}", path[-7]) for path in inner)
    assert dataset.classes == ("a", "b", "c") and dataset.notes == ()
    if parts:
        with pytest.raises(InputError, match=r"set the option parts to those to be read, .*\[train, val\]"):
            ClassFolders(tmp_path, folder="packed.zip")


def test_a_folder_beside_the_one_above_the_classes_leaves_parts_to_name_it(tmp_path):
    paths = ("x/a/1.jpg", "x/b/1.jpg", "x/c/1.jpg", "y/1.txt")
    assert opened(tmp_path, *paths, parts=["x"]).classes == ("a", "b", "c")


def test_files_that_are_not_read_are_counted_and_folders_without_images_are_told(tmp_path):
    others = (
        "a/2.bmp",
        "a/x/3.BMP",
        "b/1.txt",
        "b/LICENSE",
        "c/Thumbs.db",
        "c/.DS_Store",
        "notes/a.xml",
        "0.webp",
    )
    assert opened(tmp_path, *KEPT, *others).notes == (
        "Folders of pictures without images are no classes: notes.",
        "Files in class folders of pictures that are not read, as their formats are others: 2 .bmp, 1 .txt, "
        "1 without an ending.",
    )


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ((), "pictures does not exist: put there"),
        (("a/1.txt",), "has no images (.jpg, .jpeg, .png) among its 1 files"),
        (("a/1.jpg", "b/1.jpg", "c/1.jpg", "0.jpg"), "has 1 images in no class folder, the first 0.jpg"),
        (("a/1.jpg", "b/1.jpg"), "has images of the classes a, b, expected a folder for each of three"),
        (("all/a/1.jpg", "all/b/1.jpg"), "has images of the classes a, b, expected"),
        (
            ("x/a/1.jpg", "x/b/1.jpg", "x/c/1.jpg", "y/1.txt"),
            "classes x, expected a folder for each of three classes or",
        ),
        (
            (*KEPT, "d/1.bmp"),
            "no image in the class folders 'd': they have .bmp files, expected .jpg, .jpeg, .png",
        ),
        ((*KEPT, "d/1.WebP", "d/1.txt", "e/f/2.gif"), "folders 'd', 'e': they have .gif, .txt, .webp files"),
        (
            (*KEPT, "d/Thumbs.db", "e/.DS_Store"),
            "folders 'd', 'e': they have no files, expected .jpg, .jpeg, .png",
        ),
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
    names = ("a-b", " x ", "été", "1,2", "a__b", decomposed("Löwe"), "हिन्दी (भाषा)", "น้ำ", "☀️ sun", "\u0301a")
    words = ["a-b", "x", "été", "1_2", "a__b", "Löwe", "हिन्दी_भाषा", "น้ำ", "sun", "a"]
    assert [split_word(name) for name in names] == words
