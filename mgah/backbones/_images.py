"""The images themselves as a store, for training a network end to end: squares of one side length, as bytes."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from mgah.backbones._sides import STORED_SIDE
from mgah.backbones.base import MAX_SIZE, Backbone
from mgah.errors import InputError


class Images(Backbone):
    """The pixels of an image's largest centered square, resized to ``size``: uint8 (3 * size^2,), channel by channel.

    They belong to a dataset and to no backbone: each network that is trained end to end resizes them to its own input,
    so that images smaller than ``size`` need not be stored larger than they are.

    Args:
        size: height and width in pixels; an image takes 3 * size^2 bytes.
    """

    name = "images"
    dtype = "uint8"

    def __init__(self, weights: Path | None = None, *, size: int = STORED_SIDE) -> None:
        if weights is not None:
            raise InputError(f"stored images have no weights, got {weights}: leave the weights out")
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_SIZE:
            raise InputError(
                f"image_size is {size!r}, expected an integer of 1 or more, at most {MAX_SIZE:,}"
            )
        self.input_shape, self.dimension = (3, size, size), 3 * size * size

    def forward(self, batch: np.ndarray) -> np.ndarray:
        return batch.reshape(len(batch), self.dimension)

    def training_classes(self) -> tuple[str, ...]:
        return ()

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        _, height, width = self.input_shape
        square = ImageOps.fit(Image.fromarray(image), (width, height), Image.Resampling.BILINEAR)
        return np.asarray(square, dtype=np.float32).transpose(2, 0, 1)
