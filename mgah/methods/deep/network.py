"""The network that is trained with the hash layer: a backbone, or its layers after the feature maps."""

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

#: Rows that pass through the network at a time; a CPU takes up to twice as long for each of 500 as for each of 100.
_ROWS = 100


class TrainableNetwork(nn.Module):
    """A backbone's network, or its tail, as a trainable module: stored rows in, features float32 (n, width) out.

    All layers stay in evaluation mode: statistics of batch normalization are frozen, and dropout layers of the
    network drop nothing unless `drop` is called, so that the features of a row do not depend on its batch.

    Args:
        backbone: class of the backbone.
        whole: its network, with or without weights.
        trainable: ``tail`` for the layers after the feature maps, whose rows are maps; ``all`` for the whole network,
            whose rows are images.
        image_size: side of the network's input in pixels.
        dtype: type of the products, float32 or bfloat16; features are float32 in either case.
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
        self.dtype, self.width = dtype, backbone.dimension
        self.to(memory_format=torch.channels_last)

    def drop(self, random: np.random.Generator) -> None:
        """Let the network's own dropout layers drop in training, by draws from ``random``, equal on every device."""
        for name, layer in self._dropout_layers():
            self.part.set_submodule(name, DrawnDropout(layer.p, random))

    def check_drops(self) -> None:
        """Raise `InputError` for a network without dropout layers, in which `drop` would change nothing."""
        if not self._dropout_layers():
            raise InputError(
                "network_dropout is True, but what is trained of the network has no dropout layer: expected False"
            )

    def _dropout_layers(self) -> list[tuple[str, nn.Dropout]]:
        """The network's own dropout layers, by name."""
        return [(name, layer) for name, layer in self.part.named_modules() if isinstance(layer, nn.Dropout)]

    def forward(self, rows: Tensor, random: np.random.Generator | None = None) -> Tensor:
        """Compute the features, float32 (n, width), of ``rows`` (n, d), float16 maps or uint8 images.

        ``random`` is given in training: crops and mirroring of images are drawn from it, and dropout layers drop if
        `drop` was called.
        """
        for module in self.part.modules():
            if isinstance(module, DrawnDropout):
                module.drops = random is not None
        entering = self.entrance(rows, random)
        with torch.autocast(rows.device.type, self.dtype, enabled=self.dtype != torch.float32):
            return self.part(entering).float()

    def features(self, rows: np.ndarray) -> np.ndarray:
        """Compute, without gradients, the features, float32 (n, width), of ``rows`` (n, d), memory-mapped or not."""
        place = next(self.parameters()).device
        with reproducible(), torch.inference_mode():
            batches = (np.array(rows[first : first + _ROWS]) for first in range(0, len(rows), _ROWS))
            features = [self(torch.from_numpy(batch).to(place)).cpu().numpy() for batch in batches]
            return np.concatenate([np.empty((0, self.width), np.float32), *features])

    def weights(self) -> dict[str, np.ndarray]:
        """Return the weights and the statistics of normalization by torch's names, float32, as `load` takes them."""
        state = self.part.state_dict()
        # the counters of batch normalization serve only statistics that move
        return {
            name: value.cpu().contiguous().numpy().copy()
            for name, value in state.items()
            if not name.endswith("num_batches_tracked")
        }

    def load(self, weights: Mapping[str, np.ndarray]) -> Self:
        """Replace the weights by ``weights``, which `weights` of the same network returned, and return the module."""
        self.part.load_state_dict({name: torch.tensor(value) for name, value in weights.items()}, assign=True)
        return self.to(memory_format=torch.channels_last)


class DrawnDropout(nn.Module):
    """Sets ``share`` of the values, drawn from ``random``, to 0 while ``drops`` is True; else changes nothing.

    The other values are multiplied by 1 / (1 - share).

    Examples:
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
        """Return ``values`` after the dropout, with their shape and dtype."""
        if not self.drops:
            return values
        kept = torch.from_numpy(self.random.random(values.shape, dtype=np.float32) >= self.share)
        return values * kept.to(values.device) / (1 - self.share)


class Maps(nn.Module):
    """Turns stored rows into the feature maps of ``shape`` (c, h, w) that enter a network's tail; draws nothing.

    Examples:
        >>> tuple(Maps((2, 3, 3))(torch.zeros(4, 18, dtype=torch.float16)).shape)
        (4, 2, 3, 3)
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, rows: Tensor, random: np.random.Generator | None = None) -> Tensor:
        """Return the maps of float16 ``rows`` (n, h * w * c): float32 (n, c, h, w), channels last in memory."""
        return to_maps(rows.float(), self.shape)


def network_width(
    who: str, name: str | None, trainable: str, width: int, options: Mapping[str, object] | None = None
) -> int:
    """Return the width of the features of the backbone ``name``, after checking that it can be trained on the rows.

    Args:
        who: the method, for the error's sentence.
        name: the backbone's name in the registry.
        trainable: ``tail`` or ``all``.
        width: width of the rows, maps or images.
        options: constructor options of the backbone.

    Raises:
        InputError: for a name that is no such backbone, or rows of a width that does not fit it.

    Examples:
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
    elif not width or width != 3 * math.isqrt(width // 3) ** 2:
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
    """Build the network before training; return it on the device, and the name and SHA-256 of its weights file.

    Args:
        name: the backbone's name in the registry.
        weights: file or folder of its weights, or None for those that its package ships.
        options: its constructor options.
        trainable: ``tail`` or ``all``.
        precision: as `product_dtype` takes it.
        place: the device.

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
    """Build the network with trained ``weights`` (`TrainableNetwork.weights`) and return it on the device.

    The other arguments and errors are those of `start_network`.
    """
    backbone, dtype = registry.load("backbones", name), product_dtype(precision, place)
    network = TrainableNetwork(backbone, backbone.blank(), trainable, backbone.size_of(**options), dtype)
    return network.load(weights).to(place)


def product_dtype(precision: str, place: torch.device) -> torch.dtype:
    """Return the dtype of the network's products on the device ``place``.

    ``precision`` is ``float32``, ``bfloat16`` or ``auto``, which is bfloat16 on a GPU that has it and else float32.

    Raises:
        InputError: for ``bfloat16`` on a device that does not have it.

    Examples:
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
