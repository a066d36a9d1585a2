"""Published features go through the backbone unchanged; anything else is refused."""

import numpy as np
import pytest

from mgah.backbones.resnet101 import ResNet101
from mgah.errors import InputError


def test_a_vector_stays_what_it_is():
    vectors = np.random.default_rng(0).normal(size=(3, 2048)).astype(np.float32)
    backbone = ResNet101()
    batch = np.stack([backbone.preprocess(vector) for vector in vectors])
    np.testing.assert_array_equal(backbone.forward(batch), vectors)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((8, 8, 3), np.uint8),
        np.zeros(2048),
        np.zeros(2047, np.float32),
        np.zeros((1, 2048), np.float32),
    ],
)
def test_what_is_no_published_vector_is_refused(image):
    with pytest.raises(
        InputError, match=r"expected published features, float32 of shape \(2048,\): use it with"
    ):
        ResNet101().preprocess(image)


def test_weights_are_refused(tmp_path):
    with pytest.raises(InputError, match="resnet101 reads published features, got weights"):
        ResNet101(tmp_path)
