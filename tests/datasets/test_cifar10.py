import io
import os
import re
import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mgah.datasets import cifar10
from mgah.datasets.cifar10 import Cifar10
from mgah.datasets.index import index_images
from mgah.errors import InputError
from mgah.io import archives, downloads

from .conftest import png, random_image, write_archive, write_folder


def test_official_batches_keep_pixels_and_labels(batches, tmp_path):
    _, images, labels = batches
    dataset = Cifar10(tmp_path, download=False)
    assert dataset.source == "cifar-10-batches-py" and dataset.archive is None and dataset.notes == ()
    for i in (0, 7, 14, 15, 19):
        part, index = ("train", i) if i < 15 else ("test", i - 15)
        path = f"{part}/{Cifar10.classes[labels[i]]}/{index:05d}"
        dataset.load(path)[:] = 0  # a caller's change stays the caller's
        np.testing.assert_array_equal(dataset.load(path), images[i])
        assert dict(dataset.paths())[path] == Cifar10.classes[labels[i]]


def test_official_archive_is_read_without_unpacking_it_into_the_data_folder(batches, tmp_path, monkeypatch):
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import calculate_md5

    folder, _, _ = batches
    unpacked = Cifar10(tmp_path, download=False)
    archive = tmp_path / "cifar-10-python.tar.gz"
    with tarfile.open(archive, "w:gz") as stream:
        stream.add(folder, arcname=folder.name)
    shutil.rmtree(folder)
    monkeypatch.setattr(CIFAR10, "tgz_md5", calculate_md5(archive))
    dataset = Cifar10(tmp_path, download=False)
    assert (dataset.source, dataset.archive) == (archive.name, archive)
    assert dataset.paths() == unpacked.paths()
    assert all(np.array_equal(dataset.load(path), unpacked.load(path)) for path, _ in dataset.paths())
    assert os.listdir(tmp_path) == [archive.name]


def test_official_data_with_wrong_checksums_is_refused(batches, tmp_path):
    folder, _, _ = batches
    with open(folder / "data_batch_3", "ab") as stream:
        stream.write(b"x")
    with pytest.raises(InputError, match=r"cifar-10-batches-py lacks files .* checksums are wrong"):
        Cifar10(tmp_path)
    shutil.rmtree(folder)
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"half a download")
    with pytest.raises(
        InputError, match=r"cifar-10-python.tar.gz has not the MD5 checksum c58f30108f718f92721af3b95e"
    ):
        Cifar10(tmp_path)


def test_official_data_come_before_the_image_archive(batches, files, tmp_path):
    write_archive(tmp_path, files)
    assert Cifar10(tmp_path, download=False).source == "cifar-10-batches-py"


@pytest.mark.parametrize("top", ["cifar10", "./cifar10", "CIFAR-10-images-master"])
def test_archive_and_folder_give_the_same_images(files, tmp_path, top):
    (tmp_path / "a").mkdir()
    archive = write_archive(tmp_path / "a", {"README.md": b"text", **files}, top)
    write_folder(tmp_path / "b", {**files, ".DS_Store": b"\0", "train/cat/.hidden.png": b"\0"})
    from_archive, from_folder = (Cifar10(tmp_path / name, download=False) for name in "ab")
    assert (from_archive.source, from_archive.archive) == ("cifar10.tar.gz", archive)
    assert (from_folder.source, from_folder.archive) == ("cifar10", None)
    assert dict(from_archive.paths()).keys() == files.keys()
    for dataset in (from_archive, from_folder):
        assert dict(dataset.paths())["test/deer/0000.png"] == "deer"
        np.testing.assert_array_equal(dataset.load("train/bird/0000.png"), random_image(2))
        assert len(dataset.notes) == 1 and "official batches" in dataset.notes[0]


def test_class_folders_without_parts_are_read(few_images, tmp_path):
    files = {f"{name}/{i}.png": png(random_image(i)) for name in Cifar10.classes for i in range(2)}
    write_folder(tmp_path, files)
    assert dict(Cifar10(tmp_path, download=False).paths()).keys() == files.keys()


def test_jpeg_files_are_told_in_a_note(files, tmp_path):
    buffer = io.BytesIO()
    Image.fromarray(random_image(3)).save(buffer, "JPEG")
    del files["train/cat/0000.png"]
    write_archive(tmp_path, {**files, "train/cat/0000.jpg": buffer.getvalue()})
    dataset = Cifar10(tmp_path)
    assert "JPEG re-encoding and not the official batches" in dataset.notes[0]
    assert np.abs(dataset.load("train/cat/0000.jpg").astype(int) - random_image(3)).mean() < 60


