"""The split stage, ``python -m mgah.splits``: draw one or more splits of a dataset and write their files."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mgah import registry
from mgah.cli import json_object, run
from mgah.errors import InputError
from mgah.splits import draw_split, unseen_classes, write_split
from mgah.splits.classes import check_splits
from mgah.splits.split import class_names
from mgah.tables.images import read_images


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line (that of the process when None) and write the files of all splits."""
    parser = argparse.ArgumentParser(prog="python -m mgah.splits", description=__doc__)
    parser.add_argument("--dataset", required=True, help="name of the dataset in the registry")
    parser.add_argument("--name", help="name of the dataset in the config, default --dataset")
    parser.add_argument(
        "--split", required=True, action="append", help="name of a split; may be given several times"
    )
    parser.add_argument("--images", required=True, type=Path, help="the dataset's images table")
    parser.add_argument("--training", required=True, type=int, help="number of training images")
    parser.add_argument("--queries", required=True, type=int, help="number of unseen queries")
    parser.add_argument("--seen-queries", required=True, type=int, help="number of seen queries")
    parser.add_argument("--seed", required=True, type=int)
    parser.add_argument(
        "--balanced", action="store_true", help="as many training images, and queries, of each class"
    )
    parser.add_argument(
        "--splits",
        type=json_object,
        default={},
        help="names of the splits of each dataset in the config, a JSON object: those of --name are compared",
    )
    output = parser.add_mutually_exclusive_group(required=True)
    output.add_argument("--output", type=Path, help="file to write, for one split")
    output.add_argument("--output-dir", type=Path, help="folder to write <split>.json of each split to")
    given = parser.parse_args(arguments)
    if given.output and len(given.split) > 1:
        raise InputError(f"--output takes one split, got {len(given.split)}: use --output-dir")

    dataset = registry.load("datasets", given.dataset)
    images = read_images(given.images)
    classes = class_names(images)
    config_name = given.name or given.dataset
    check_splits(dataset, config_name, given.splits.get(config_name, []), classes, given.seed)
    unseen = {name: unseen_classes(dataset, name, classes, given.seed) for name in given.split}
    splits = [
        draw_split(
            images,
            config_name,
            name,
            unseen_of_split,
            training=given.training,
            queries=given.queries,
            seen_queries=given.seen_queries,
            seed=given.seed,
            balanced=given.balanced,
        )
        for name, unseen_of_split in unseen.items()
    ]
    for split in splits:
        write_split(given.output or given.output_dir / f"{split.name}.json", split, images)


if __name__ == "__main__":
    run(main)
