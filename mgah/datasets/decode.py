"""Decoding of image files (JPEG, PNG) to RGB arrays."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from mgah.errors import InputError


def decode_file(file: Path, size: tuple[int, int] | None = None) -> np.ndarray:
    """Decode the image in ``file``: uint8 (height, width, 3), RGB. ``size`` and errors are those of `decode_image`."""
    try:
        encoded = file.read_bytes()
    except OSError as error:
        raise InputError(f"image {file} cannot be read ({error}): replace it by an intact copy") from error
    return decode_image(encoded, str(file), size)


def decode_image(encoded: bytes, place: str, size: tuple[int, int] | None = None) -> np.ndarray:
    """Decode the content of an image file: uint8 (height, width, 3), RGB.

    Args:
        encoded: content of the file.
        place: file or archive member that the image comes from, for the error's sentence.
        size: (height, width) that the image must have, compared with its header before anything is decoded; None for
            any size.

    Raises:
        InputError: for an image that cannot be decoded or has another size.
    """
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            found = (image.height, image.width)
            if size is None or found == size:
                return np.array(image.convert("RGB"))
    except Exception as error:  # decoders raise nearly anything on damaged data
        raise InputError(
            f"image {place} cannot be decoded ({error}): replace it by an intact copy"
        ) from error
    raise InputError(
        f"image {place} has {found[0]}x{found[1]} pixels, expected {size[0]}x{size[1]}: replace it by the "
        "original"
    )
