"""What holds for every backbone found."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from torchvision.models import alexnet, googlenet

from mgah.backbones.base import Backbone
from mgah.backbones.discovery import backbone_class, backbone_names
from mgah.errors import InputError


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights files of the networks whose weights do not come with a package."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    torch.save(alexnet(weights=None).state_dict(), folder / "alexnet.pth")
    torch.save(
        googlenet(weights=None, aux_logits=True, init_weights=False).state_dict(), folder / "googlenet.pth"
    )
    files = {"alexnet": folder / "alexnet.pth", "googlenet": folder / "googlenet.pth"}
    return files | {"alexnet_maps": files["alexnet"]}


@pytest.fixture(scope="module", params=backbone_names())
def backbone(request, weights) -> Backbone:
    return backbone_class(request.param)(weights.get(request.param))


@pytest.fixture
def images(backbone, pictures) -> list[np.ndarray]:
    """What the backbone takes: pictures, or vectors where it passes published features on."""
    if backbone.name == "resnet101":
        return list(np.random.default_rng(0).normal(size=(3, 2048)).astype(np.float32))
    return pictures


def test_names_are_the_module_files_and_listing_them_imports_no_torch():
    code = (
        "import sys; from mgah.backbones.discovery import *; print(*backbone_names()); backbone_class('pixels');"
        "assert not {'torch', 'openvino'} & set(sys.modules)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == [
        "alexnet",
        "alexnet_maps",
        "efficientnet_lite0",
        "efficientnet_lite0_maps",
        "googlenet",
        "images",
        "pixels",
        "resnet101",
    ]


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(InputError, match=r"'resnet'.*alexnet, alexnet_maps, .*, pixels"):
        backbone_class("resnet")
    with pytest.raises(InputError, match="no backbone 'store'"):
        backbone_class("store")


def test_shapes_and_types(backbone, images):
    batch = np.stack([backbone.preprocess(image) for image in images[:3]])
    assert batch.dtype == np.float32 and batch.shape == (3, *backbone.input_shape)
    rows = backbone.forward(batch)
    assert rows.dtype == np.float32 and rows.shape == (3, backbone.dimension)
    assert np.isfinite(rows).all() and len(np.unique(rows, axis=0)) == 3


@pytest.mark.slow
def test_engine_agrees_with_plain_forward(backbone, images):
    engine = backbone.engine("cpu", threads=2, batch_size=2)
    if find_spec("openvino") and backbone.name not in ("pixels", "images", "resnet101"):
        assert engine.name == "openvino"
    batch = np.stack([backbone.preprocess(image) for image in images[:2]])
    rows, plain = engine.forward(batch), backbone.forward(batch)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, plain, rtol=0, atol=1e-4)
    if backbone.name == "efficientnet_lite0":
        assert abs(plain).max() > 1  # so bfloat16, with an error of 2 ** -9 of a value, would not have passed


@pytest.mark.parametrize(
    "image", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3)), np.zeros((0, 8, 3), np.uint8)]
)
def test_preprocess_refuses_what_is_no_image(backbone, image):
    with pytest.raises(InputError, match=r"expected (uint8|published features, float32) of shape"):
        backbone.preprocess(image)


def test_fingerprint_depends_on_preprocessing_and_weights(backbone, monkeypatch):
    before = backbone.fingerprint()
    assert before == backbone.fingerprint() and len(before) == 64
    monkeypatch.setattr(backbone, "weights_sha256", "0" * 64)
    changed = backbone.fingerprint()
    assert changed != before
    original = type(backbone)._preprocess
    monkeypatch.setattr(
        type(backbone), "_preprocess", lambda self, image: original(self, image) + np.float32(1)
    )
    assert backbone.fingerprint() not in (before, changed)


def test_training_classes_and_notes(backbone):
    classes = backbone.training_classes()
    assert backbone.notes and all(note.endswith(".") for note in backbone.notes)
    if backbone.name == "pixels":
        assert classes == ()
    else:
        assert len(set(classes)) == 1000
        # goldfish, tabby cat; deer is no class of ImageNet-1K
        assert {"n01443537", "n02123045"} <= set(classes) and "n02430045" not in classes


def test_bad_device_and_engine(backbone):
    with pytest.raises(InputError, match="tpu"):
        backbone.engine("tpu")
    with pytest.raises(InputError, match="abacus"):
        backbone.engine("cpu", kind="abacus")
