"""The backbones that ship with the project: what they have learned, and engines that keep float32."""

import numpy as np
import pytest

from mgah import registry
from mgah.errors import InputError


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(
        InputError, match=r"'resnet'.*alexnet, efficientnet_lite0, .*googlenet, open_clip, pixels"
    ):
        registry.find("backbones", "resnet")
    with pytest.raises(InputError, match="no backbone 'store'"):
        registry.find("backbones", "store")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "efficientnet_lite0", "googlenet", "resnet101"])
def test_networks_have_seen_imagenet(name, tmp_path):
    cls = registry.load("backbones", name)
    classes = cls(cls.example_weights(tmp_path)).training_classes()
    assert len(set(classes)) == 1000
    # goldfish, tabby cat; deer is no class of ImageNet-1K
    assert {"n01443537", "n02123045"} <= set(classes) and "n02430045" not in classes


def test_pixels_have_seen_nothing():
    assert registry.build("backbones", "pixels").training_classes() == ()


def test_features_are_large_enough_to_show_a_loss_of_precision():
    """The contract compares engines to 1e-4: bfloat16, with an error of 2 ** -9 of a value, does not pass."""
    backbone = registry.build("backbones", "efficientnet_lite0")
    batch = np.stack([backbone.preprocess(image) for image in backbone.example_images(2)])
    assert abs(backbone.forward(batch)).max() > 1
