"""Small files of figures that look the same: a palette for drawings, and JPEG for photographs inside an SVG."""

import base64
import io
import re

import numpy as np
from PIL import Image

#: As many colors as one byte tells apart.
COLORS = 256
#: Of JPEG; thumbnails of 64 pixels a side show no blocks.
QUALITY = 85
_EMBEDDED = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")


def compact_png(content: bytes) -> bytes:
    """The PNG ``content`` without transparency, in 256 colors of its own; a third of the size, or as it was."""
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        if image.mode == "P":
            return content
        stream = io.BytesIO()
        few = _opaque(image).quantize(COLORS)
        few.save(stream, "PNG", optimize=True, dpi=image.info.get("dpi"))
    return min(stream.getvalue(), content, key=len)


def compact_svg(text: str) -> str:
    """The SVG ``text`` with the photographs in it as JPEG: images of more than 256 colors, none transparent.

    A heat map has fewer, and stays exact.
    """
    return _EMBEDDED.sub(lambda found: _as_jpeg(found[0], base64.b64decode(found[1])), text)


def _as_jpeg(address: str, content: bytes) -> str:
    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        layers = image.convert("RGBA")
        if np.asarray(layers.getchannel("A")).min() < 255 or layers.getcolors(COLORS) is not None:
            return address
        stream = io.BytesIO()
        image.convert("RGB").save(stream, "JPEG", quality=QUALITY, optimize=True)
    smaller = f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode()}"
    return min(smaller, address, key=len)


def _opaque(image: Image.Image) -> Image.Image:
    """The image on white."""
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
