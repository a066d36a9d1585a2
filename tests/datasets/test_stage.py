"""The entry point ``python -m mgah.datasets``, and the real CIFAR-10."""

import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mgah.datasets import __main__ as stage
from mgah.datasets.class_folders import ClassFolders
from mgah.datasets.digits import Digits
from mgah.datasets.index import content_hash, index_images
from mgah.errors import InputError
from mgah.tables.images import read_images, write_images

from .conftest import random_image, write_archive


def run(tmp_path, dataset: str, *arguments: str) -> tuple[pd.DataFrame, dict]:
    outputs = tmp_path / "out" / "images.csv", tmp_path / "out" / "dataset.json"
    options = [
        "--dataset",
        dataset,
        "--data-dir",
        str(tmp_path),
        "--images",
        outputs[0],
        "--card",
        outputs[1],
    ]
    stage.main([*map(str, options), *arguments])
    return read_images(outputs[0]), json.loads(outputs[1].read_text())


def test_table_and_card(tmp_path, files):
    archive = write_archive(tmp_path, files)
    images, card = run(
        tmp_path,
        "cifar10",
        "--options",
        '{"images_per_class": 1, "download": false}',
        "--threads",
        "2",
    )
    assert list(images["path"]) == [f"test/{name}/0000.png" for name in card["classes"]]
    assert list(images["id"]) == list(images["class_id"]) == list(range(10))
    assert card["archive_sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert (card["name"], card["images"], card["source"]) == ("cifar10", 10, "cifar10.tar.gz")
    assert card["synsets"]["cat"] == "n02121620" and card["notes"][-1] == "subset: 1 images a class"


@pytest.mark.parametrize("figures", [[], ["--figures"], ["--figures", "confusion", "gallery"]])
def test_names_of_classes_that_figures_cannot_show_are_told_before_an_image_is_decoded(
    figures, tmp_path, monkeypatch
):
    monkeypatch.setattr("mgah.report.fonts.family_with", lambda letters: None if "猫" in letters else "Noto")
    ClassFolders.example(tmp_path)
    if len(figures) < 2:
        assert "猫" in run(tmp_path, "class_folders", *figures)[1]["classes"]
        return
    monkeypatch.setattr(stage, "index_images", None)
    told = r"the figures confusion, gallery cannot show the names of 1 classes \('猫' of '猫'\), .* install"
    with pytest.raises(InputError, match=told):
        run(tmp_path, "class_folders", *figures)
    assert not (tmp_path / "out").exists()


def test_unreadable_images_are_told_together(tmp_path):
    ClassFolders.example(tmp_path)
    files = sorted((tmp_path / "class_folders").rglob("*.*"))
    files[1].write_bytes(b"no image")
    with pytest.raises(InputError, match=r"^image .* is no JPEG or PNG image"):
        run(tmp_path, "class_folders")
    for file in files[2:]:
        file.write_bytes(b"no image")
    with pytest.raises(InputError) as error:
        run(tmp_path, "class_folders")
    told = str(error.value)
    assert told.startswith(
        "11 images of class_folders cannot be read, and unreadable: skip in the block of the dataset"
    )
    assert told.count("begins with b'no image'") == 10 and told.endswith("; and 1 more")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "splits, told",
    [
        (["seal", "polar_bear+猫"], ""),
        (
            ["seal", "polar_baer"],
            "mine: class_folders has no split 'polar_baer': expected .* out of Löwe, polar_bear, seal, 猫",
        ),
        (
            ["seal", *(f"draw{k}" for k in range(5))],
            "mine has '.*' and 'draw[0-9]', which leave the same classes",
        ),
    ],
)
def test_splits_are_checked_when_the_classes_are_known(splits, told, tmp_path, monkeypatch):
    ClassFolders.example(tmp_path)
    arguments = ["--name", "mine", "--splits", json.dumps({"mine": splits, "other": ["nonsense"]})]
    if not told:
        assert run(tmp_path, "class_folders", *arguments)[1]["name"] == "mine"
        return
    monkeypatch.setattr(stage, "index_images", None)
    with pytest.raises(InputError, match=told):
        run(tmp_path, "class_folders", *arguments)
    assert not (tmp_path / "out").exists()


def test_digits_table_is_the_same_on_every_machine(tmp_path):
    images, card = run(tmp_path, "digits")
    assert hashlib.sha256(images.to_csv(index=False).encode()).hexdigest() == (
        "065779e2d21783ad09d267ac43ccefff65ca47d762e9f64728198e7df826547f"
    )
    assert images["class_name"].value_counts().to_dict() == dict(
        zero=178, one=182, two=177, three=183, four=181, five=182, six=181, seven=179, eight=174, nine=180
    )
    assert card["archive_sha256"] is None and card["notes"] == []


def test_corrupt_image_leaves_nothing_written(tmp_path, files):
    write_archive(tmp_path, {**files, "train/cat/0000.png": b"broken"})
    with pytest.raises(InputError, match=r"cifar10/train/cat/0000.png"):
        run(tmp_path, "cifar10")
    assert not (tmp_path / "out").exists()


