"""AlexNet's fc7, the second fully connected layer after its ReLU: 4,096 values.

Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NIPS 2012.
"""

from collections import OrderedDict
from typing import ClassVar

from torch import nn
from torchvision.models import AlexNet_Weights, alexnet

from mgah.backbones.torchvision_backbone import TorchvisionBackbone


class AlexNet(TorchvisionBackbone):
    """fc7 of torchvision's AlexNet, which is the one-column variant of Krizhevsky, arXiv 1404.5997."""

    name = "alexnet"
    dimension = 4096
    n_weights = 57_003_840
    n_map_values = 9_216
    trains: ClassVar[tuple[str, ...]] = ("tail", "all")
    url = AlexNet_Weights.IMAGENET1K_V1.url
    size = "233 MB"
    description = "Features are fc7 after its ReLU of torchvision's AlexNet, frozen."
    maps_description = (
        "The convolutions of torchvision's AlexNet (IMAGENET1K_V1) are frozen, kept in half precision."
    )
    # five convolutions and three poolings leave a pixel of 63
    smallest_image = 63
    # fc8, whose width is the number of classes trained on
    unused = ("classifier.6.",)

    @classmethod
    def maps_shape(cls, image_size: int) -> tuple[int, int, int]:
        return 256, 6, 6

    @classmethod
    def _model(cls) -> nn.Module:
        model = alexnet(weights=None)
        # classifier: dropout, fc6, ReLU, dropout, fc7, ReLU, fc8; dropout is the identity in evaluation mode
        model.classifier = model.classifier[:6]
        return model

    @classmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        front = nn.Sequential(model.get_submodule("features"), model.get_submodule("avgpool"))
        tail = nn.Sequential(nn.Flatten(1), model.get_submodule("classifier"))
        return nn.Sequential(OrderedDict(front=front, tail=tail))
