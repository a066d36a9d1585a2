"""Figures as data that stands in the page itself."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mgah.errors import InputError

#: An SVG up to this size in bytes is shown as it is.
LIGHT = 300_000
#: Width of a figure on the page in CSS pixels; a raster image has two pixels for each.
WIDTH = 860


@dataclass(frozen=True)
class Picture:
    """An image as a ``data:`` address, and its size on the page in CSS pixels."""

    address: str
    width: int
    height: int


def picture(stem: Path | str) -> Picture:
    """The figure ``<stem>.svg`` where it is light, else ``<stem>.png`` as WebP at twice the page's width."""
    svg, png = Path(f"{stem}.svg"), Path(f"{stem}.png")
    try:
        drawing = svg.read_bytes()
        with Image.open(png, formats=["PNG"]) as image:
            width = min(WIDTH, image.width)
            height = round(image.height * width / image.width)
            if len(drawing) <= LIGHT:
                return Picture(_address("svg+xml", drawing), width, height)
            return Picture(_address("webp", _raster(image, min(2 * width, image.width))), width, height)
    except OSError as error:
        raise InputError(f"figure {stem} cannot be read ({error}): remove its files and run again") from error


def _raster(image: Image.Image, width: int) -> bytes:
    stream = io.BytesIO()
    size = width, round(image.height * width / image.width)
    image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(stream, "WEBP", quality=90, method=6)
    return stream.getvalue()


def _address(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
