"""Which image files are read, and what becomes of those that are not 8-bit gray or RGB."""

import io
import struct
import zlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from mgah.datasets import decode
from mgah.datasets.decode import (
    FROM_CMYK,
    ON_WHITE,
    TO_8_BITS,
    TURNED,
    conversions,
    decode_file,
    decode_image,
)
from mgah.errors import InputError

RGB = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(content: bytes) -> tuple[np.ndarray, list[str]]:
    with conversions() as done:
        return decode_image(content, "x"), done


def raw_png(
    height: int, width: int, depth: int, color: int, rows: bytes, *chunks: tuple[bytes, bytes]
) -> bytes:
    """A PNG file of unfiltered ``rows``, for kinds that Pillow does not write."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    stride = len(rows) // height if height else 0
    lines = b"".join(b"\0" + rows[row * stride : (row + 1) * stride] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def test_gray_rgb_and_palettes_become_rgb_without_a_word():
    gray = RGB[..., 0]
    plain = {"RGB": RGB, "gray": np.repeat(gray[..., None], 3, axis=2)}
    for image, expected in (
        (Image.fromarray(RGB), plain["RGB"]),
        (Image.fromarray(gray), plain["gray"]),
        (Image.fromarray(gray).convert("P"), plain["gray"]),
        (
            Image.fromarray(np.dstack([RGB, np.full((6, 9), 255, np.uint8)])),
            plain["RGB"],
        ),  # opaque throughout
    ):
        pixels, done = decoded(encoded(image, "PNG"))
        np.testing.assert_array_equal(pixels, expected)
        assert pixels.dtype == np.uint8 and done == []
    pixels, done = decoded(encoded(Image.fromarray(RGB), "JPEG"))
    np.testing.assert_array_equal(
        pixels, np.asarray(Image.open(io.BytesIO(encoded(Image.fromarray(RGB), "JPEG"))))
    )
    assert done == []


@pytest.mark.parametrize("orientation", range(1, 10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_an_image_is_turned_as_its_exif_orientation_says(orientation, kind):
    image, exif = Image.fromarray(RGB), Image.Exif()
    exif[0x0112] = orientation
    content = encoded(image, kind, exif=exif)
    pixels, done = decoded(content)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    np.testing.assert_array_equal(pixels, np.asarray(upright))
    assert done == ([TURNED] if 2 <= orientation <= 8 else [])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_data_change_nothing():
    for exif in (b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0", b"Exif\0\0II*\0\x08\0\0\0\xff\xff", b"no"):
        pixels, done = decoded(encoded(Image.fromarray(RGB), "PNG", exif=exif))
        np.testing.assert_array_equal(pixels, RGB)
        assert done == []


def test_16_bits_keep_their_ramp():
    ramp = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    pixels, done = decoded(encoded(Image.fromarray(ramp), "PNG"))
    np.testing.assert_array_equal(pixels, np.repeat(np.arange(256).reshape(16, 16, 1), 3, axis=2))
    assert done == [TO_8_BITS]
    wide = RGB.astype(">u2") * 257
    pixels, done = decoded(raw_png(6, 9, 16, 2, wide.tobytes()))
    np.testing.assert_array_equal(pixels, RGB)
    assert done == [TO_8_BITS]


def test_what_is_transparent_is_laid_on_white():
    alpha = np.full((6, 9), 255, np.uint8)
    alpha[0], alpha[1] = 0, 51  # a fifth of the color, four fifths of white
    pixels, done = decoded(encoded(Image.fromarray(np.dstack([RGB, alpha])), "PNG"))
    assert (pixels[0] == 255).all() and done == [ON_WHITE]
    np.testing.assert_allclose(pixels[1], 0.2 * RGB[1] + 0.8 * 255, atol=1)
    np.testing.assert_array_equal(pixels[2:], RGB[2:])


def test_one_transparent_color_of_any_depth_is_laid_on_white():
    gray = np.array([[10, 200], [10, 30]], np.uint8)
    wide, white = gray.astype(">u2") * 257, np.array([[255, 200], [255, 30]])
    colors = np.repeat(wide[..., None], 3, axis=2)
    key = struct.pack(">H", 10 * 257)
    for content, done in (
        (encoded(Image.fromarray(gray), "PNG", transparency=10), [ON_WHITE]),
        (encoded(Image.fromarray(gray).convert("P"), "PNG", transparency=10), [ON_WHITE]),
        (raw_png(2, 2, 16, 0, wide.tobytes(), (b"tRNS", key)), [TO_8_BITS, ON_WHITE]),
        (raw_png(2, 2, 16, 2, colors.tobytes(), (b"tRNS", key * 3)), [TO_8_BITS, ON_WHITE]),
    ):
        pixels, found = decoded(content)
        np.testing.assert_array_equal(pixels, np.repeat(white[..., None], 3, axis=2))
        assert found == done


def test_cmyk_is_told():
    pixels, done = decoded(encoded(Image.fromarray(RGB).convert("CMYK"), "JPEG"))
    assert pixels.shape == RGB.shape and done == [FROM_CMYK]


def test_conversions_are_told_to_the_block_that_asks():
    content = encoded(Image.fromarray(RGB).convert("CMYK"), "JPEG")
    with conversions() as outer:
        with conversions() as inner:
            decode_image(content, "x")
        assert (outer, inner) == ([], [FROM_CMYK])
    decode_image(content, "x")
    assert outer == []


@pytest.mark.parametrize(
    "kind", ["GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "ICO", "EPS", "PDF", "JPEG2000"]
)
def test_other_formats_are_refused_whatever_the_name(kind, tmp_path):
    place = tmp_path / "cat.jpg"
    place.write_bytes(encoded(Image.fromarray(RGB), kind))
    with pytest.raises(InputError, match=r"image .*cat\.jpg is no JPEG or PNG image, it begins with b'"):
        decode_file(place)


def test_a_dataset_may_ask_for_another_format():
    content = encoded(Image.fromarray(RGB), "BMP")
    np.testing.assert_array_equal(decode_image(content, "x", formats=("BMP",)), RGB)
    with pytest.raises(InputError, match="pixels of the mode F, expected gray, RGB or CMYK of 8 or 16 bits"):
        decode_image(encoded(Image.fromarray(RGB[..., 0].astype(np.float32)), "TIFF"), "x", formats=("TIFF",))


def test_a_message_shows_bytes_and_no_address():
    for content, shown in (
        (b"<!DOCTYPE html><html>", "begins with b'<!DOCTYPE html><'"),
        (b"", "it is empty"),
    ):
        with pytest.raises(InputError) as caught:
            decode_image(content, "cat.jpg")
        assert shown in str(caught.value) and "0x" not in str(caught.value)


@pytest.mark.parametrize(("height", "width"), [(60_000, 60_000), (10_000, 12_000), (8_193, 8_192)])
def test_too_many_pixels_are_refused_before_any_is_decoded(height, width, monkeypatch):
    monkeypatch.setattr(decode, "_rgb", lambda *_: pytest.fail("decoded"))
    warned = pytest.warns(Image.DecompressionBombWarning) if height == 10_000 else nullcontext()
    with warned, pytest.raises(InputError, match=r"image x has .*67,108,864.*: scale it down"):
        decode_image(raw_png(height, width, 8, 2, b""), "x")


def test_a_strip_is_refused():
    np.testing.assert_array_equal(decode_image(raw_png(1, 100, 8, 0, bytes(100)), "x"), np.zeros((1, 100, 3)))
    with pytest.raises(
        InputError, match="has 101x1 pixels, expected a longer side of 100 times the shorter one"
    ):
        decode_image(raw_png(101, 1, 8, 0, bytes(101)), "x")


def test_damage_is_one_error():
    whole = encoded(Image.fromarray(RGB), "PNG")
    for content in (whole[: len(whole) // 2], whole[:40], whole[:20] + b"\0\0\0\0" + whole[24:]):
        with pytest.raises(InputError, match="image x "):
            decode_image(content, "x")
    with pytest.raises(InputError, match=r"image .*absent\.jpg cannot be read \(No such file"):
        decode_file(Path("/nowhere/absent.jpg"))