def test_unreadable_images_are_left_out_counted_and_named_where_the_config_says_so(tmp_path, files, capsys):
    bad = {f"train/{name}/0000.png": b"" for name in ("bird", "cat", "deer", "dog", "frog", "horse")}
    write_archive(tmp_path, files | bad)
    images, card = run(tmp_path, "cifar10", "--unreadable", "skip", "--threads", "2")
    assert list(images["path"]) == sorted(set(files) - set(bad))
    assert list(images["id"]) == list(range(14)) and card["images"] == 14
    assert card["notes"][-1] == (
        "6 images of cifar10 cannot be read and are left out: train/bird/0000.png, train/cat/0000.png, "
        "train/deer/0000.png, train/dog/0000.png, train/frog/0000.png and 1 more."
    )
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("left out: ")]
    assert len(told) == 6 and "cifar10/train/bird/0000.png" in told[0]


def test_skipping_changes_nothing_where_all_images_are_readable(tmp_path, files):
    write_archive(tmp_path, files)
    skipping = run(tmp_path, "cifar10", "--unreadable", "skip")
    stopping = run(tmp_path, "cifar10", "--unreadable", "stop")
    assert skipping[0].equals(stopping[0]) and skipping[1] == stopping[1]


def test_a_note_counts_what_was_converted(tmp_path, files):
    def encoded(pixels: np.ndarray, **options) -> bytes:
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG", **options)
        return buffer.getvalue()

    turned, glass = Image.Exif(), np.zeros((32, 32, 4), np.uint8)
    turned[0x0112] = 6
    odd = {
        "train/cat/0000.png": encoded(random_image(1), exif=turned),
        "train/dog/0000.png": encoded(glass, exif=turned),
        "train/deer/0000.png": encoded(np.arange(1024, dtype=np.uint16).reshape(32, 32)),
    }
    write_archive(tmp_path, files | odd)
    _, card = run(tmp_path, "cifar10", "--name", "pictures", "--threads", "2")
    assert card["notes"][1:] == [
        "Images of pictures that were converted when they were read: 1 laid on white where they are transparent, "
        "1 reduced from 16 to 8 bits a channel, 2 turned as their EXIF orientation says."
    ]
    write_archive(tmp_path, files)
    assert len(run(tmp_path, "cifar10", "--name", "pictures")[1]["notes"]) == 1


@pytest.mark.parametrize("name", ["a\udce9.png", "a\nb.png", "a\rb.png", "\0.png"])
def test_a_name_that_no_table_holds_is_refused(name, few_images):
    dataset = Digits(Path())
    dataset._labels = {**dataset._labels, f"one/{name}": "one"}
    with pytest.raises(
        InputError, match=r"digits: the image 'one/.*\\.*png' has a name that is no UTF-8, or"
    ):
        index_images(dataset)


def test_names_of_all_scripts_survive_the_table(tmp_path):
    names = [
        "NA",
        'a "b".jpg',
        " c ",
        "ü.jpg",
        "猫,1.jpg",
        "1e5",
        "\u200e.jpg",
        "\u2028.jpg",
        "-x",
        "\ufeff.jpg",
    ]
    dataset = Digits(tmp_path)
    images = [dataset.load(path) for path in list(dataset._labels)[: len(names)]]
    dataset._labels, dataset._images = dict.fromkeys(names, "one"), dict(zip(names, images, strict=True))
    table = index_images(dataset)
    write_images(tmp_path / "images.csv", table)
    assert read_images(tmp_path / "images.csv")["path"].tolist() == sorted(names)


def test_a_class_without_a_readable_image_is_not_left_out(tmp_path, files):
    write_archive(tmp_path, files | {f"{part}/cat/0000.png": b"" for part in ("train", "test")})
    with pytest.raises(InputError, match=r"no image of the classes \['cat'\] can be read"):
        run(tmp_path, "cifar10", "--unreadable", "skip")
    assert not (tmp_path / "out").exists()


def test_bad_threads(tmp_path):
    with pytest.raises(InputError, match=r"--threads is 0, expected 1 or more"):
        run(tmp_path, "digits", "--threads", "0")


@pytest.mark.slow
def test_error_is_one_line_without_traceback(tmp_path):
    command = [sys.executable, "-m", "mgah.datasets", "--dataset", "mnist", "--data-dir", str(tmp_path)]
    command += ["--images", str(tmp_path / "images.csv"), "--card", str(tmp_path / "dataset.json")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 1 and ran.stdout == ""
    assert ran.stderr.startswith("error: there is no dataset 'mnist'") and ran.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_content_hash_tells_shapes_and_pixels_apart():
    image = np.zeros((2, 6, 3), np.uint8)
    expected = hashlib.blake2b(
        bytes([2, 0, 0, 0, 6, 0, 0, 0, 3, 0, 0, 0]) + bytes(36), digest_size=16
    ).hexdigest()
    assert content_hash(image) == expected
    changed = image.copy()
    changed[1, 5, 2] = 1
    others = [image.reshape(6, 2, 3), image.reshape(3, 4, 3), changed]
    assert len({expected, *map(content_hash, others)}) == 4
    assert content_hash(np.asfortranarray(changed)) == content_hash(changed)


def test_real_cifar10(tmp_path, real_data):
    archive = real_data / "cifar10.tar.gz"
    (tmp_path / archive.name).symlink_to(archive)
    images, card = run(tmp_path, "cifar10", "--options", '{"images_per_class": 600}')
    assert card["archive_sha256"] == "e3d63a2bb5b73a8ee6aaf3b52c3a2787384ef44054e2558fd431a85174b71572"
    assert (images["class_name"].value_counts() == 600).all() and card["images"] == 6000
    assert images["path"].str.startswith("test/").all()
    assert images["content"].is_unique
