"""What every dataset keeps to; runs over all datasets found, on small fakes where the real data are large."""

import inspect
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mgah import registry
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.splits import unseen_classes
from mgah.tables.images import read_images, write_images


@pytest.fixture(params=registry.names("datasets"))
def dataset(request, tmp_path):
    return registry.load("datasets", request.param).example(tmp_path)


def test_paths_are_unique_and_have_known_classes(dataset):
    paths, names = zip(*dataset.paths(), strict=True)
    assert len(set(paths)) == len(paths)
    assert set(names) == set(dataset.classes)
    assert len(set(dataset.classes)) == len(dataset.classes)


def test_images_are_new_rgb_arrays_or_published_vectors(dataset):
    path = dataset.paths()[0][0]
    image = dataset.load(path)
    if image.ndim == 1:
        assert image.dtype == np.float32 and len(image)
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


def test_folds_part_the_classes_of_every_dataset(dataset):
    folds = [unseen_classes(dataset, f"fold{k}of3", dataset.classes, seed=0) for k in range(3)]
    assert sorted(name for fold in folds for name in fold) == sorted(dataset.classes)


def test_what_a_dry_run_is_told_of_the_splits_is_true(dataset):
    tags = registry.find("datasets", dataset.name).tags
    for name in ("splits", "n_classes", "n_images", "class_size", "n_unseen"):
        literal, value = tags[name], getattr(type(dataset), name)
        assert literal == value or name in (
            "n_images",
            "class_size",
        )  # the tiny copy has other numbers of images
    known = len(tags.get("classes", ())) or tags["n_classes"]
    assert known in (None, len(dataset.classes))
    assert tags.get("classes", dataset.classes) == dataset.classes
    for name in tags["splits"] if isinstance(tags["splits"], tuple) else ():
        assert set(dataset.unseen_classes(name, dataset.classes)) < set(dataset.classes)


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


@pytest.mark.slow
def test_importing_a_dataset_is_light():
    code = """if True:
        import sys
        from mgah import registry
        words = registry.names("datasets")
        assert words and all(registry.load("datasets", word).name == word for word in words)
        print({"torch", "torchvision", "sklearn", "nltk"} & set(sys.modules))"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
