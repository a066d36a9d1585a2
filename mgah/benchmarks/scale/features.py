"""Extraction of features on the CPU by the number of images, from encoded images in memory to features in memory.

``python -m mgah.benchmarks.scale.features '{"backbone": ..., "size": ..., "threads": ...}'`` prints one measurement as
JSON.
"""

import io
import json
import sys
import time
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from mgah import registry
from mgah.backbones.extraction import batches
from mgah.benchmarks.extraction import made_images
from mgah.benchmarks.processes import call_apart, peak_gib
from mgah.benchmarks.scale.measuring import Measurement
from mgah.cli import json_object, run


def measure(sizes: Sequence[int], backbone: str, threads: int) -> Iterator[Measurement]:
    """Extract the features of so many made images."""
    for size in sizes:
        given = {"backbone": backbone, "size": size, "threads": threads}
        found = call_apart("mgah.benchmarks.scale.features", json.dumps(given), threads=threads)
        yield Measurement("features", backbone, size, **found)


def one(backbone: str, size: int, threads: int) -> dict[str, float]:
    """The columns of one `Measurement`; building the network and its first batch come before."""
    files = made_images(size)

    def load(name: str) -> np.ndarray:
        return np.asarray(Image.open(io.BytesIO(files[name])).convert("RGB"))

    begin = time.process_time()
    network = registry.load("backbones", backbone)()
    engine = network.engine("cpu", threads)
    names = list(files)
    list(batches(network, engine, names[: engine.batch_size], load, threads))
    before, built = peak_gib(), time.process_time()
    for _ in batches(network, engine, names, load, threads):
        pass
    seconds = time.process_time() - built
    return {"seconds": seconds, "gib": peak_gib(), "before_seconds": built - begin, "before_gib": before}


def main() -> None:
    """Print one measurement."""
    print(json.dumps(one(**json_object(sys.argv[1]))))


if __name__ == "__main__":
    run(main)
