"""Pixels of an 8 x 8 gray image as features, meant for the digits; without a network no class can be leaked."""

from pathlib import Path

import numpy as np
from PIL import Image

from mgah.backbones.base import Backbone
from mgah.errors import InputError


class Pixels(Backbone):
    """Gray pixels in [0, 1], row by row: 64 values.

    An 8 x 8 gray image is taken as it is; any other is turned to gray (ITU-R 601-2 luma) and averaged down to
    8 x 8.
    """

    name = "pixels"
    dimension = 64
    input_shape = (1, 8, 8)
    notes = ("Features are the 64 gray pixels of the image, not those of a network.",)

    def __init__(self, weights: Path | None = None) -> None:
        if weights is not None:
            raise InputError(f"backbone pixels has no weights, got {weights}: leave the weights out")

    def forward(self, batch: np.ndarray) -> np.ndarray:
        return batch.reshape(len(batch), self.dimension)

    def training_classes(self) -> tuple[str, ...]:
        return ()

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        gray = Image.fromarray(image).convert("L").resize(self.input_shape[1:], Image.Resampling.BOX)
        return np.asarray(gray, dtype=np.float32)[None] / np.float32(255)
