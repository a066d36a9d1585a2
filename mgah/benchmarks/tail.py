"""What training the tail of a network costs: seconds an epoch and to encode, beside the same method on frozen features.

CPU seconds on one core, scaled to 10,000 training images and 60,000 codes: medians of rounds in which both take turns,
so that a busy machine slows both. An epoch is what two more epochs add to a fit, halved; encoding
includes building the network once.
"""

import argparse
import functools
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from mgah import registry
from mgah.backbones._sides import INPUT_SIDE
from mgah.backbones.store import read_features
from mgah.benchmarks.methods import made_data
from mgah.benchmarks.processes import cpu_seconds
from mgah.cli import run
from mgah.errors import InputError

TRAINING, DATABASE = 10_000, 60_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    given = _parse(arguments)
    backbone = registry.load("backbones", given.network)
    if "tail" not in backbone.trains:
        raise InputError(
            f"network {given.network} has no tail to train: expected alexnet or efficientnet_lite0"
        )
    features, labels, semantics = made_data(given.images, backbone.dimension)
    width = math.prod(backbone.maps_shape(INPUT_SIDE))
    maps = _stored(given.maps, given.images, width) if given.maps else _made(given.images, width)
    tail = {
        "trainable": "tail",
        "network": given.network,
        "weights": given.weights,
        "precision": given.precision,
    }
    modes = {"frozen": ({"trainable": "head"}, features), "tail": (tail, maps)}
    costs: dict[str, list] = {mode: [] for mode in modes}
    with threadpool_limits(1):
        for _ in range(1 + given.rounds):
            for mode, (parameters, rows) in modes.items():
                costs[mode].append(measure(given.method, parameters, rows, labels, semantics))
    print(
        f"{given.method}, {given.network}, {given.images} images, {given.rounds} rounds, CPU seconds of one core"
    )
    # the first round also pays for what is loaded once
    frozen, tail = (np.median(costs[mode][1:], axis=0) for mode in modes)
    for what, one, other in zip(
        (f"epoch of {TRAINING:,}", f"encoding {DATABASE:,}"), frozen, tail, strict=True
    ):
        print(f"{what}: frozen {one:.2f} s, tail {other:.1f} s, ratio {other / one:.0f}")


def measure(name: str, parameters: dict, rows: np.ndarray, *labels_and_semantics) -> tuple[float, float]:
    """CPU seconds of an epoch of `TRAINING` images and of encoding `DATABASE`, from those of ``rows``."""
    fits = {}
    for epochs in (1, 3):
        method = registry.load("methods", name)(epochs=epochs, device="cpu", **parameters)
        fits[epochs] = cpu_seconds(functools.partial(method.fit, rows, *labels_and_semantics))
    encoding = cpu_seconds(lambda: method.encode(rows))
    return (fits[3] - fits[1]) / 2 * TRAINING / len(rows), encoding * DATABASE / len(rows)


def _made(n: int, width: int) -> np.ndarray:
    """Feature maps without meaning, float16 (n, width): half of them 0, as after a ReLU."""
    normal = np.random.default_rng(0).standard_normal((n, width), dtype=np.float32)
    return np.maximum(normal, 0).astype(np.float16)


def _stored(folder: Path, n: int, width: int) -> np.ndarray:
    """The first ``n`` maps of a feature store."""
    maps, card = read_features(folder)
    if maps.dtype != np.float16 or maps.shape[1] != width or len(maps) < n:
        raise InputError(
            f"{folder} holds {card['backbone']}, {maps.dtype} of shape {maps.shape}, expected float16 of shape "
            f"(n, {width}) with n of {n} or more"
        )
    return np.array(maps[:n])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.benchmarks.tail", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--method", default="mgah", help="a deep method")
    parser.add_argument("--network", default="efficientnet_lite0", help="a backbone with a tail")
    parser.add_argument("--weights", help="weights of the network: a file or folder")
    parser.add_argument(
        "--maps", type=Path, help="feature store of its maps; without it, made ones of the same size"
    )
    parser.add_argument("--images", type=int, default=1280, help="number of images")
    parser.add_argument("--rounds", type=int, default=3, help="turns of frozen and tail")
    parser.add_argument("--precision", default="float32", help="float32 or bfloat16")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
