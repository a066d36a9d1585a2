"""Fits of methods by the number of training images, as `mgah.benchmarks.methods` measures them."""

from collections.abc import Iterator, Sequence

from mgah.benchmarks.methods import measure_apart
from mgah.benchmarks.scale.measuring import Measurement

BITS = 32


def measure(sizes: Sequence[int], methods: Sequence[str], width: int) -> Iterator[Measurement]:
    """Fit every method with its defaults on so many images of ``width`` features, at `BITS` bits on one core."""
    for size in sizes:
        for name in methods:
            found = measure_apart(name=name, n=size, d=width, bits=[BITS], parameters={})
            yield Measurement("fits", name, size, found["seconds"], found["GiB"], 0.0, found["before"])
