"""The network that trains along with the hash layer: a backbone, or what follows its feature maps."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from mgah import registry
from mgah.backbones.feature_maps import to_maps
from mgah.backbones.torch_backbone import TorchBackbone
from mgah.errors import InputError
from mgah.methods.deep.crops import Crops
from mgah.methods.deep.trainer import reproducible

#: Rows encoded at a time. On a CPU batches five times as large take up to twice as long a row.
_ROWS = 100


class TrainableNetwork(nn.Module):
    """From stored rows to features, float32 (n, width), with gradients.

    Everything stays in evaluation mode: statistics of batch normalization are frozen, and dropout inside the
    network is off, so that the features of a row do not depend on its batch; `drop` lets it drop in training.

    Args:
        backbone: the class whose network this is.
        whole: its network, with or without weights.
        trainable: ``tail``, rows are its feature maps; ``all``, rows are images.
        image_size: side of what the network sees, in pixels.
        dtype: of the products, float32 or bfloat16; features leave as float32.
    """

    def __init__(
        self,
        backbone: type[TorchBackbone],
        whole: nn.Module,
        trainable: str,
        image_size: int,
        dtype: torch.dtype,
    ) -> None:
        super().__init__()
        self.part = (whole.get_submodule("tail") if trainable == "tail" else whole).requires_grad_(True)
        if trainable == "tail":
            self.entrance: Maps | Crops = Maps(backbone.maps_shape(image_size))
        else:
            self.entrance = Crops(image_size, backbone.pixel_mean, backbone.pixel_deviation)
        self.dtype = dtype
        self.to(memory_format=torch.channels_last)

    def drop(self, random: np.random.Generator) -> None:
        """Let the network's own dropout layers drop in training, by draws of ``random``, the same on every device.

        Raises:
            InputError: for a network without dropout layers.
        """
        layers = [(name, layer) for name, layer in self.part.named_modules() if isinstance(layer, nn.Dropout)]
        if not layers:
            raise InputError(
                "network_dropout is True, but what is trained of the network has no dropout layer: expected False"
            )
        for name, layer in layers:
            self.part.set_submodule(name, DrawnDropout(layer.p, random))

    def forward(self, rows: Tensor, random: np.random.Generator | None = None) -> Tensor:
        """Features of rows (n, d), float16 maps or uint8 images, in training with ``random``.

        It draws crops and flips of images, and dropout layers drop where `drop` says so.
        """
        for module in self.part.modules():
            if isinstance(module, DrawnDropout):
                module.drops = random is not None
        entering = self.entrance(rows, random)
        with torch.autocast(rows.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.part(entering).float()

    def features(self, rows: np.ndarray) -> np.ndarray:
        """Features, float32 (n, width), of ``rows`` (n, d), which may be memory-mapped, on the network's device."""
        place = next(self.parameters()).device
        with reproducible(), torch.inference_mode():
            batches = (np.array(rows[first : first + _ROWS]) for first in range(0, len(rows), _ROWS))
            return np.concatenate(
                [self(torch.from_numpy(batch).to(place)).cpu().numpy() for batch in batches]
            )

    def weights(self) -> dict[str, np.ndarray]:
        """The weights and statistics by torch's names, float32, as `load` takes them."""
        state = self.part.state_dict()
        # the counters of batch normalization serve only statistics that move
        return {
            name: value.cpu().contiguous().numpy().copy()
            for name, value in state.items()
            if not name.endswith("num_batches_tracked")
        }

    def load(self, weights: Mapping[str, np.ndarray]) -> Self:
        """Take over `weights` of the same network; returns itself."""
        self.part.load_state_dict({name: torch.tensor(value) for name, value in weights.items()}, assign=True)
        return self.to(memory_format=torch.channels_last)


