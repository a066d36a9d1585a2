"""``mgah export``: an ONNX file gives the bits of PyTorch from images on, and codes arrive in other forms whole."""

import csv

import numpy as np
import pytest

from mgah import registry
from mgah.encoding.codes_file import NamedCodes, write_named_codes
from mgah.encoding.encoder import Encoder, read_encoder
from mgah.encoding.inputs import read_input
from mgah.encoding.onnx_file import whole
from mgah.methods.codes import unpack
from mgah.semantics.store import ClassSemantics
from tests.commands.made import BITS, COUNT


@pytest.mark.slow
@pytest.mark.parametrize("regime", ["frozen", "tail", "all"])
def test_an_onnx_file_gives_the_bits_of_pytorch_on_images(regime, mgah, models, pictures, tmp_path):
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    model, expected = models[regime]
    told = mgah("export", model, "--onnx", tmp_path / "encoder.onnx", "--check", pictures)
    assert f"all {COUNT * BITS} bits of {COUNT} images are equal" in told
    session = runtime.InferenceSession(str(tmp_path / "encoder.onnx"))
    encoder = read_encoder(model)
    backbone, images = encoder.backbone(tmp_path), read_input(pictures)
    batch = np.stack([backbone.preprocess(images.load(name)) for name in images.names])
    dtype = np.uint8 if regime == "all" else np.float32
    codes, z = session.run(["codes", "z"], {"images": batch.astype(dtype)})
    np.testing.assert_array_equal(codes, unpack(expected, BITS))
    assert codes.dtype == np.int8 and ((z >= 0) == (codes > 0)).all()
    assert session.get_modelmeta().custom_metadata_map["n_bits"] == str(BITS)


@pytest.mark.parametrize(
    "name, parameters",
    [
        ("itq", {}),
        ("mgah", {"feature_scaling": "center"}),
        ("dnnh", {"slice_width": 3, "feature_norm": "l2"}),
        ("sitnet", {"trainable": "none"}),
    ],
)
def test_the_layers_of_a_method_are_those_that_are_written(name, parameters, tmp_path):
    random = np.random.default_rng(0)
    features, labels = random.standard_normal((60, 16)).astype(np.float32), np.arange(60) % 3
    quick = registry.find("methods", name).tags["quick_parameters"]
    method = registry.build("methods", name, n_bits=8, **dict(quick) | parameters)
    method.fit(features, labels, ClassSemantics.from_vectors("abc", np.eye(3)))
    expected = method.encode(features)
    module, example = whole(
        Encoder(tmp_path, method, "features", "pixels"), registry.build("backbones", "pixels")
    )
    import torch

    codes, _ = module(torch.from_numpy(features))
    np.testing.assert_array_equal(codes.numpy(), expected)
    assert example.shape == (2, 16) and len(np.unique(expected, axis=0)) > 1


def test_codes_arrive_whole(mgah, tmp_path):
    random = np.random.default_rng(0)
    bits = random.integers(0, 2, (5, 12), dtype=np.uint8)
    names = ("a.png", "b, c.png", 'd".png', "é.png", "f g.png")
    write_named_codes(tmp_path / "codes.npz", NamedCodes(np.packbits(bits, axis=1), 12, names))
    told = mgah("export", tmp_path / "codes.npz", "--npy", tmp_path / "s.npy", "--csv", tmp_path / "t.csv")
    assert told.count("5 codes of 12 bits in") == 2
    np.testing.assert_array_equal(np.load(tmp_path / "s.npy"), 2 * bits.astype(np.int8) - 1)
    with open(tmp_path / "t.csv", newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(row["name"] for row in rows) == names
    assert [row["code"] for row in rows] == ["".join(map(str, row)) for row in bits]


def test_what_does_not_fit_together_is_one_sentence(error, models, tmp_path):
    model, _ = models["frozen"]
    assert "expected --onnx FILE alone" in error("export", model, "--npy", tmp_path / "a.npy")
    assert "expected codes, with --npy" in error(
        "export", tmp_path / "codes.npz", "--onnx", tmp_path / "a.onnx"
    )
    assert "ends in .onnx" in error("export", model, "--onnx", tmp_path / "a.bin")
