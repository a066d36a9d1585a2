"""A network of no weight that trains with the hash layer, for the tests of all deep methods."""

from collections import OrderedDict

import pytest
import torch
from torch import nn

from mgah.features import discovery
from mgah.features.torch_backbone import TorchBackbone
from mgah.method import network


class TinyNetwork(TorchBackbone):
    """16 x 16 pixels to maps of 4 x 3 x 3 to 8 features."""

    name = "tiny"
    dimension = 8
    input_shape = (3, 16, 16)
    maps = (4, 3, 3)
    trains = ("tail", "all")
    pixel_mean, pixel_deviation = (127.0,) * 3, (64.0,) * 3
    weights_file, weights_sha256 = "tiny.pth", "0" * 64

    def __init__(self, weights=None):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.network = self._until_features(self._model()).eval()

    @classmethod
    def _model(cls) -> nn.Module:
        front = nn.Sequential(nn.Conv2d(3, 4, 3, stride=6), nn.BatchNorm2d(4), nn.ReLU())
        tail = nn.Sequential(
            nn.Conv2d(4, 8, 1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        return nn.Sequential(OrderedDict(front=front, tail=tail))

    @classmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        return model

    def _preprocess(self, image):
        raise NotImplementedError  # nothing is extracted here


@pytest.fixture(scope="module")
def tiny_network():
    """The word of a small network that deep methods find beside the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "backbone_names", lambda: [*discovery.backbone_names(), "tiny"])
        patch.setattr(
            network,
            "backbone_class",
            lambda name: TinyNetwork if name == "tiny" else discovery.backbone_class(name),
        )
        yield "tiny"
