"""What holds for every backbone found."""

import re
from importlib.util import find_spec

import numpy as np
import pytest

from mgah import registry
from mgah.backbones.base import Backbone
from mgah.errors import InputError
from tests.fixtures.packages import skip_without_package


@pytest.fixture(scope="module", params=registry.names("backbones"))
def backbone(request, tmp_path_factory) -> Backbone:
    skip_without_package(request.param)
    cls = registry.load("backbones", request.param)
    return cls(cls.example_weights(tmp_path_factory.mktemp("weights")), **cls.example_options())


@pytest.fixture
def images(backbone) -> list[np.ndarray]:
    return backbone.example_images(3)


@pytest.mark.slow
def test_shapes_and_types(backbone, images):
    batch = np.stack([backbone.preprocess(image) for image in images[:3]])
    assert batch.dtype == np.float32 and batch.shape == (3, *backbone.input_shape)
    rows = backbone.forward(batch)
    assert rows.dtype == np.float32 and rows.shape == (3, backbone.dimension)
    assert np.isfinite(rows).all() and len(np.unique(rows, axis=0)) == 3


@pytest.mark.slow
def test_engine_agrees_with_plain_forward(backbone, images):
    engine = backbone.engine("cpu", threads=2, batch_size=2)
    if find_spec("openvino") and hasattr(backbone, "network"):
        assert engine.name == "openvino"
    batch = np.stack([backbone.preprocess(image) for image in images[:2]])
    rows, plain = engine.forward(batch), backbone.forward(batch)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, plain, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "image", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3)), np.zeros((0, 8, 3), np.uint8)]
)
def test_preprocess_refuses_what_is_no_image(backbone, image):
    with pytest.raises(
        InputError, match=r"expected (uint8|published features, float32|a vector, float32) of shape"
    ):
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


def test_training_classes_are_wordnet_ids_and_notes_are_sentences(backbone):
    classes = backbone.training_classes() or ()  # None where they are not known
    assert len(set(classes)) == len(classes) and all(re.fullmatch(r"n\d{8}", name) for name in classes)
    assert backbone.notes and all(note.endswith(".") for note in backbone.notes)


def test_bad_device_and_engine(backbone):
    with pytest.raises(InputError, match="tpu"):
        backbone.engine("tpu")
    with pytest.raises(InputError, match="abacus"):
        backbone.engine("cpu", kind="abacus")
