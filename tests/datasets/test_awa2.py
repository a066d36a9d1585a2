"""AwA2 in its official layout, as a folder and as an archive, and the stand-in of 25 classes."""

import os
import re
import zipfile

import numpy as np
import pytest

from mgah.datasets import awa2
from mgah.datasets.awa2 import Awa2
from mgah.datasets.awa2_classes import CLASSES, PROPOSED_SHA256, SYNSETS, UNSEEN
from mgah.datasets.awa2_mini import Awa2Mini
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.io import downloads
from mgah.io.files import sha256
from mgah.leaks.marks import leak_marks
from mgah.semantics.corpus import open_wordnet

from .conftest import write_files, write_zip

TOP = "Animals_with_Attributes2/"


def write_awa2(tmp_path, files):
    return write_zip(tmp_path / "AwA2-data.zip", files, TOP)


def test_archive_and_folder_give_the_same_images(animals, tmp_path):
    (tmp_path / "zip").mkdir()
    archive = write_awa2(tmp_path / "zip", {**animals, "README-images.txt": b"text", "licenses/a.txt": b""})
    write_files(tmp_path / "folder" / TOP, {**animals, "JPEGImages/.DS_Store": b""})
    zipped, unpacked = Awa2(tmp_path / "zip"), Awa2(tmp_path / "folder")
    assert (zipped.source, zipped.archive) == ("AwA2-data.zip", archive)
    assert (unpacked.source, unpacked.archive) == (TOP[:-1], None)
    assert index_images(zipped).equals(index_images(unpacked, threads=3))
    assert dict(zipped.paths())["persian+cat/persian+cat_10002.jpg"] == "persian+cat"
    assert os.listdir(tmp_path / "zip") == ["AwA2-data.zip"]  # nothing is unpacked


def test_the_folder_comes_before_the_archive_where_it_has_images(animals, tmp_path):
    write_awa2(tmp_path, animals)
    write_files(tmp_path / TOP, {"Features/ResNet101/AwA2-labels.txt": b"1"})
    assert Awa2(tmp_path).source == "AwA2-data.zip"
    write_files(tmp_path / TOP, animals)
    assert Awa2(tmp_path).source == TOP[:-1]


def test_images_are_read_one_by_one(animals, tmp_path, monkeypatch):
    write_awa2(tmp_path, animals)
    read = []
    original = zipfile.ZipFile.read
    monkeypatch.setattr(
        zipfile.ZipFile, "read", lambda self, member: read.append(member) or original(self, member)
    )
    dataset = Awa2(tmp_path)
    assert len(read) == 3  # the lists of classes
    dataset.load("ox/ox_10001.jpg")
    assert len(read) == 4


def test_splits():
    assert len(CLASSES) == 50 and all(len(set(names)) == 10 for names in UNSEEN.values())
    for split, names in UNSEEN.items():
        assert set(Awa2.unseen_classes(split, Awa2.classes)) == set(names) <= set(CLASSES)
    standard = ("persian+cat", "seal", "chimpanzee", "giant+panda", "pig", "raccoon")
    assert Awa2Mini.unseen_classes("standard", Awa2Mini.classes) == standard
    proposed = {"sheep", "seal", "blue+whale", "horse", "giraffe"}
    assert set(Awa2Mini.unseen_classes("proposed", Awa2Mini.classes)) == proposed
    with pytest.raises(
        InputError, match="awa2_mini has no split 'official': expected standard, proposed, draw<k>"
    ):
        Awa2Mini.unseen_classes("official", Awa2Mini.classes)


@pytest.mark.parametrize("file", ["classes.txt", "trainclasses.txt", "testclasses.txt"])
def test_lists_of_classes_that_differ_are_refused(animals, tmp_path, file):
    write_awa2(
        tmp_path, animals | {file: animals[file].replace(b"seal", b"whale").replace(b"otter", b"whale")}
    )
    with pytest.raises(
        InputError, match=rf"{file} in .*AwA2-data\.zip names the classes .*'whale'.*, expected"
    ):
        Awa2(tmp_path)
    del animals[file]
    write_awa2(tmp_path, animals)
    with pytest.raises(InputError, match=rf"has no file {file}"):
        Awa2(tmp_path)


def test_an_empty_or_missing_class_folder_is_refused(animals, tmp_path):
    files = {name: content for name, content in animals.items() if "/ox/" not in name and "/rat/" not in name}
    write_files(tmp_path / TOP, files)
    (tmp_path / TOP / "JPEGImages/ox").mkdir()
    with pytest.raises(InputError, match=r"has no images in the class folders \['ox', 'rat'\] of JPEGImages"):
        Awa2(tmp_path)


@pytest.mark.parametrize("name", ["JPEGImages/unicorn/unicorn_10001.jpg", "JPEGImages/unicorn.jpg"])
def test_an_image_outside_of_class_folders_is_refused(animals, tmp_path, name):
    write_awa2(tmp_path, animals | {name: b""})
    with pytest.raises(InputError, match=r"images outside of class folders in \['(unicorn|\.)'\]"):
        Awa2(tmp_path)