def test_first_images_of_each_class_in_path_order(files, tmp_path):
    write_archive(tmp_path, dict(reversed(files.items())))
    dataset = Cifar10(tmp_path, images_per_class=1)
    assert sorted(dataset.paths()) == [(f"test/{name}/0000.png", name) for name in Cifar10.classes]
    assert dataset.notes[-1] == "subset: 1 images a class"
    with pytest.raises(InputError, match=r"has no image 'train/cat/0000.png'"):
        dataset.load("train/cat/0000.png")


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.97])
def test_truncated_archive(files, tmp_path, cut):
    archive = write_archive(tmp_path, files)
    content = archive.read_bytes()
    archive.write_bytes(content[: int(cut * len(content))])
    with pytest.raises(
        InputError, match=r"cifar10.tar.gz cannot be read to its end, after \d+ images .*again"
    ):
        Cifar10(tmp_path)


def test_archive_without_its_last_bytes_is_truncated(files, tmp_path):
    archive = write_archive(tmp_path, files)
    archive.write_bytes(archive.read_bytes()[:-4])  # all images are there, the checksum of the whole is not
    with pytest.raises(InputError, match=r"cannot be read to its end, after 20 images"):
        Cifar10(tmp_path)


def test_archive_with_a_flipped_byte_or_no_archive_at_all(files, tmp_path):
    archive = write_archive(tmp_path, files)
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    for damaged in (bytes(content), b"", b"<html>not found</html>"):
        archive.write_bytes(damaged)
        with pytest.raises(InputError, match=r"cifar10\.tar\.gz"):
            Cifar10(tmp_path)


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_FILE_BYTES", "MAX_TOTAL_BYTES"])
def test_absurd_sizes(files, tmp_path, monkeypatch, limit):
    write_archive(tmp_path, files)
    monkeypatch.setattr(archives, limit, 10)
    with pytest.raises(InputError, match=r"larger than an image archive may be"):
        Cifar10(tmp_path)


def test_huge_member_is_refused_before_it_is_read(tmp_path):
    member = tarfile.TarInfo("cifar10/train/cat/0000.jpg")
    member.size = 1 << 40
    with tarfile.open(tmp_path / "cifar10.tar.gz", "w:gz") as stream:
        stream.fileobj.write(member.tobuf())
    with pytest.raises(InputError, match=r"0000.jpg is member 1 with 1,099,511,627,776 bytes"):
        Cifar10(tmp_path)


def test_corrupt_image_is_named(files, tmp_path):
    name = "train/frog/0000.png"
    for damaged, fault in (
        (files[name][:200], "cannot be decoded"),
        (b"", "is no"),
        (b"GIF89a", "is no JPEG or PNG"),
    ):
        archive = write_archive(tmp_path, {**files, name: damaged})
        with pytest.raises(InputError, match=rf"image cifar10/{name} in {archive} {fault}"):
            index_images(Cifar10(tmp_path), threads=2)
    archive.unlink()
    write_folder(tmp_path, {**files, name: files[name][:200]})
    with pytest.raises(InputError, match=rf"cifar10/{name} cannot be decoded"):
        index_images(Cifar10(tmp_path))


def test_image_of_another_size_is_named(files, tmp_path):
    large = png(np.zeros((33, 32, 3), np.uint8))
    write_archive(tmp_path, {**files, "train/frog/0000.png": large})
    with pytest.raises(InputError, match=r"frog/0000.png in .* has 33x32 pixels, expected 32x32"):
        index_images(Cifar10(tmp_path))


def test_wrong_counts_are_told(files, tmp_path):
    del files["train/ship/0000.png"]
    write_archive(tmp_path, files)
    with pytest.raises(
        InputError, match=r"cifar10.tar.gz has 19 images, with 1 of ship; expected 20, 2 of each"
    ):
        Cifar10(tmp_path)


def test_unknown_class_folder_and_doubled_path(files, tmp_path):
    image = files["train/cat/0000.png"]
    write_archive(tmp_path, {**files, "train/lion/0000.png": image})
    with pytest.raises(InputError, match=r"has the image cifar10/train/lion/0000.png outside a class folder"):
        Cifar10(tmp_path)
    write_archive(tmp_path, {**files, "copy/train/cat/0000.png": image})
    with pytest.raises(InputError, match=r"has two images train/cat/0000.png"):
        Cifar10(tmp_path)


