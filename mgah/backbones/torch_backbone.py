"""The base of backbones that are one network of torch: its input, its weights and its feature maps."""

import copy
import math
from abc import abstractmethod
from typing import ClassVar, Self

import torch
from torch import nn

from mgah.backbones._sides import INPUT_SIDE
from mgah.backbones.base import MAX_SIZE
from mgah.backbones.feature_maps import MapRows
from mgah.backbones.torch_network import TorchNetwork
from mgah.backbones.weights import Weights, checksum_prefix
from mgah.backbones.weights_card import read_weights_card
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError


def resized_side(image_size: int) -> int:
    """Return the side in pixels that images are resized to before a square of ``image_size`` is cut out.

    Examples:
        >>> resized_side(224), resized_side(64)
        (256, 73)
    """
    return round(image_size * 8 / 7)


class TorchBackbone(TorchNetwork):
    """A backbone whose features are the output of a torch module.

    The card of its weights says what they were trained on; weights without a card were trained on ImageNet-1K.
    A subclass's constructor takes ``weights`` and ``image_size``, the side of its input in pixels, loads the weights
    and calls this constructor.

    Args:
        network: the network up to the features, which maps float32 (n, c, h, w) to (n, dimension). Where ``trains`` has
            ``tail``, it has two parts: ``front``, images to float32 maps (n, c, h, w) of shape `maps_shape`, and
            ``tail``, maps to features.
        weights: its weights.
        published: name of the published file of weights, which ends with the first digits of its SHA-256.
        image_size: side of the input in pixels.
    """

    #: One sentence that says which layer of which network the features are, and with which weights.
    description: ClassVar[str]
    #: One such sentence on the feature maps; only where ``trains`` has ``tail``.
    maps_description: ClassVar[str]
    trains: ClassVar[tuple[str, ...]] = ("all",)
    #: Side of the input in pixels where no ``image_size`` is given.
    default_image_size: ClassVar[int] = INPUT_SIDE
    #: Smallest ``image_size`` that the network accepts.
    smallest_image: ClassVar[int] = 32

    def __init__(
        self, network: nn.Module, weights: Weights, published: str, image_size: int = INPUT_SIDE
    ) -> None:
        self.input_shape = (3, self.size_of(image_size), image_size)
        self.network = network.eval().requires_grad_(False)
        self.weights_file, self.weights_sha256 = weights.file.name, weights.sha256
        if card := read_weights_card(weights.file, weights.sha256):
            self._training_classes = tuple(card["training_classes"])
            self.weights_notes = tuple(card["notes"])
        else:
            self._training_classes = imagenet1k_classes()
            self.weights_notes = ("The backbone was trained on ImageNet-1K, whose classes it has seen.",)
            if not weights.sha256.startswith(checksum_prefix(published)):
                self.weights_notes += (
                    f"The weights are a local file with the SHA-256 {weights.sha256}, not the published "
                    f"{published}; what they were trained on is not known and assumed to be ImageNet-1K.",
                )
        if image_size != self.default_image_size:
            self.weights_notes += (f"The backbone sees images of {image_size} x {image_size} pixels.",)
        self.notes = (self.description, *self.weights_notes)

    @classmethod
    def maps_shape(cls, image_size: int) -> tuple[int, int, int]:
        """Return the shape (c, h, w) of the feature maps; defined only where ``trains`` has ``tail``."""
        raise InputError(f"backbone {cls.__name__} has no feature maps to train from")

    @classmethod
    def size_of(cls, image_size: int | None = None, **others: object) -> int:
        """Return the side of the input in pixels, by the constructor options that a config gives.

        Raises:
            InputError: for a side that is no integer, too small for the network, or larger than `MAX_SIZE`.
        """
        if image_size is None:
            return cls.default_image_size
        is_integer = isinstance(image_size, int) and not isinstance(image_size, bool)
        if not is_integer or not cls.smallest_image <= image_size <= MAX_SIZE:
            raise InputError(
                f"{cls.__name__}: image_size is {image_size!r}, expected an integer of {cls.smallest_image} or more, "
                f"at most {MAX_SIZE:,}"
            )
        return image_size

    @classmethod
    @abstractmethod
    def _model(cls) -> nn.Module:
        """Build the whole network, which is then filled with the weights."""

    @classmethod
    @abstractmethod
    def _until_features(cls, model: nn.Module) -> nn.Module:
        """Return the part of the whole network ``model`` that ends at the features."""

    @classmethod
    def blank(cls) -> nn.Module:
        """Build the network up to the features without weights (on torch's meta device), for trained ones to fill."""
        with torch.device("meta"):
            return cls._until_features(cls._model()).eval()

    def training_classes(self) -> tuple[str, ...]:
        return self._training_classes

    def _as_maps(self) -> Self:
        maps = copy.copy(self)
        maps.name, maps.dtype = f"{self.name}_maps", "float16"
        maps.notes = (self.maps_description, *self.weights_notes)
        maps.dimension = math.prod(self.maps_shape(self.input_shape[-1]))
        maps.network = MapRows(self.network.get_submodule("front"))
        return maps
