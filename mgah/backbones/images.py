"""Images themselves, for training a network end to end: square crops of one size, as bytes."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from mgah.backbones.base import Backbone
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError
from mgah.io.files import sha256


class Images(Backbone):
    """Pixels of the largest centered square, resized to ``size``: 3 * size * size values, channel by channel.

    The network, its weights and its crops are parameters of the deep method with ``trainable: all``, which resizes
    again: images smaller than ``size`` need not be stored larger than they are.

    Args:
        weights: file with a card, of what the network starts at; None for weights trained on ImageNet-1K.
        size: height and width; an image takes 3 * size^2 bytes.
    """

    name = "images"
    dtype = "uint8"

    def __init__(self, weights: Path | None = None, *, size: int = 256) -> None:
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise InputError(f"backbone images: size is {size!r}, expected an integer of 1 or more")
        self.input_shape, self.dimension = (3, size, size), 3 * size * size
        if weights is None:
            self._training_classes = imagenet1k_classes()
            self.notes = (
                "A network was trained end to end on images.",
                "It starts at weights trained on ImageNet-1K, whose classes it has seen.",
            )
        else:
            self._start_at(Path(weights))

    def _start_at(self, weights: Path) -> None:
        from mgah.backbones.weights_card import read_weights_card  # imports torch, of no use without weights

        if not weights.is_file():
            raise InputError(
                f"backbone images: there are no weights {weights}: train them, or leave them out"
            )
        self.weights_file, self.weights_sha256 = weights.name, sha256(weights)
        card = read_weights_card(weights, self.weights_sha256)
        if card is None:
            raise InputError(
                f"backbone images: weights {weights} have no card that tells what they were trained on: leave them "
                "out, and give them as the parameter weights of the methods"
            )
        self._training_classes = tuple(card["training_classes"])
        self.notes = ("A network was trained end to end on images.", *card["notes"])

    def forward(self, batch: np.ndarray) -> np.ndarray:
        return batch.reshape(len(batch), self.dimension)

    def training_classes(self) -> tuple[str, ...]:
        return self._training_classes

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        _, height, width = self.input_shape
        square = ImageOps.fit(Image.fromarray(image), (width, height), Image.Resampling.BILINEAR)
        return np.asarray(square, dtype=np.float32).transpose(2, 0, 1)
