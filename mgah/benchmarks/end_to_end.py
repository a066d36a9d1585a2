"""What training a network end to end costs on one CPU core: in float32 and bfloat16, eager and compiled by PyTorch.

Images a second of CPU time, medians of rounds in which the ways take turns, so that a busy machine slows all of them.
With a trained model it also tells which share of its bits bfloat16 changes. The weights are those that the network's
package ships; the images are made, unless a store is given.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from mgah.backbones.store import read_features
from mgah.benchmarks.processes import cpu_seconds
from mgah.cli import run
from mgah.errors import InputError
from mgah.methods.deep.network import TrainableNetwork, product_dtype, start_network
from mgah.methods.deep.trainer import Schedule, train
from mgah.methods.models import load_model

#: One pass over the images, with the rate and the batches of the deep methods' defaults.
_EPOCH = Schedule(epochs=1, batch_size=64, lr=1e-4, lr_end=1e-6, weight_decay=5e-4)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    given = _parse(arguments)
    images = _images(given.store, given.images)
    networks = _networks(given)
    costs: dict[str, list[tuple[float, float]]] = {way: [] for way in networks}
    with threadpool_limits(1):
        # the first round also pays for what is loaded and compiled once
        for _ in range(1 + given.rounds):
            for way, network in networks.items():
                costs[way].append(measure(network, images))
    rows = [
        (way, *(len(images) / np.median(found[1:], axis=0)), np.sum(found[0])) for way, found in costs.items()
    ]
    print(f"{given.network} at {given.image_size} pixels, {len(images)} images, {given.rounds} rounds")
    headers = ("way", "trained, images/s", "encoded, images/s", "first round, s")
    print(tabulate(rows, headers, floatfmt=".0f"))
    if given.model:
        print(f"bits of {given.model} that bfloat16 changes: {changed_bits(given.model, images):.2%}")


def measure(network: TrainableNetwork, images: np.ndarray) -> tuple[float, float]:
    """CPU seconds of an epoch of training on ``images`` (n, d), uint8, and of computing their features."""
    random = np.random.default_rng(0)

    def loss(rows: torch.Tensor, *_: object) -> torch.Tensor:
        return network(rows, random).square().mean()[None]

    labels = np.zeros(len(images), np.int64)
    training = cpu_seconds(lambda: train([network], [1.0], loss, images, labels, [0], _EPOCH, "cpu"))
    return training, cpu_seconds(lambda: network.features(images))


def changed_bits(model: Path, images: np.ndarray) -> float:
    """Share of the bits of ``images`` (n, d) that the trained ``model`` sets otherwise in bfloat16 than in float32."""
    codes = [
        load_model(model).set_params(precision=precision, device="cpu").encode(images)
        for precision in ("float32", "bfloat16")
    ]
    return float(np.mean(codes[0] != codes[1]))


def _networks(given: argparse.Namespace) -> dict[str, TrainableNetwork]:
    """The networks that are measured, each by the name of its way."""
    networks = {}
    for precision in ("float32", "bfloat16"):
        try:
            product_dtype(precision, torch.device("cpu"))
        except InputError:
            continue  # a processor without bfloat16
        for compiled in (False, True) if given.compiled else (False,):
            options = {"image_size": given.image_size}
            place = torch.device("cpu")
            network, _ = start_network(given.network, given.weights, options, "all", precision, place)
            if compiled:
                network.part.compile()
            networks[f"{precision}, compiled" if compiled else precision] = network
    return networks


def _images(folder: Path | None, n: int) -> np.ndarray:
    """Images, uint8 (n, 3 * side * side): evenly spread ones of the store, or made ones of 32 pixels."""
    if not folder:
        return np.random.default_rng(0).integers(0, 256, (n, 3 * 32 * 32), dtype=np.uint8)
    images, _ = read_features(folder)
    if images.dtype != np.uint8 or len(images) < n:
        raise InputError(
            f"{folder} holds {images.dtype} of shape {images.shape}, expected a store of {n} or more images, uint8: "
            "results/NAME/images/DATASET of a run that trains end to end"
        )
    return np.array(images[:: len(images) // n][:n])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.benchmarks.end_to_end", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--network", default="efficientnet_lite0", help="a backbone that trains whole")
    parser.add_argument("--weights", help="weights of the network: a file or folder")
    parser.add_argument("--image-size", type=int, default=64, help="side of the network's input in pixels")
    parser.add_argument("--images", type=int, default=256, help="number of images")
    parser.add_argument("--rounds", type=int, default=5, help="turns that the ways take")
    parser.add_argument("--compiled", action="store_true", help="also compiled, which needs a C++ compiler")
    parser.add_argument("--store", type=Path, help="store of a run's images; without it, made ones")
    parser.add_argument("--model", type=Path, help="a model trained end to end, whose bits are compared")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
