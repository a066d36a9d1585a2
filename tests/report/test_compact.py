"""Figures become smaller and look the same."""

import base64
import io
import re

import numpy as np
from PIL import Image

from mgah.report.compact import compact_png, compact_svg


def png(pixels, mode=None):
    stream = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8), mode).save(stream, "PNG")
    return stream.getvalue()


def opened(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def photograph():
    """Smooth with some noise, in more than 256 colors."""
    x = np.linspace(10, 245, 64)
    smooth = np.stack([np.tile(x, (64, 1)), np.tile(x[:, None], (1, 64)), np.full((64, 64), 90)], axis=2)
    return smooth + np.random.default_rng(0).uniform(-5, 5, (64, 64, 1))


def svg(content):
    return f'<image xlink:href="data:image/png;base64,{base64.b64encode(content).decode()}"/>'


def test_a_drawing_of_few_colors_keeps_every_pixel_on_white():
    pixels = np.full((60, 80, 4), 255)
    pixels[10:20, 10:70] = 20, 90, 140, 255
    pixels[30:40] = 0, 0, 0, 0  # nothing: the paper
    small = compact_png(png(pixels))
    pixels[30:40] = 255
    assert (opened(small) == pixels[..., :3]).all()
    assert Image.open(io.BytesIO(small)).mode == "P"
    assert compact_png(small) == small


def test_a_photograph_in_an_svg_becomes_a_smaller_jpeg():
    text = svg(png(photograph()))
    small = compact_svg(text)
    kind, content = re.search(r"data:image/(\w+);base64,([^\"]+)", small).groups()
    assert kind == "jpeg" and len(small) < len(text)
    assert np.abs(opened(base64.b64decode(content)) - photograph().astype(int)).mean() < 4
    assert compact_svg(small) == small


def test_heat_maps_and_what_is_transparent_stay_exact():
    few = svg(png(np.arange(64 * 64).reshape(64, 64) % 250))
    through = photograph()
    through = svg(png(np.dstack([through, np.full((64, 64), 128)])))
    assert compact_svg(few) == few
    assert compact_svg(through) == through
