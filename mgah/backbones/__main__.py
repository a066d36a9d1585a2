"""The backbone stage: ``python -m mgah.backbones JOB``.

``describe`` writes the card of a backbone. The other jobs turn a dataset's images, row by row, into the store that
methods read: ``features`` of a frozen backbone, feature ``maps`` for methods that train its tail, ``images`` for those
that train all of it.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from mgah import cli, registry
from mgah.backbones._images import Images
from mgah.backbones._sides import STORED_SIDE
from mgah.backbones.base import MAX_BATCH, Backbone
from mgah.backbones.card import describe, write_backbone_card
from mgah.backbones.extraction import extract
from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.tables.images import read_images


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and do the job that it names."""
    given = _parse(arguments)
    if given.job == "describe":
        name = given.variant or given.backbone
        write_backbone_card(
            given.output, describe(name, given.backbone, given.backbone_options, _backbone(given))
        )
        return
    if given.threads < 1 or (given.batch_size is not None and not 1 <= given.batch_size <= MAX_BATCH):
        raise InputError(
            f"--threads and --batch-size must be 1 or more, and {MAX_BATCH:,} images in a batch at most, got "
            f"{given.threads} and {given.batch_size}"
        )
    backbone = Images(size=given.image_size) if given.job == "images" else _backbone(given)
    if given.job == "maps":
        backbone = backbone.as_maps()
    _store(given, backbone)


def _backbone(given: argparse.Namespace) -> Backbone:
    """The backbone that the arguments name, with its weights."""
    weights = given.weights and given.data_dir / given.weights
    return registry.build("backbones", given.backbone, weights, **given.backbone_options)


def _store(given: argparse.Namespace, backbone: Backbone) -> None:
    """Write the store of ``backbone`` for all images of the dataset."""
    images = read_images(given.images)
    dataset = registry.build("datasets", given.dataset, given.data_dir, **given.options)
    card = {"dataset": given.dataset_name or given.dataset}
    if given.job != "images":
        card["backbone"] = given.variant or given.backbone
    extract(
        backbone,
        backbone.engine(given.device, given.threads, given.batch_size),
        images["path"].tolist(),
        dataset.load,
        given.output,
        card,
        sha256(given.images),
        given.threads,
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.backbones",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    jobs = parser.add_subparsers(dest="job", required=True)
    made = {name: jobs.add_parser(name) for name in ("describe", "features", "maps", "images")}
    for job in made.values():
        job.add_argument("--data-dir", required=True, type=Path, help="folder with the data")
    for name in ("describe", "features", "maps"):
        _add_backbone(made[name])
    for name in ("features", "maps", "images"):
        _add_store(made[name])
    made["images"].add_argument(
        "--image-size", type=int, default=STORED_SIDE, help=f"side to store in pixels ({STORED_SIDE})"
    )
    made["describe"].add_argument("--output", required=True, type=Path, help="card to write, JSON")
    return parser.parse_args(arguments)


def _add_backbone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backbone", required=True, help=f"one of {', '.join(registry.names('backbones'))}")
    parser.add_argument("--variant", help="name of the backbone in the config, default --backbone")
    parser.add_argument(
        "--backbone-options", type=cli.json_object, default={}, help="options of the backbone, a JSON object"
    )
    parser.add_argument(
        "--weights",
        type=Path,
        help="state-dict file, or folder of the published weights (downloaded if missing), in the data folder",
    )


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", required=True, help="name of the dataset in the registry")
    parser.add_argument("--dataset-name", help="name of the dataset in the config, default --dataset")
    parser.add_argument(
        "--options", type=cli.json_object, default={}, help="options of the dataset, a JSON object"
    )
    parser.add_argument("--images", required=True, type=Path, help="images table (images.csv)")
    parser.add_argument("--output", required=True, type=Path, help="folder for features.npy and card.json")
    parser.add_argument("--device", default="auto", help="auto (default), cuda, mps or cpu")
    parser.add_argument("--batch-size", type=int, help="images in a batch (default: what suits the engine)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU cores to use")


if __name__ == "__main__":
    cli.run(main)
