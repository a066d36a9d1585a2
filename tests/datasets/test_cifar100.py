"""CIFAR-100's official batches and their archive, on a twin with two images a class in the same layout."""

import os
import pickle
import shutil
import tarfile

import numpy as np
import pytest
from torchvision.datasets import CIFAR100
from torchvision.datasets.utils import calculate_md5

from mgah.datasets.cifar100 import Cifar100
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.semantics.corpus import find_synsets, open_wordnet
from mgah.splits import draw_split, unseen_classes

#: Class of each image, in the order of the files; every class is twice in each part.
LABELS = {
    part: np.random.default_rng(seed).permutation(np.repeat(np.arange(100), 2))
    for seed, part in enumerate(("train", "test"))
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file of the batches, with its checksum where torchvision states that of the real one."""
    monkeypatch.setattr(Cifar100, "class_size", (4, 4))
    (tmp_path / "cifar-100-python").mkdir()

    def written(name: str, content: object) -> None:
        file = tmp_path / "cifar-100-python" / name
        file.write_bytes(pickle.dumps(content))
        stated = {"train": "train_list", "test": "test_list"}.get(name)
        if stated:
            monkeypatch.setattr(CIFAR100, stated, [[name, calculate_md5(file)]])
        else:
            monkeypatch.setattr(CIFAR100, "meta", {**CIFAR100.meta, "md5": calculate_md5(file)})

    return written


@pytest.fixture
def pixels(write) -> dict[str, np.ndarray]:
    """A whole twin; its images by part, uint8 (200, 32, 32, 3)."""
    images = {
        part: np.random.default_rng(len(part)).integers(0, 256, (200, 32, 32, 3), dtype=np.uint8)
        for part in LABELS
    }
    for part, labels in LABELS.items():
        rows = images[part].transpose(0, 3, 1, 2).reshape(200, -1)
        write(part, {"data": rows, "fine_labels": labels.tolist(), "coarse_labels": [0] * 200})
    write("meta", {"fine_label_names": list(Cifar100.classes), "coarse_label_names": ["things"]})
    return images


def test_batches_keep_pixels_and_fine_labels(pixels, tmp_path):
    dataset = Cifar100(tmp_path, download=False)
    assert (dataset.source, dataset.archive, dataset.notes) == ("cifar-100-python", None, ())
    classes = dict(dataset.paths())
    for part, row in (("train", 0), ("train", 199), ("test", 77)):
        name = Cifar100.classes[LABELS[part][row]]
        path = f"{part}/{name}/{row:05d}"
        assert classes[path] == name
        np.testing.assert_array_equal(dataset.load(path), pixels[part][row])


def test_the_archive_gives_the_same_and_is_not_unpacked_into_the_data_folder(pixels, tmp_path, monkeypatch):
    folder, archive = tmp_path / "cifar-100-python", tmp_path / "cifar-100-python.tar.gz"
    unpacked = Cifar100(tmp_path, download=False)
    with tarfile.open(archive, "w:gz") as stream:
        stream.add(folder, arcname=folder.name)
    shutil.rmtree(folder)
    with pytest.raises(
        InputError, match="has not the MD5 checksum eb9058c3a382ffc7106e4002c42a8d85 of CIFAR100"
    ):
        Cifar100(tmp_path)
    monkeypatch.setattr(CIFAR100, "tgz_md5", calculate_md5(archive))
    dataset = Cifar100(tmp_path, download=False)
    assert (dataset.source, dataset.archive) == (
        archive.name,
        archive,
    ) and dataset.paths() == unpacked.paths()
    assert os.listdir(tmp_path) == [archive.name]


def test_a_pickle_with_another_checksum_is_never_opened(pixels, tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "run"),)

    for name in ("train", "test", "meta"):
        file = tmp_path / "cifar-100-python" / name
        content = file.read_bytes()
        file.write_bytes(pickle.dumps(Trap()))
        with pytest.raises(InputError, match=r"cifar-100-python lacks files .* checksums are wrong"):
            Cifar100(tmp_path, download=False)
        assert not (tmp_path / "run").exists()
        file.write_bytes(content)


def test_a_class_with_other_numbers_or_another_name_is_refused(pixels, write, tmp_path, monkeypatch):
    monkeypatch.setattr(Cifar100, "class_size", (600, 600))
    with pytest.raises(InputError, match=r"has 4 to 4 images a class, expected 600 of each of 100"):
        Cifar100(tmp_path, download=False)
    write("meta", {"fine_label_names": list(Cifar100.classes[::-1])})
    with pytest.raises(InputError, match=r"has the classes \['worm', .*, expected \['apple', "):
        Cifar100(tmp_path, download=False)


def test_without_data_the_error_says_what_to_put_where(tmp_path):
    with pytest.raises(
        InputError, match=r"cifar100 is not in the data folder .* download is switched off: .*tar\.gz"
    ):
        Cifar100(tmp_path, download=False)
    with pytest.raises(InputError, match=r"cifar100: download is 'no', expected true or false"):
        Cifar100(tmp_path, download="no")
    with pytest.raises(InputError, match=r"cifar100: data folder .*typo does not exist"):
        Cifar100(tmp_path / "typo")


def test_a_draw_leaves_ten_classes_unseen_and_a_split_may_name_its_own(pixels, tmp_path):
    dataset = Cifar100(tmp_path, download=False)
    images = index_images(dataset)
    assert len(unseen_classes(dataset, "draw0", dataset.classes, seed=0)) == 10
    unseen = unseen_classes(dataset, "whale+apple", dataset.classes, seed=0)
    assert unseen == ("apple", "whale")
    counts = {"training": 98 * 2, "queries": 4, "seen_queries": 98, "seed": 0}
    split = draw_split(images, "cifar100", "whale+apple", unseen, **counts, balanced=True)
    assert images["class_name"].iloc[split.training].value_counts().to_dict() == dict.fromkeys(split.seen, 2)
    assert images["class_name"].iloc[split.queries].value_counts().to_dict() == dict.fromkeys(unseen, 2)
    assert not set(split.queries) & set(split.database)


def test_every_class_has_a_noun_of_its_name(data_dir):
    nouns = find_synsets(open_wordnet(data_dir), Cifar100.synsets)
    for name, noun in nouns.items():
        lemmas = {word for lemma in noun.lemma_names() for word in lemma.lower().split("_")}
        assert set(name.split("_")) & lemmas, (name, noun)
    assert len(set(nouns.values())) == 100
