"""Images themselves, for training a network end to end: square crops of one size, as bytes."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from mgah.data.imagenet1k import imagenet1k_classes
from mgah.errors import InputError
from mgah.features.contract import Backbone


class Images(Backbone):
    """Pixels of the largest centered square, resized to ``size``: 3 * size * size values, channel by channel.

    The network, its weights and its crops are parameters of the deep method with ``trainable: all``, which resizes
    again: images smaller than ``size`` need not be stored larger than they are.

    Args:
        size: height and width; an image takes 3 * size^2 bytes.
    """

    name = "images"
    dtype = "uint8"
    notes = (
        "A network was trained end to end on images; it starts at weights trained on ImageNet-1K, whose classes it "
        "has seen.",
    )

    def __init__(self, weights: Path | None = None, *, size: int = 256) -> None:
        if weights is not None:
            raise InputError(
                f"backbone images has no weights, got {weights}: give them as the parameter weights of the methods"
            )
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise InputError(f"backbone images: size is {size!r}, expected an integer of 1 or more")
        self.input_shape, self.dimension = (3, size, size), 3 * size * size

    def forward(self, batch: np.ndarray) -> np.ndarray:
        return batch.reshape(len(batch), self.dimension)

    def training_classes(self) -> tuple[str, ...]:
        return imagenet1k_classes()

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        square = ImageOps.fit(Image.fromarray(image), self.input_shape[1:], Image.Resampling.BILINEAR)
        return np.asarray(square, dtype=np.float32).transpose(2, 0, 1)
