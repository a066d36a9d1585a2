"""Maps of EfficientNet-Lite0 before its last block, 7 x 7 x 192 in half precision, for training what follows them."""

from pathlib import Path

from mgah.backbones.efficientnet_lite0 import EfficientNetLite0
from mgah.backbones.feature_maps import MapRows


class EfficientNetLite0Maps(EfficientNetLite0):
    """What ``trainable: tail`` with the network efficientnet_lite0 starts from; ``weights`` as there."""

    name = "efficientnet_lite0_maps"
    dimension = 7 * 7 * 192
    dtype = "float16"
    trains = ()
    description = "EfficientNet-Lite0 is frozen up to its last block, whose input is kept in half precision."

    def __init__(self, weights: Path | None = None) -> None:
        super().__init__(weights)
        self.network = MapRows(self.network.get_submodule("front"))
