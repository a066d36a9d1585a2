"""The benchmark of training end to end: its printed lines on sizes of no weight, and what it refuses."""

import numpy as np
import pytest
import torch

from mgah.backbones.store import FeatureWriter
from mgah.benchmarks import end_to_end as benchmark
from mgah.errors import InputError
from mgah.methods.deep.network import product_dtype
from mgah.methods.mgah.estimator import MGAH
from mgah.methods.models import save_model
from mgah.semantics.store import ClassSemantics

pytestmark = pytest.mark.usefixtures("tiny_network")

SIZES = ["--network", "tiny", "--image-size", "16", "--images", "40", "--rounds", "1"]


def has_bfloat16():
    try:
        product_dtype("bfloat16", torch.device("cpu"))
    except InputError:
        return False
    return True


PRECISIONS = ["float32", "bfloat16"] if has_bfloat16() else ["float32"]


@pytest.fixture
def store(tmp_path):
    """A store of 50 images of 20 pixels, in classes 0 to 2 of different color."""
    random = np.random.default_rng(0)
    pixels = random.integers(0, 60, (50, 3, 20 * 20), dtype=np.uint8)
    pixels[np.arange(50), np.arange(50) % 3] += 180
    with FeatureWriter(tmp_path / "images", (50, 3 * 20 * 20), {}, "uint8") as writer:
        writer.append(pixels.reshape(50, -1))
        writer.finish({"backbone": "images"})
    return tmp_path / "images"


def test_it_prints_a_row_a_way(capsys, monkeypatch):
    compiled = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda module: compiled.append(module))
    benchmark.main([*SIZES, "--compiled"])
    title, _, _, *rows = capsys.readouterr().out.strip().split("\n")
    assert title == "tiny at 16 pixels, 40 images, 1 rounds"
    assert [row.rsplit(maxsplit=3)[0] for row in rows] == [
        f"{precision}{way}" for precision in PRECISIONS for way in ("", ", compiled")
    ]
    assert len(compiled) == len(PRECISIONS)
    for row in rows:
        trained, encoded, _ = map(float, row.split()[-3:])
        assert min(trained, encoded) > 0


def test_it_tells_the_share_of_the_bits_that_bfloat16_changes(capsys, store, tmp_path):
    images = np.load(store / "features.npy")
    semantics = ClassSemantics.from_vectors("abc", np.eye(3))
    parameters = {"network": "tiny", "trainable": "all", "epochs": 1, "trunk": 16, "latent": 8}
    method = MGAH(n_bits=8, device="cpu", **parameters).fit(images, np.arange(50) % 3, semantics)
    file = tmp_path / "8.safetensors"
    save_model(file, "mgah", method, {})
    arguments = [*SIZES, "--store", str(store), "--model", str(file)]
    if not has_bfloat16():
        with pytest.raises(InputError, match="bfloat16', which the cpu here does not have"):
            benchmark.main(arguments)
        return
    benchmark.main(arguments)
    expected = np.mean(
        method.encode(images[:40]) != method.set_params(precision="bfloat16").encode(images[:40])
    )
    assert capsys.readouterr().out.strip().endswith(f"bfloat16 changes: {expected:.2%}")


def test_a_store_without_enough_images_is_one_clear_error(store):
    with pytest.raises(
        InputError, match=r"holds uint8 of shape \(50, 1200\), expected a store of 60 or more"
    ):
        benchmark.main([*SIZES, "--images", "60", "--store", str(store)])
