"""``mgah export``: an ONNX file gives the bits of PyTorch from images on, and codes arrive in other forms whole."""

import csv
import importlib
import sys

import numpy as np
import pytest

from mgah import registry
from mgah.encoding.codes_file import NamedCodes, write_named_codes
from mgah.encoding.encoder import Encoder, read_encoder
from mgah.encoding.inputs import read_input
from mgah.encoding.onnx_file import whole
from mgah.errors import InputError
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


def test_a_method_without_a_module_is_one_sentence(tmp_path):
    method = registry.build("methods", "lsh", n_bits=4)
    with pytest.raises(InputError, match=r"LSH has no as_module, .*: encode with mgah encode"):
        whole(Encoder(tmp_path, method, "features", "pixels"), registry.build("backbones", "pixels"))


def test_codes_arrive_whole(mgah, tmp_path):
    random = np.random.default_rng(0)
    bits = random.integers(0, 2, (5, 12), dtype=np.uint8)
    names = ("a.png", "b, c.png", 'd".png', "é.png", "f g.png")
    write_named_codes(tmp_path / "codes.npz", NamedCodes(12, names, codes=np.packbits(bits, axis=1)))
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


def test_images_to_compare_with_are_read_before_the_file_is_written(error, models, pictures, tmp_path):
    pytest.importorskip("onnxscript")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/1.png").write_text("no image")
    line = error("export", models["frozen"][0], "--onnx", tmp_path / "a.onnx", "--check", tmp_path / "photos")
    assert "1.png" in line and not (tmp_path / "a.onnx").exists()


@pytest.fixture
def codes(tmp_path, monkeypatch):
    """The names of files in a folder, beside codes ``photos.npz``; the folder is the working one."""
    write_named_codes(
        tmp_path / "photos.npz", NamedCodes(8, ("a", "b"), codes=np.array([[7], [8]], np.uint8))
    )
    (tmp_path / "photos.json").write_text('{"my": "labels"}')
    (tmp_path / "link.csv").symlink_to("photos.npz")
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(
    "words, told",
    [
        (["--csv", "photos.npz"], "a table of codes cannot be written to photos.npz"),
        (["--csv", "link.csv"], "link.csv would be written over photos.npz, which is read"),
        (
            ["--csv", "a.csv", "--npy", "a.npz"],
            "cannot be written to a.npz: expected a name that ends in .npy",
        ),
        (
            ["--csv", "p.csv", "--npy", "p.npy", "--faiss", "p2.index"],
            "an index cannot be written to p2.index",
        ),
        (["--npy", "p.npy", "--csv", "folder.csv"], "folder.csv is a folder, expected a file to write"),
        (["--npy", "p.npy", "--csv", "photos.npz/p.csv"], "as {}/photos.npz is a file, no folder"),
        (["--npy", "p.npy", "--faiss", "photos.faiss"], "photos.json, where the card of the index"),
    ],
)
def test_targets_are_checked_before_the_first_is_written(words, told, error, codes):
    before = contents(codes)
    assert told.format(codes) in error("export", "photos.npz", *words)
    assert contents(codes) == before


def test_without_faiss_nothing_is_written(error, codes, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    before = contents(codes)
    assert "FAISS is not installed" in error("export", "photos.npz", "--npy", "p.npy", "--faiss", "p.faiss")
    assert contents(codes) == before


@pytest.mark.parametrize("content", ['{"my": "labels"}', "[1]", "no JSON", ""])
def test_the_card_of_an_index_replaces_no_file_of_another_kind(content, error, codes):
    (codes / "labels.json").write_text(content)
    before = contents(codes)
    told = error("index", "photos.npz", "-o", "labels.faiss")
    assert (
        "labels.json, where the card of the index labels.faiss would be written, is no card of an index"
        in told
    )
    assert contents(codes) == before


def test_an_index_is_made_again(mgah, codes):
    pytest.importorskip("faiss")
    for _ in range(2):
        mgah("index", "photos.npz", "-o", "new.faiss")
        mgah("export", "photos.npz", "--faiss", "new.faiss", "--csv", "new.csv", "--npy", "new.npy")
    assert contents(codes).keys() > {"new.faiss", "new.json", "new.csv", "new.npy"}


def test_a_model_is_not_replaced_by_its_onnx_file(error, models, tmp_path):
    model, _ = models["frozen"]
    (tmp_path / "m.onnx").symlink_to(model)
    told = error("export", model, "--onnx", tmp_path / "m.onnx")
    assert "m.onnx would be written over" in told


def test_codes_do_not_replace_what_they_are_made_of(error, models, tmp_path):
    model, _ = models["frozen"]
    np.savez(tmp_path / "X.npz", features=np.zeros((2, 8), np.float32))
    (tmp_path / "link.npz").symlink_to("X.npz")
    before = contents(tmp_path)
    for target in ("X.npz", "link.npz"):
        assert "would be written over" in error("encode", model, tmp_path / "X.npz", "-o", tmp_path / target)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "name, told",
    [
        ("photos.npz", "a page cannot be written to photos.npz"),
        ("q.png", "a page cannot be written to q.png"),
        ("link.html", "link.html would be written over photos.npz, which is read"),
    ],
)
def test_a_page_does_not_replace_what_is_searched(name, told, error, codes):
    (codes / "link.html").symlink_to("photos.npz")
    before = contents(codes)
    assert told in error("search", "photos.npz", "photos.npz", "--html", name)
    assert contents(codes) == before


@pytest.mark.parametrize(
    "module, words",
    [
        ("mgah.evaluation.__main__", ["score", "--output", "s.csv", "--counts", "photos.npz", "photos.npz"]),
        ("mgah.evaluation.__main__", ["score", "--output", "photos.npz", "--counts", "c.npz", "photos.npz"]),
        ("mgah.evaluation.__main__", ["sweep", "--output", "photos.npz", "."]),
        ("mgah.report.collect", ["scores", "--output", "s.csv", "--notes", "photos.npz", "photos.npz"]),
        ("mgah.report.collect", ["history", "--output", "photos.npz", "photos.npz"]),
    ],
)
def test_stages_do_not_replace_what_they_read(module, words, codes):
    before = contents(codes)
    with pytest.raises(InputError, match=r"photos\.npz would be written over photos\.npz, which is read"):
        importlib.import_module(module).main(words)
    assert contents(codes) == before
