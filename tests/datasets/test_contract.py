"""What every dataset keeps to; runs over all datasets found, on small fakes where the real data are large."""

import inspect
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mgah import registry
from mgah.datasets import awa2_features
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.tables.images import read_images, write_images

from .conftest import feature_files, write_archive, write_zip


@pytest.fixture(params=registry.names("datasets"))
def dataset(request, tmp_path):
    if request.param == "cifar10":
        write_archive(tmp_path, request.getfixturevalue("files"))
    elif request.param == "awa2":
        write_zip(tmp_path / "AwA2-data.zip", request.getfixturevalue("animals"), "Animals_with_Attributes2/")
    elif request.param == "awa2_features":
        request.getfixturevalue("monkeypatch").setattr(awa2_features, "IMAGES", 100)
        write_zip(
            tmp_path / "AwA2-features.zip", feature_files(), "Animals_with_Attributes2/Features/ResNet101/"
        )
    elif request.param == "awa2_mini":
        write_zip(tmp_path / "awa2_mini.zip", request.getfixturevalue("few_animals"))
    elif request.param in ("imagenet", "imagenet_mini"):
        request.getfixturevalue(request.param)
    return registry.build("datasets", request.param, tmp_path)


def test_datasets_are_found():
    expected = {"awa2", "awa2_features", "awa2_mini", "cifar10", "digits", "imagenet", "imagenet_mini"}
    assert expected <= set(registry.names("datasets"))
    assert registry.names("datasets") == sorted(registry.names("datasets"))


def test_paths_are_unique_and_have_known_classes(dataset):
    paths, names = zip(*dataset.paths(), strict=True)
    assert len(set(paths)) == len(paths)
    assert set(names) == set(dataset.classes)
    assert len(set(dataset.classes)) == len(dataset.classes)


def test_images_are_new_rgb_arrays_or_published_vectors(dataset):
    path = dataset.paths()[0][0]
    image = dataset.load(path)
    if dataset.name == "awa2_features":
        assert image.dtype == np.float32 and image.shape == (2048,)
    else:
        assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3
    before = image.copy()
    image[:] = 255 - image
    np.testing.assert_array_equal(dataset.load(path), before)


def test_loading_by_threads_equals_loading_in_turn(dataset):
    paths = [path for path, _ in dataset.paths()[:20]] * 5
    with ThreadPoolExecutor(8) as pool:
        for path, image in zip(paths, pool.map(dataset.load, paths), strict=True):
            np.testing.assert_array_equal(image, dataset.load(path))


def test_unknown_path_is_an_input_error(dataset):
    with pytest.raises(InputError, match=r"has no image 'no/such/image'"):
        dataset.load("no/such/image")


def test_synsets_and_notes(dataset):
    assert set(dataset.synsets) == set(dataset.classes)
    assert all(synset is None or re.fullmatch(r"n\d{8}", synset) for synset in dataset.synsets.values())
    assert all(isinstance(note, str) and note for note in dataset.notes)
    assert isinstance(dataset.source, str) and dataset.source


def test_unknown_split_is_an_input_error(dataset):
    for name in ("", "no such split", "../cat"):
        with pytest.raises(InputError, match=f"{dataset.name} has no split '{name}'"):
            dataset.unseen_classes(name, dataset.classes)


def test_constructor_takes_a_folder_and_keyword_only_options(dataset):
    first, *others = inspect.signature(type(dataset)).parameters.values()
    assert first.name == "root"
    assert all(option.kind is option.KEYWORD_ONLY and option.default is not option.empty for option in others)


def test_table_does_not_depend_on_threads_and_survives_the_file(dataset, tmp_path):
    images = index_images(dataset, threads=1)
    assert images.equals(index_images(dataset, threads=3))
    write_images(tmp_path / "images.csv", images)
    stored = read_images(tmp_path / "images.csv")
    assert stored.to_dict("list") == images.to_dict("list")
    assert [dataset.classes[class_id] for class_id in stored["class_id"]] == list(stored["class_name"])
    assert list(stored["path"]) == sorted(path for path, _ in dataset.paths())


def test_unknown_dataset_lists_those_there_are():
    for name in ("mnist", "images", "contract", "", "os.path"):
        with pytest.raises(
            InputError, match=r"there is no dataset .*: expected one of awa2, .*cifar10, digits"
        ):
            registry.load("datasets", name)


def test_unknown_option_lists_those_there_are(tmp_path):
    with pytest.raises(InputError, match=r"no option 'size': its options are download, images_per_class"):
        registry.build("datasets", "cifar10", tmp_path, size=3)
    with pytest.raises(InputError, match=r"dataset digits has no option 'a', 'b': its options are none"):
        registry.build("datasets", "digits", tmp_path, b=1, a=2)


@pytest.mark.slow
def test_importing_datasets_is_light():
    heavy = "{'torch', 'torchvision', 'sklearn', 'nltk'}"
    code = f"import sys; from mgah import registry as r; [r.load('datasets', w) for w in r.names('datasets')]; print({heavy} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
    )
