"""``python -m mgah.benchmarks.extraction``: images a second of plain eager torch and of the fast path.

Both start from encoded images in memory and end at features: decoding, preprocessing and forward pass count.
"""

import argparse
import io
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from mgah import cli, registry
from mgah.backbones.base import Backbone, Engine
from mgah.backbones.extraction import batches
from mgah.errors import InputError

EAGER_BATCH = 32


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    given = _parse(arguments)
    files = (
        dict(islice(_archived(given.archive), given.images)) if given.archive else made_images(given.images)
    )
    if len(files) < given.rounds * EAGER_BATCH:
        raise InputError(
            f"{len(files)} images are too few for {given.rounds} rounds: {EAGER_BATCH} are needed a round"
        )
    backbone = registry.load("backbones", given.backbone)(given.weights)
    eager = backbone.engine("cpu", given.threads, EAGER_BATCH, "torch")
    fast = backbone.engine("cpu", given.threads)
    print(f"{given.backbone}, {len(files)} images, {given.threads} threads, {fast.name} against eager torch")
    _compare(backbone, eager, fast, files, given)


def _compare(
    backbone: Backbone, eager: Engine, fast: Engine, files: Mapping[str, bytes], given: argparse.Namespace
) -> None:
    def load(name: str) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(files[name])).convert("RGB"))

    names = list(files)
    for engine in (eager, fast):  # the first calls allocate
        list(batches(backbone, engine, names[:EAGER_BATCH], load, given.threads))
    seconds = {"eager": 0.0, "fast": 0.0}
    difference = 0.0
    for turn in range(given.rounds):  # in turns, so that a busy machine slows both
        part = names[turn :: given.rounds]
        start = time.perf_counter()
        slow_rows = list(_eagerly(backbone, eager, part, load))
        middle = time.perf_counter()
        fast_rows = list(batches(backbone, fast, part, load, given.threads))
        end = time.perf_counter()
        seconds["eager"] += middle - start
        seconds["fast"] += end - middle
        difference = max(difference, float(abs(np.concatenate(slow_rows) - np.concatenate(fast_rows)).max()))
        eager_rate, fast_rate = len(part) / (middle - start), len(part) / (end - middle)
        print(f"round {turn + 1}: eager {eager_rate:.1f}, fast {fast_rate:.1f} images/s", flush=True)
    rates = {name: len(names) / value for name, value in seconds.items()}
    print(
        f"eager {rates['eager']:.1f}, fast {rates['fast']:.1f} images/s, "
        f"ratio {rates['fast'] / rates['eager']:.2f}, largest difference {difference:.1e}"
    )


def _eagerly(
    backbone: Backbone, engine: Engine, names: list[str], load: Callable[[str], np.ndarray]
) -> Iterator[np.ndarray]:
    for first in range(0, len(names), EAGER_BATCH):
        part = names[first : first + EAGER_BATCH]
        yield engine.forward(np.stack([backbone.preprocess(load(name)) for name in part]))


def _archived(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the images in a tar or zip archive."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if _is_image(name):
                        yield name, archive.read(name)
        else:
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and _is_image(member.name):
                        stream = archive.extractfile(member)
                        assert stream is not None  # a regular file
                        yield member.name, stream.read()
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise InputError(
            f"archive {path} cannot be read ({error}): give a tar or zip file of images"
        ) from error


def _is_image(name: str) -> bool:
    return name.lower().endswith((".jpg", ".jpeg", ".png"))


def made_images(n: int) -> dict[str, bytes]:
    """Files of 32 x 32 JPEG images by name: smooth random color patterns."""
    random = np.random.default_rng(0)
    files = {}
    for number in range(n):
        coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        stream = io.BytesIO()
        coarse.resize((32, 32), Image.Resampling.BICUBIC).save(stream, "JPEG", quality=90)
        files[f"{number:06d}.jpg"] = stream.getvalue()
    return files


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mgah.benchmarks.extraction", description=__doc__)
    parser.add_argument("--images", type=int, default=512, help="number of images")
    parser.add_argument(
        "--archive", type=Path, help="tar or zip file of images; without it JPEG images are made"
    )
    parser.add_argument("--backbone", default="efficientnet_lite0", help="a torch backbone")
    parser.add_argument("--weights", type=Path, help="as for python -m mgah.backbones")
    parser.add_argument("--rounds", type=int, default=4, help="turns of eager and fast")
    parser.add_argument("--threads", type=int, default=2, help="CPU cores for both")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    cli.run(main)