def test_a_lost_image_is_told(animals, tmp_path):
    del animals["JPEGImages/ox/ox_10002.jpg"]
    write_awa2(tmp_path, animals)
    with pytest.raises(
        InputError, match=r"awa2: .*AwA2-data\.zip has 99 images, expected 100: add what is missing"
    ):
        Awa2(tmp_path)


@pytest.mark.parametrize("cut", [0, 300])
def test_a_corrupt_image_is_named_or_skipped(animals, tmp_path, cut):
    name = "JPEGImages/ox/ox_10002.jpg"
    write_awa2(tmp_path, animals | {name: animals[name][:cut]})
    dataset = Awa2(tmp_path)
    with pytest.raises(InputError, match=rf"image {name} in .*AwA2-data\.zip (cannot be decoded|is no JPEG)"):
        index_images(dataset, threads=2)
    unreadable = {}
    assert len(index_images(dataset, 2, unreadable)) == 99 and list(unreadable) == ["ox/ox_10002.jpg"]


def test_missing_data_say_what_to_put_where(tmp_path, monkeypatch):
    for folder, problem in ((tmp_path, "is not in the data folder"), (tmp_path / "typo", "does not exist")):
        with pytest.raises(InputError, match=problem) as caught:
            Awa2(folder)
        for part in (str(folder), "AwA2-data.zip", "13 GB", awa2.URL, TOP[:-1], "MGAH_DATA"):
            assert part in str(caught.value)
    monkeypatch.setattr(downloads, "download", lambda *_: pytest.fail("download started"))
    with pytest.raises(InputError, match=r"set the dataset's option download to true"):
        Awa2(tmp_path)
    with pytest.raises(InputError, match=r"download is 'yes', expected true or false"):
        Awa2(tmp_path, download="yes")
    with pytest.raises(InputError, match=r"awa2_mini: there is no .*awa2_mini\.zip: put the archive .23 MB"):
        Awa2Mini(tmp_path)


def test_download(animals, tmp_path, monkeypatch):
    def fetch(url, target, checksum):
        assert (url, target, checksum) == (awa2.URL, tmp_path / "AwA2-data.zip", None)
        if not (tmp_path / "there").exists():
            raise InputError("Name or service not known")
        write_awa2(tmp_path, animals)

    monkeypatch.setattr(downloads, "download", fetch)
    told = rf"download failed .Name or service not known.: run again, put there .*{re.escape(awa2.URL)}"
    with pytest.raises(InputError, match=told):
        Awa2(tmp_path, download=True)
    (tmp_path / "there").touch()
    assert len(Awa2(tmp_path, download=True).paths()) == 100


def test_synsets_are_animals_of_the_class_name(real_data):
    wordnet = open_wordnet(real_data)
    animal = wordnet.synset("animal.n.01")
    for name, synset_id in SYNSETS.items():
        synset = wordnet.synset_from_pos_and_offset("n", int(synset_id[1:]))
        assert name.replace("+", "_") in [lemma.lower() for lemma in synset.lemma_names()]
        assert animal in set().union(*synset.hypernym_paths())


def test_classes_that_imagenet_backbones_have_seen(real_data):
    marks = leak_marks(CLASSES, SYNSETS, imagenet1k_classes(), real_data).set_index("class")["mark"]
    standard, proposed = (marks[list(UNSEEN[split])] for split in ("standard", "proposed"))
    assert set(standard.index[standard == "same"]) == {
        *("chimpanzee", "giant+panda", "leopard", "persian+cat", "pig", "hippopotamus")
    }
    assert set(standard.index[standard == "child"]) == {"seal"}
    assert set(standard.index[standard == "clean"]) == {"humpback+whale", "raccoon", "rat"}
    assert set(proposed.index[proposed == "child"]) == {"sheep", "dolphin", "horse", "seal"}
    assert set(proposed.index[proposed == "parent"]) == {"bobcat"}
    assert set(proposed.index[proposed == "clean"]) == {"bat", "blue+whale", "rat", "walrus", "giraffe"}


def test_published_lists(real_data):
    folder = real_data / "awa2_meta"
    numbered = (folder / "classes.txt").read_text().split()
    assert tuple(numbered[1::2]) == CLASSES
    assert tuple((folder / "testclasses.txt").read_text().split()) == UNSEEN["standard"]
    assert tuple((folder / "proposed_split/testclasses.txt").read_text().split()) == UNSEEN["proposed"]
    assert sha256(folder / "proposed_split/testclasses.txt") == PROPOSED_SHA256


def test_the_real_stand_in(real_data):
    dataset = Awa2Mini(real_data)
    images = index_images(dataset, threads=2)
    counts = images["class_name"].value_counts()
    assert set(counts.index) == set(dataset.classes) and len(images) == 2_998
    assert set(counts.index[counts == 119]) == {"blue+whale", "seal"} and (counts >= 119).all()
    assert images["content"].is_unique
    assert min(min(dataset.load(path).shape[:2]) for path in images["path"][::100]) >= 64
    assert any("not AwA2" in note for note in dataset.notes)
    np.testing.assert_array_equal(
        images["class_id"], [dataset.classes.index(name) for name in images["class_name"]]
    )