class DrawnDropout(nn.Module):
    """Dropout of ``share`` of the values while ``drops`` is True, by draws of ``random``; else the identity.

    The others are multiplied by 1 / (1 - share).

    Example:
        >>> dropout = DrawnDropout(0.5, np.random.default_rng(0))
        >>> dropout(torch.ones(4)).tolist()
        [1.0, 1.0, 1.0, 1.0]
        >>> dropout.drops = True
        >>> dropout(torch.ones(4)).tolist()
        [2.0, 2.0, 2.0, 0.0]
    """

    def __init__(self, share: float, random: np.random.Generator) -> None:
        super().__init__()
        self.share, self.random, self.drops = share, random, False

    def forward(self, values: Tensor) -> Tensor:
        """Values of the same shape and type."""
        if not self.drops:
            return values
        kept = torch.from_numpy(self.random.random(values.shape, dtype=np.float32) >= self.share)
        return values * kept.to(values.device) / (1 - self.share)


class Maps(nn.Module):
    """Stored feature maps of ``shape`` (c, h, w), as they enter the tail; nothing is drawn.

    Example:
        >>> tuple(Maps((2, 3, 3))(torch.zeros(4, 18, dtype=torch.float16)).shape)
        (4, 2, 3, 3)
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, rows: Tensor, random: np.random.Generator | None = None) -> Tensor:
        """Maps, float32 (n, c, h, w) in channels-last memory, of float16 rows (n, h * w * c)."""
        return to_maps(rows.float(), self.shape)


def network_width(
    who: str, name: str | None, trainable: str, width: int, options: Mapping[str, object] | None = None
) -> int:
    """Width of the features of the network ``name``, an `InputError` unless it trains on rows of ``width``.

    Args:
        who: the method, for the error.
        name: the backbone's name in the registry.
        trainable: ``tail`` or ``all``.
        options: constructor options of the backbone.

    Example:
        >>> network_width("MGAH", "efficientnet_lite0", "all", 3 * 32 * 32)
        1280
    """
    if name not in registry.names("backbones") or trainable not in registry.load("backbones", name).trains:
        raise InputError(
            f"{who}: network is {name!r}, expected a backbone that trains with trainable {trainable!r}, such as "
            "alexnet or efficientnet_lite0"
        )
    backbone = registry.load("backbones", name)
    if trainable == "tail":
        expected = math.prod(backbone.maps_shape(backbone.size_of(**options or {})))
        if width != expected:
            raise InputError(
                f"{who}: feature maps have {width} values, expected {expected}, those of {name}: store the maps of "
                "that backbone, or name the network of your maps"
            )
    elif width != 3 * math.isqrt(width // 3) ** 2:
        raise InputError(f"{who}: images have {width} values, expected 3 * side^2 bytes of square images")
    return backbone.dimension


def start_network(
    name: str,
    weights: str | None,
    options: Mapping[str, object],
    trainable: str,
    precision: str,
    place: torch.device,
) -> tuple[TrainableNetwork, str]:
    """The network before training, and the name and SHA-256 of its weights file.

    Raises:
        InputError: for weights that are missing or do not fit, or a precision that the device lacks.
    """
    dtype = product_dtype(precision, place)
    backbone = registry.build("backbones", name, weights and Path(weights), **options)
    size = backbone.input_shape[-1]
    network = TrainableNetwork(type(backbone), backbone.network, trainable, size, dtype)
    return network.to(place), f"{backbone.weights_file} {backbone.weights_sha256}"


def trained_network(
    name: str,
    weights: Mapping[str, np.ndarray],
    options: Mapping[str, object],
    trainable: str,
    precision: str,
    place: torch.device,
) -> TrainableNetwork:
    """The network with the ``weights`` that training left."""
    backbone, dtype = registry.load("backbones", name), product_dtype(precision, place)
    network = TrainableNetwork(backbone, backbone.blank(), trainable, backbone.size_of(**options), dtype)
    return network.load(weights).to(place)


def product_dtype(precision: str, place: torch.device) -> torch.dtype:
    """dtype of the network's products: ``auto`` is bfloat16 on a GPU that has it, else float32.

    Example:
        >>> product_dtype("float32", torch.device("cpu"))
        torch.float32
    """
    if place.type == "cuda":
        has = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has = place.type == "cpu" and bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    if precision == "bfloat16" and not has:
        raise InputError(
            f"precision is 'bfloat16', which the {place.type} here does not have: expected float32"
        )
    wanted = precision == "bfloat16" or (precision == "auto" and place.type == "cuda")
    return torch.bfloat16 if has and wanted else torch.float32
