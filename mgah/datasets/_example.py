"""Writers of files with which datasets make tiny copies of their raw data (`mgah.datasets.base.Dataset.example`)."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image


def image_file(seed: int, kind: str = "JPEG") -> bytes:
    """Return the bytes of a file, of the format ``kind``, with a random RGB image of 32 x 32 pixels."""
    buffer = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files``, contents by path, to ``folder``."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def write_zip(archive: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files``, contents by path, to the zip archive ``archive``."""
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in files.items():
            opened.writestr(name, content)
