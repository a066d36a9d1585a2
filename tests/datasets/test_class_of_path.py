"""The class of an image by its folders, where no dataset is: for codes of images."""

import pytest

from mgah.datasets.class_folders import ClassFolders
from mgah.datasets.class_of_path import classes_of
from mgah.encoding.inputs import read_input
from mgah.errors import InputError


@pytest.mark.parametrize(
    "paths, known, expected",
    [
        (["cat/1.jpg", "dog/2.jpg"], (), ["cat", "dog"]),
        (["cat/young/1.jpg", "cat/2.jpg", "dog/old/3.jpg"], (), ["cat", "cat", "dog"]),
        (["zoo/cat/young/1.jpg", "zoo/dog/2.jpg"], (), ["cat", "dog"]),
        (["/data/zoo/cat/1.jpg", "/data/zoo/dog/2.jpg"], (), ["cat", "dog"]),
        (["cat/1.jpg", "cat/2.jpg"], (), ["cat", "cat"]),
        (["cat/young/1.jpg", "cat/old/2.jpg"], (), ["young", "old"]),
        (["cat/young/1.jpg", "cat/old/2.jpg"], ("cat", "dog"), ["cat", "cat"]),
        (["cat/young/1.jpg", "dog/young/2.jpg"], ("cat", "dog", "eel"), ["cat", "dog"]),
        (
            ["Lo\N{COMBINING DIAERESIS}we/1.jpg", "L\N{LATIN SMALL LETTER O WITH DIAERESIS}we/2.jpg"],
            (),
            2 * ["Löwe"],
        ),
    ],
)
def test_a_class_is_the_first_folder_below_what_lies_above_all(paths, known, expected):
    assert classes_of(paths, "codes.npz", known) == expected


@pytest.mark.parametrize(
    "paths, told",
    [
        (["cat/1.jpg", "2.jpg"], r"codes\.npz are not known, as 2\.jpg lies in no class folder: .* --labels"),
        (["1.jpg"], "as 1.jpg lies in no class folder"),
        (
            ["train/cat/1.jpg", "val/dog/2.jpg"],
            "lie in train, val above folders such as cat, expected folders of classes",
        ),
        (["a/cat/1.jpg", "b/cat/2.jpg"], "lie in a, b above folders of the same names, such as cat"),
    ],
)
def test_folders_that_tell_no_class_are_one_sentence(paths, told):
    with pytest.raises(InputError, match=told):
        classes_of(paths, "codes.npz")


def test_codes_of_class_folders_have_the_classes_of_the_dataset(tmp_path):
    dataset = ClassFolders.example(tmp_path)
    folder = tmp_path / "class_folders"
    (folder / "seal/young").mkdir()
    for file in list((folder / "seal").glob("*.*")):
        file.rename(folder / "seal/young" / file.name)
    expected = dict(ClassFolders(tmp_path).paths())
    for source in (folder, tmp_path):  # and with a single folder above
        names = read_input(source).names
        found = dict(zip(names, classes_of(names, str(source)), strict=True))
        assert {name.removeprefix("class_folders/"): label for name, label in found.items()} == expected
    assert set(expected.values()) == set(dataset.classes)
