"""Extraction: order, batches, resuming after a kill, errors that name the image, the command line."""

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from mgah import registry
from mgah.backbones import __main__ as stage
from mgah.backbones.base import Engine
from mgah.backbones.extraction import batches, extract
from mgah.backbones.pixels import Pixels
from mgah.backbones.store import read_features, sample_sha256
from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.tables.images import write_images

NAMES = [f"{number:03d}.png" for number in range(50)]


def _load(name: str) -> np.ndarray:
    return np.full((8, 8, 3), int(name[:3]), np.uint8)


def _extract(folder, load=_load, backbone=None, names=NAMES, source="5" * 64, threads=3, batch_size=4):
    backbone = backbone or Pixels()
    engine = backbone.engine("cpu", threads, batch_size)
    extract(backbone, engine, names, load, folder, {"dataset": "d", "backbone": "p"}, source, threads)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch_size", [1, 7, 50, 64])
def test_rows_are_in_path_order(threads, batch_size):
    backbone = Pixels()
    engine = backbone.engine("cpu", threads, batch_size)

    def load(name):
        time.sleep(0.002 * (int(name[:3]) % 3))  # threads finish out of order
        return _load(name)

    parts = list(batches(backbone, engine, NAMES, load, threads))
    assert [len(part) for part in parts[:-1]] == [batch_size] * (len(parts) - 1)
    expected = np.repeat(np.arange(50, dtype=np.float32)[:, None] / np.float32(255), 64, axis=1)
    np.testing.assert_array_equal(np.concatenate(parts), expected)


def test_every_batch_is_full_and_bounded_many_are_loaded_ahead():
    backbone, loaded, shapes = Pixels(), [], []

    def forward(batch):
        shapes.append(batch.shape)
        return backbone.forward(batch)

    def load(name):
        loaded.append(name)
        return _load(name)

    steps = batches(backbone, Engine("numpy", "cpu", 4, forward), NAMES, load, threads=2)
    next(steps)
    assert len(loaded) <= 4 * 5
    assert sum(len(part) for part in steps) == 46
    assert set(shapes) == {(4, 1, 8, 8)} and len(shapes) == 13


def test_store_and_card(tmp_path):
    _extract(tmp_path)
    features, card = read_features(tmp_path, 50)
    np.testing.assert_array_equal(features[:, 0], np.arange(50, dtype=np.float32) / np.float32(255))
    assert card == {
        "dataset": "d",
        "backbone": "p",
        "images_sha256": "5" * 64,
        "fingerprint": Pixels().fingerprint(),
        "weights": "",
        "weights_sha256": "",
        "engine": "numpy",
        "device": "cpu",
        "notes": list(Pixels.notes),
        "images": 50,
        "dimension": 64,
        "dtype": "float32",
        "content": sha256(tmp_path / "features.npy"),
        "sample": sample_sha256(tmp_path / "features.npy"),
    }


def _stopped(folder, at="030", **others):
    """Run until image ``at`` fails; return the names that were loaded."""
    loaded = []

    def load(name):
        if name.startswith(at):
            raise InputError(f"image {name} is damaged")
        loaded.append(name)
        return _load(name)

    with pytest.raises(InputError, match=f"image {at}.png is damaged"):
        _extract(folder, load, **others)
    return loaded


