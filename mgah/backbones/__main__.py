"""The features stage: ``python -m mgah.backbones``, images table in, feature store out."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from mgah import cli, registry
from mgah.backbones.extraction import extract
from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.tables.images import read_images


def main(arguments: Sequence[str] | None = None) -> None:
    """Extract the features of one dataset with one backbone."""
    given = _parse(arguments)
    if given.threads < 1 or (given.batch_size is not None and given.batch_size < 1):
        raise InputError(
            f"--threads and --batch-size must be 1 or more, got {given.threads} and {given.batch_size}"
        )
    backbone_type = registry.load("backbones", given.backbone)
    registry.check_options("backbones", given.backbone, given.backbone_options)
    images = read_images(given.images)
    dataset = registry.build("datasets", given.dataset, given.data_dir, **given.options)
    backbone = backbone_type(given.weights and given.data_dir / given.weights, **given.backbone_options)
    engine = backbone.engine(given.device, given.threads, given.batch_size)
    extract(
        backbone,
        engine,
        images["path"].tolist(),
        dataset.load,
        given.output,
        {"dataset": given.dataset, "backbone": given.variant or given.backbone},
        sha256(given.images),
        given.threads,
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mgah.backbones", description=__doc__)
    parser.add_argument("--dataset", required=True, help="name of the dataset")
    parser.add_argument("--data-dir", required=True, type=Path, help="folder with the data")
    parser.add_argument(
        "--options", type=cli.json_object, default={}, help="options of the dataset, a JSON object"
    )
    parser.add_argument("--images", required=True, type=Path, help="images table (images.csv)")
    parser.add_argument("--backbone", required=True, help=f"one of {', '.join(registry.names('backbones'))}")
    parser.add_argument("--variant", help="word of the backbone in the config, default --backbone")
    parser.add_argument(
        "--backbone-options", type=cli.json_object, default={}, help="options of the backbone, a JSON object"
    )
    parser.add_argument("--output", required=True, type=Path, help="folder for features.npy and card.json")
    parser.add_argument(
        "--weights",
        type=Path,
        help="state-dict file, or folder of the published weights (downloaded if missing), in the data folder",
    )
    parser.add_argument("--device", default="auto", help="auto (default), cuda, mps or cpu")
    parser.add_argument("--batch-size", type=int, help="images in a batch (default: what suits the engine)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU cores to use")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    cli.run(main)
