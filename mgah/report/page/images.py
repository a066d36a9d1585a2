"""Figures as data that stands in the page itself."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from mgah.errors import InputError
from mgah.report.fonts import use_fallbacks
from mgah.report.writers import saved

#: An SVG up to this size in bytes is shown as it is.
LIGHT = 150_000
#: Width of a figure on the page in CSS pixels, and of a raster image, in which letters of 6 points are read.
WIDTH, PIXELS = 860, 1400
#: CSS pixels of an inch.
PIXELS_PER_INCH = 96


@dataclass(frozen=True)
class Picture:
    """An image as a ``data:`` address, and its size on the page in CSS pixels."""

    address: str
    width: int
    height: int


def picture(stem: Path | str) -> Picture:
    """The figure ``<stem>.svg`` where it is light, else ``<stem>.png`` as WebP, `PIXELS` wide."""
    svg, png = Path(f"{stem}.svg"), Path(f"{stem}.png")
    try:
        drawing = svg.read_bytes()
        with Image.open(png, formats=["PNG"]) as image:
            width = min(WIDTH, image.width)
            height = round(image.height * width / image.width)
            if len(drawing) <= LIGHT:
                return Picture(_address("svg+xml", drawing), width, height)
            return Picture(_address("webp", _raster(image, min(PIXELS, image.width))), width, height)
    except OSError as error:
        raise InputError(f"figure {stem} cannot be read ({error}): remove its files and run again") from error


def drawn(figure: Figure) -> Picture:
    """A figure that has no files, as SVG without dates and versions."""
    use_fallbacks(figure)
    drawing = saved(figure, "svg")
    wide, high = figure.get_size_inches()
    width = min(WIDTH, round(wide * PIXELS_PER_INCH))
    return Picture(_address("svg+xml", drawing), width, round(width * high / wide))


def _raster(image: Image.Image, width: int) -> bytes:
    stream = io.BytesIO()
    size = width, round(image.height * width / image.width)
    image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(stream, "WEBP", quality=75, method=6)
    return stream.getvalue()


def _address(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
