"""Class folders: which images are trained on, which are held out, what is refused."""

import shutil

import numpy as np
import pytest

from mgah.datasets.cifar10 import Cifar10
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError
from mgah.leaks.marks import leak_marks
from mgah.pretraining.folders import hold_out, labeled_images
from mgah.pretraining.left_out import left_out
from mgah.semantics.corpus import ancestors, find_synsets, open_wordnet
from tests.pretraining.conftest import CLASSES


def test_all_classes_but_those_left_out(folder):
    (folder / ".hidden").mkdir()
    (folder / "n01440764" / "notes.txt").write_text("no image")
    images = labeled_images(folder, ["n02123045", "n09999999"])
    assert images.classes == ("n01440764", "n01443537", "n02422699")
    assert list(np.bincount(images.labels)) == [7, 7, 7]
    assert (
        images.paths[0] == "n01440764/n01440764_0.JPEG" and images.paths[20] == "n02422699/n02422699_6.JPEG"
    )
    assert all(
        path.startswith(images.classes[k]) for path, k in zip(images.paths, images.labels, strict=True)
    )


def test_held_out_images_are_no_training_images(folder):
    images = labeled_images(folder, ())
    training, held_out = hold_out(images, 2, seed=0)
    assert list(np.bincount(held_out.labels)) == [2] * 4 and list(np.bincount(training.labels)) == [5] * 4
    assert sorted([*training.paths, *held_out.paths]) == sorted(images.paths)
    assert list(hold_out(images, 2, seed=0)[1].paths) == list(held_out.paths)
    others = [list(hold_out(images, 2, seed=seed)[1].paths) for seed in range(1, 4)]
    assert any(other != list(held_out.paths) for other in others)
    places = [int(path[-6]) for path in held_out.paths]
    assert len(set(places)) > 2  # each class has a draw of its own


def test_too_few_images_to_hold_out(folder):
    shutil.rmtree(folder / "n01443537")
    with pytest.raises(InputError, match=r"n01440764 has 7 images, 7 of each class are held out"):
        hold_out(labeled_images(folder, ()), 7, seed=0)


def test_a_missing_folder_says_what_goes_there(tmp_path):
    with pytest.raises(
        InputError, match=r"absent.* does not exist.*ILSVRC2012_img_train\.tar \(138 GB, from"
    ):
        labeled_images(tmp_path / "absent", ())


def test_an_empty_class_folder_is_named(folder):
    (folder / "n03000000").mkdir()
    with pytest.raises(InputError, match=r"class folder .*n03000000 has no images"):
        labeled_images(folder, ())


def test_a_folder_of_another_name_is_named(folder):
    (folder / "cats").mkdir()
    with pytest.raises(InputError, match=r"images holds cats, expected a folder for each class"):
        labeled_images(folder, ())


def test_nothing_left_to_train_on(folder):
    with pytest.raises(InputError, match=r"has 4 class folders, 1 of them to train on, expected two or more"):
        labeled_images(folder, CLASSES[1:])


def test_folders_of_narrower_and_wider_nouns_are_left_out(real_data):
    """A polar bear is a bear, a tabby a cat, and a sea lion a seal."""
    bear, polar_bear, tabby, sea_lion = "n02131653", "n02134084", "n02123045", "n02077923"
    folders = [bear, polar_bear, tabby, sea_lion]
    assert left_out(folders, {"polar bear": "ice_bear.n.01"}, real_data) == {bear, polar_bear}
    assert left_out(folders, {"cat": "n02121620", "seal": "seal.n.09"}, real_data) == {tabby, sea_lion}
    assert left_out(folders, {"animal": "animal.n.01"}, real_data) == set(folders)
    with pytest.raises(InputError, match=r"no noun 'n00000001' of class folder n00000001"):
        left_out(["n00000001"], {"cat": "n02121620"}, real_data)


def test_no_class_of_imagenet_1k_lies_in_another(real_data):
    """So that its folders are told by their ids alone, without WordNet."""
    wordnet = open_wordnet(real_data)
    classes = set(find_synsets(wordnet, {name: name for name in imagenet1k_classes()}).values())
    assert len(classes) == 1000
    assert not any(ancestors(noun) & classes for noun in classes)


def test_classes_of_cifar10_leave_out_what_leak_marks_call_seen(real_data):
    dropped = left_out(imagenet1k_classes(), Cifar10.synsets, real_data)
    marks = leak_marks(Cifar10.classes, Cifar10.synsets, imagenet1k_classes(), real_data)
    assert "n02123045" in dropped and list(marks.query("mark == 'clean'")["class"]) == ["deer"]
    rest = [name for name in imagenet1k_classes() if name not in dropped]
    assert set(leak_marks(Cifar10.classes, Cifar10.synsets, rest, real_data)["mark"]) == {"clean"}
