"""Maps of AlexNet after its convolutions, 6 x 6 x 256 in half precision, for training fc6 and fc7."""

from pathlib import Path

from mgah.backbones.alexnet import AlexNet
from mgah.backbones.feature_maps import MapRows


class AlexNetMaps(AlexNet):
    """What ``trainable: tail`` with the network alexnet starts from; ``weights`` as there."""

    name = "alexnet_maps"
    dimension = 6 * 6 * 256
    dtype = "float16"
    trains = ()
    description = (
        "The convolutions of torchvision's AlexNet (IMAGENET1K_V1) are frozen, kept in half precision."
    )

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__(weights)
        self.network = MapRows(self.network.get_submodule("front"))
