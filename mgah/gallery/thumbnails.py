"""Thumbnails of images: whole, on a white square of one size."""

import numpy as np
from PIL import Image

from mgah.errors import InputError

#: Pixels of a thumbnail's side.
SIDE = 64


def thumbnail(image: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Return ``image``, uint8 (height, width, 3), in the middle of a white square: uint8 (side, side, 3).

    Small images are enlarged by a whole factor, so that their pixels stay as they are; large ones are reduced.
    """
    if image.ndim != 3 or image.shape[2] != 3:
        raise InputError(
            f"an image to show has the shape {image.shape}, expected (height, width, 3): a dataset of published "
            "features has no images, leave it out of the config key gallery.datasets"
        )
    longest = max(image.shape[:2])
    if factor := side // longest:
        scaled = image.repeat(factor, axis=0).repeat(factor, axis=1)
    else:
        height, width = (max(1, round(length * side / longest)) for length in image.shape[:2])
        scaled = np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.LANCZOS))
    square = np.full((side, side, 3), 255, np.uint8)
    top, left = ((side - length) // 2 for length in scaled.shape[:2])
    square[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return square
