"""Decoding of image files to RGB arrays.

JPEG and PNG files are read, by their content and whatever their names say, and no other format: Pillow knows dozens,
some of which call other programs. What is no 8-bit gray or RGB image is converted in a way that is the same everywhere
and told (`conversions`): an image is turned as its EXIF orientation says, what is transparent is laid on white, of 16
bits a channel the upper 8 are kept, and CMYK becomes RGB without a color profile.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image

from mgah.errors import InputError

#: Formats that are read where a dataset names no others, as Pillow calls them.
FORMATS = ("JPEG", "PNG")
#: Ends of the names of such files, in lower case.
SUFFIXES = (".jpg", ".jpeg", ".png")
#: Most pixels of an image: 64 Mi pixels are 192 MiB as RGB, for each thread that decodes.
MAX_PIXELS = 1 << 26
#: Longest side of an image over its shortest: networks resize the shortest side and keep the ratio.
MAX_ASPECT = 100

#: What a conversion does to an image, by its name in the end of a sentence.
TURNED = "turned as their EXIF orientation says"
ON_WHITE = "laid on white where they are transparent"
TO_8_BITS = "reduced from 16 to 8 bits a channel"
FROM_CMYK = "converted from CMYK to RGB without a color profile"

_MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16", "I;16B")
#: How an image is turned upright, by its EXIF orientation; 1 is upright.
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_told: ContextVar[list[str] | None] = ContextVar("told", default=None)


@contextmanager
def conversions() -> Iterator[list[str]]:
    """Yield a list that gets what is done to the images that this thread decodes in the block.

    Its entries are `TURNED`, `ON_WHITE`, `TO_8_BITS` and `FROM_CMYK`; gray images, and palettes, become RGB without a
    word, as no value changes.
    """
    told: list[str] = []
    token = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(token)


def decode_file(
    file: Path, size: tuple[int, int] | None = None, formats: tuple[str, ...] = FORMATS
) -> np.ndarray:
    """Decode the image in ``file``: uint8 (height, width, 3), RGB. The rest is as of `decode_image`."""
    try:
        encoded = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"image {file} cannot be read ({error.strerror}): make it readable, or remove it"
        ) from error
    return decode_image(encoded, str(file), size, formats)


def decode_image(
    encoded: bytes, place: str, size: tuple[int, int] | None = None, formats: tuple[str, ...] = FORMATS
) -> np.ndarray:
    """Decode the content of an image file: uint8 (height, width, 3), RGB.

    Args:
        encoded: content of the file.
        place: file or archive member that the image comes from, for the error's sentence.
        size: (height, width) that the image must have, compared with its header before anything is decoded; None for
            any size.
        formats: formats that are read, by their names in Pillow.

    Raises:
        InputError: for an image of another format, one that cannot be decoded, one of another size, and one of more
            than `MAX_PIXELS` or of a longer shape than `MAX_ASPECT`.
    """
    try:
        with Image.open(io.BytesIO(encoded), formats=formats) as image:
            if fault := _fault(image, size):
                raise InputError(f"image {place} {fault}")
            return _rgb(image, encoded)
    except InputError:
        raise
    except Image.DecompressionBombError as error:  # Pillow's own limit comes first
        raise InputError(
            f"image {place} has more than {MAX_PIXELS:,} pixels, the most that are decoded: scale it down"
        ) from error
    except Image.UnidentifiedImageError as error:  # whose message holds the address of an object
        begins = f"begins with {encoded[:16]!r}" if encoded else "is empty"
        raise InputError(
            f"image {place} is no {' or '.join(formats)} image, it {begins}: replace it by one, or remove it"
        ) from error
    except Exception as error:  # decoders raise nearly anything on damaged data
        raise InputError(f"image {place} cannot be decoded ({error}): replace or remove it") from error


def _fault(image: Image.Image, size: tuple[int, int] | None) -> str:
    """What the header of ``image`` says that is wrong with it and what to do, empty where nothing is."""
    height, width = image.height, image.width
    if size is not None and (height, width) != size:
        return f"has {height}x{width} pixels, expected {size[0]}x{size[1]}: replace it by the original"
    if height * width > MAX_PIXELS:
        return f"has {height:,}x{width:,} pixels, expected {MAX_PIXELS:,} in all at most: scale it down"
    if max(height, width) > MAX_ASPECT * min(height, width):
        return (
            f"has {height:,}x{width:,} pixels, expected a longer side of {MAX_ASPECT} times the shorter one at most: "
            "cut or remove it"
        )
    if image.mode not in _MODES:
        return f"has pixels of the mode {image.mode}, expected gray, RGB or CMYK of 8 or 16 bits: convert it"
    return ""


def _rgb(image: Image.Image, encoded: bytes) -> np.ndarray:
    """Decode the opened ``image``, whose file holds ``encoded``."""
    done = []
    bit_depth = encoded[24] if image.format == "PNG" else 8
    of_16_bits = bit_depth == 16 or image.mode.startswith("I;16")
    if (turn := _TURNS.get(_orientation(image))) is not None:
        done.append(TURNED)
        image = image.transpose(turn)
    if of_16_bits:
        done.append(TO_8_BITS)
        image = _of_8_bits(image)
    if image.mode == "CMYK":
        done.append(FROM_CMYK)
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        if np.asarray(layers.getchannel("A")).min() < 255:
            done.append(ON_WHITE)
            image = Image.alpha_composite(Image.new("RGBA", layers.size, "white"), layers)
    if (told := _told.get()) is not None:
        told += done
    return np.array(image.convert("RGB"))


def _orientation(image: Image.Image) -> object:
    """The EXIF orientation of ``image``, or None; damaged EXIF data say nothing."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # nearly anything, and no pixel depends on them
        return None


def _of_8_bits(image: Image.Image) -> Image.Image:
    """An ``image`` of 16 bits a channel by its upper 8; Pillow has halved all but gray and the transparent color."""
    transparent = image.info.get("transparency")
    if not image.mode.startswith("I;16"):
        if transparent is not None:
            image.info["transparency"] = tuple(value >> 8 for value in transparent)
        return image
    values = np.asarray(image).astype(np.uint16)
    gray = Image.fromarray((values >> 8).astype(np.uint8))
    if transparent is None:
        return gray
    opacity = np.where(values == transparent, 0, 255).astype(np.uint8)
    return Image.merge("LA", (gray, Image.fromarray(opacity)))