def test_same_member_twice(tmp_path):
    with tarfile.open(tmp_path / "cifar10.tar.gz", "w:gz") as stream:
        for content in (b"one", b"two"):
            member = tarfile.TarInfo("cifar10/train/cat/0000.jpg")
            member.size = 3
            stream.addfile(member, io.BytesIO(content))
    with pytest.raises(InputError, match=r"has cifar10/train/cat/0000.jpg twice"):
        Cifar10(tmp_path)


def test_missing_data_say_what_to_put_where(tmp_path, monkeypatch):
    from torchvision.datasets import CIFAR10

    with pytest.raises(InputError) as switched_off:
        Cifar10(tmp_path, download=False)
    assert os.listdir(tmp_path) == []

    def no_network(url, target, checksum):
        assert (url, target) == (CIFAR10.url, tmp_path / "cifar-10-python.tar.gz")
        assert checksum == "md5:c58f30108f718f92721af3b95e74349a"
        raise InputError("Name or service not known")

    monkeypatch.setattr(downloads, "download", no_network)
    with pytest.raises(InputError, match=r"download failed .Name or service not known") as failed:
        Cifar10(tmp_path)
    for message in (str(switched_off.value), str(failed.value)):
        for part in (
            str(tmp_path),
            "MGAH_DATA",
            "cifar-10-python.tar.gz",
            "163 MiB",
            "www.cs.toronto.edu",
            "cifar10.tar.gz",
        ):
            assert part in message


def test_download_puts_the_whole_archive_into_the_data_folder(batches, tmp_path, monkeypatch):
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import calculate_md5

    folder, _, _ = batches
    remote = tmp_path / "remote.tar.gz"
    with tarfile.open(remote, "w:gz") as stream:
        stream.add(folder, arcname=folder.name)
    monkeypatch.setattr(CIFAR10, "tgz_md5", calculate_md5(remote))
    monkeypatch.setattr(downloads, "download", lambda _url, target, _checksum: shutil.copy(remote, target))
    (tmp_path / "new").mkdir()
    dataset = Cifar10(tmp_path / "new")
    assert dataset.source == "cifar-10-python.tar.gz" and len(dataset.paths()) == 20
    assert os.listdir(tmp_path / "new") == ["cifar-10-python.tar.gz"]


@pytest.mark.parametrize("download", [True, False])
def test_data_folder_that_does_not_exist_is_refused_and_not_made(tmp_path, monkeypatch, download):
    monkeypatch.setattr(downloads, "download", lambda *_: pytest.fail("download started"))
    monkeypatch.chdir(tmp_path)
    told = (
        rf"data folder {re.escape(str(tmp_path))}/typo does not exist: set .* MGAH_DATA .*data_dir.*create it"
    )
    with pytest.raises(InputError, match=told):
        Cifar10(Path("typo"), download=download)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"/file is a file: set"):
        Cifar10(Path("file"), download=download)


@pytest.mark.parametrize("count", [0, -1, 6001, True, 2.0, "5"])
def test_bad_subset_sizes(tmp_path, count):
    with pytest.raises(InputError, match=r"images_per_class is .*, expected an integer from 1 to 6000"):
        Cifar10(tmp_path, images_per_class=count)


def test_bad_download_option(tmp_path):
    with pytest.raises(InputError, match=r"download is 'no', expected true or false"):
        Cifar10(tmp_path, download="no")


def test_a_split_is_named_after_its_unseen_classes():
    for name in Cifar10.classes:
        assert Cifar10.unseen_classes(name, Cifar10.classes) == (name,)
    assert Cifar10.unseen_classes("dog+cat", Cifar10.classes) == ("cat", "dog")
    with pytest.raises(InputError, match=r"cifar10 has no split 'lion': expected different .* airplane, "):
        Cifar10.unseen_classes("lion", Cifar10.classes)


def test_synsets_are_the_first_noun_senses_of_wordnet(real_data):
    # index.noun lists the synset offsets of a word, most frequent sense first
    with zipfile.ZipFile(real_data / "nltk_data/corpora/wordnet.zip") as stored:
        lines = stored.read("wordnet/index.noun").decode().splitlines()
    words = {line.split()[0]: line.split() for line in lines if not line.startswith(" ")}

    def first_sense(word: str) -> str:
        return f"n{words[word][-int(words[word][2])]}"

    nouns = {name: "car" if name == "automobile" else name for name in Cifar10.classes}
    assert {name: first_sense(noun) for name, noun in nouns.items()} == dict(Cifar10.synsets)
    assert cifar10.Cifar10.synsets["cat"] == "n02121620"
