"""What the features tests share: pictures that look like photographs, and a small network."""

import numpy as np
import pytest
from PIL import Image
from torch import nn

from mgah.backbones.torchvision_backbone import TorchvisionBackbone


@pytest.fixture(scope="session")
def pictures() -> list[np.ndarray]:
    """24 uint8 RGB images of two sizes: smooth shapes, edges and noise, in all brightness ranges."""
    random = np.random.default_rng(7)
    made = []
    for number in range(24):
        height, width = (32, 32) if number % 3 else (60, 90)
        coarse = Image.fromarray(random.integers(0, 256, (4, 4, 3), dtype=np.uint8))
        smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).astype(float)
        smooth[:, width // 3 :] *= random.uniform(0.2, 1.0)
        noisy = smooth + random.normal(0, 8, smooth.shape)
        made.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return made


class Tiny(TorchvisionBackbone):
    """A backbone that takes no time."""

    name = "tiny"
    dimension = 4
    input_shape = (3, 224, 224)
    url = ""
    description = "Features are four means."
    unused = ("head.",)

    @classmethod
    def _model(cls) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    @classmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        return model


@pytest.fixture
def tiny() -> type[TorchvisionBackbone]:
    """The class of a small backbone, without a published file."""
    return Tiny