@pytest.mark.slow
def test_resuming_loads_only_the_rest_and_gives_identical_bytes(tmp_path):
    _extract(tmp_path / "whole")
    _stopped(tmp_path / "parts")
    assert not (tmp_path / "parts" / "features.npy").exists()
    loaded = []
    _extract(tmp_path / "parts", lambda name: loaded.append(name) or _load(name))
    assert sorted(loaded) == NAMES[28:]  # seven whole batches of four were safe
    for name in ("features.npy", "card.json"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


class Brighter(Pixels):
    def _preprocess(self, image):
        return super()._preprocess(image) + np.float32(1)


@pytest.mark.parametrize("other", [{"backbone": Brighter()}, {"source": "t"}, {"batch_size": 8}])
def test_partial_rows_made_otherwise_are_discarded(tmp_path, other):
    _stopped(tmp_path)
    loaded = []
    _extract(tmp_path, lambda name: loaded.append(name) or _load(name), **other)
    assert sorted(loaded) == NAMES


@pytest.mark.slow
def test_kill_9_then_resume(tmp_path):
    code = """
import sys, time
from tests_load import load, NAMES
import mgah.backbones.extraction as extraction
from mgah.backbones.pixels import Pixels
from mgah.backbones.store import FeatureWriter
extraction.FeatureWriter = lambda *arguments: FeatureWriter(*arguments, save_every=0)
backbone = Pixels()
def slow(name):
    time.sleep(0.02 if name < "024" else 3600)
    return load(name)
extraction.extract(backbone, backbone.engine("cpu", 2, 4), NAMES, slow, sys.argv[1], {"dataset": "d"}, "5" * 64, 2)
"""
    (tmp_path / "tests_load.py").write_text(
        "import numpy as np\nNAMES = [f'{n:03d}.png' for n in range(50)]\n"
        "def load(name): return np.full((8, 8, 3), int(name[:3]), np.uint8)\n"
    )
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    progress = tmp_path / "out" / ".features.progress.json"
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "out"],
        env={**os.environ, "PYTHONPATH": paths},
        stderr=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + 60
        while not (progress.exists() and json.loads(progress.read_text())["done"] >= 8):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not (tmp_path / "out" / "features.npy").exists()
    loaded = []
    _extract(tmp_path / "out", lambda name: loaded.append(name) or _load(name))
    assert 26 <= len(loaded) <= 42 and sorted(loaded) == NAMES[50 - len(loaded) :]
    _extract(tmp_path / "whole")
    assert sha256(tmp_path / "out" / "features.npy") == sha256(tmp_path / "whole" / "features.npy")


class Overflowing(Pixels):
    def forward(self, batch):
        return np.where(batch.reshape(len(batch), -1) == np.float32(17 / 255), np.nan, 1).astype(np.float32)


def test_features_that_are_not_finite_name_the_image(tmp_path):
    with pytest.raises(InputError, match=r"features of image 017.png are not finite"):
        _extract(tmp_path, backbone=Overflowing())
    assert not (tmp_path / "features.npy").exists()


class Halved(Pixels):
    dtype = "float16"

    def forward(self, batch):
        return batch.reshape(len(batch), -1) * np.float32(1e6)


def test_values_beyond_half_precision_name_the_image(tmp_path):
    """255 of 255 is 1e6, and 65,504 is the largest: images up to 016 fit."""
    with pytest.raises(InputError, match=r"features of image 017.png are not finite"):
        _extract(tmp_path, backbone=Halved())


def test_an_image_of_another_shape_is_named(tmp_path):
    with pytest.raises(InputError, match=r"image 003.png cannot be used: .* shape \(8, 8\)"):
        _extract(tmp_path, lambda name: _load(name) if name != "003.png" else np.zeros((8, 8), np.uint8))


def test_progress_in_a_log_is_lines_with_rate_and_time_left(tmp_path, capsys):
    _extract(tmp_path)
    lines = capsys.readouterr().err.replace("\r", "").strip().split("\n")
    assert (
        lines[-1].startswith("features pixels: 50 of 50, ")
        and "images/s" in lines[-1]
        and "left" in lines[-1]
    )


class FakeFolder:
    """A dataset of class folders."""

    def __init__(self, root):
        self.root = root

    def load(self, path):
        if path == "b/3.png":
            raise InputError(f"image {path} cannot be decoded: replace it")
        return np.full((8, 8, 3), ord(path[0]), np.uint8)


def _images(target, rows):
    table = {"id": range(len(rows)), "class_id": 0, "class_name": "x", "path": rows, "content": "0" * 32}
    write_images(target, pd.DataFrame(table))


