"""What datasets write tiny copies of their raw data with (`mgah.datasets.base.Dataset.example`)."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def image_file(seed: int, kind: str = "JPEG") -> bytes:
    """A random RGB image of 32 x 32 pixels as the bytes of a file of the given kind."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files``, bytes by path, to ``folder``."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def write_zip(archive: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files``, bytes by path, to a zip archive."""
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