@pytest.fixture
def arguments(tmp_path, monkeypatch):
    """Command line of the stage over a small fake dataset."""
    opened, build = [], registry.build
    monkeypatch.setattr(
        stage.registry,
        "build",
        lambda kind, name, root, **options: (
            opened.append((name, root, options)) or FakeFolder(root)
            if kind == "datasets"
            else build(kind, name, root, **options)
        ),
    )
    _images(tmp_path / "images.csv", ["a/1.png", "a/2.png", "b/1.png"])
    given = {
        "--dataset": "folder",
        "--data-dir": str(tmp_path),
        "--options": '{"folder": "x"}',
        "--images": str(tmp_path / "images.csv"),
        "--backbone": "pixels",
        "--output": str(tmp_path / "out"),
        "--threads": "2",
    }

    def run(job="features", **others):
        chosen = given | {f"--{name.replace('_', '-')}": value for name, value in others.items()}
        if job == "images":
            chosen = {name: value for name, value in chosen.items() if name != "--backbone"}
        stage.main([job, *(word for pair in chosen.items() for word in pair)])
        return opened[-1]

    return run


def test_command_line(arguments, tmp_path):
    assert arguments() == ("folder", tmp_path, {"folder": "x"})
    features, card = read_features(tmp_path / "out", 3)
    expected = np.array([97, 97, 98], dtype=np.float32) / np.float32(255)
    np.testing.assert_array_equal(features, np.repeat(expected[:, None], 64, axis=1))
    assert (card["dataset"], card["backbone"], card["engine"]) == ("folder", "pixels", "numpy")
    assert card["images_sha256"] == sha256(tmp_path / "images.csv")


def test_images_are_stored_as_bytes_of_the_size_that_is_asked_and_belong_to_no_backbone(arguments, tmp_path):
    arguments("images", image_size="4")
    features, card = read_features(tmp_path / "out", 3)
    np.testing.assert_array_equal(features, np.repeat(np.array([[97], [97], [98]], np.uint8), 48, axis=1))
    assert card["dtype"] == "uint8" and "backbone" not in card and card["notes"] == []


@pytest.mark.parametrize(
    "others, message",
    [
        ({"backbone_options": '{"size": 4}'}, "backbone pixels has no option 'size'"),
        ({"backbone": "vgg"}, "no backbone 'vgg'"),
        ({"threads": "0"}, "1 or more"),
        ({"batch_size": "0"}, "1 or more"),
        ({"device": "cuda"}, "numpy on the cpu"),
        ({"weights": "file.pth"}, "has no weights"),
        ({"images": "absent.csv"}, "absent.csv cannot be used"),
    ],
)
def test_bad_arguments_are_told_before_anything_is_written(arguments, tmp_path, others, message):
    with pytest.raises(InputError, match=message):
        arguments(**others)
    assert not (tmp_path / "out").exists()


def test_a_corrupt_image_leaves_no_features(arguments, tmp_path):
    _images(tmp_path / "images.csv", ["a/1.png", "b/3.png"])
    with pytest.raises(InputError, match=r"image b/3.png cannot be decoded"):
        arguments()
    assert not any((tmp_path / "out").glob("[!.]*"))


@pytest.mark.long
def test_real_images_on_the_fast_path(tmp_path, real_data):
    """64 CIFAR-10 images: the store equals eager torch, and does not depend on the number of threads."""
    pixels = {}
    with tarfile.open(real_data / "cifar10.tar.gz") as archive:
        for member in archive:
            if member.isfile():
                content = archive.extractfile(member).read()
                pixels[member.name] = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
            if len(pixels) == 64:
                break
    backbone = registry.load("backbones", "efficientnet_lite0")()
    engine = backbone.engine("cpu", threads=2, batch_size=4)
    for threads in (1, 2):
        extract(backbone, engine, sorted(pixels), pixels.get, tmp_path / str(threads), {}, "5" * 64, threads)
    features, card = read_features(tmp_path / "1", 64)
    np.testing.assert_array_equal(features, read_features(tmp_path / "2")[0])
    eager = backbone.forward(np.stack([backbone.preprocess(pixels[name]) for name in sorted(pixels)]))
    np.testing.assert_allclose(features, eager, rtol=0, atol=1e-4)
    assert card["weights_sha256"].startswith("57934424")
