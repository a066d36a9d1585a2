"""The split stage: draw one or more splits of a dataset."""

import argparse
from pathlib import Path

from mgah import registry
from mgah.cli import run
from mgah.errors import InputError
from mgah.splits import draw_split, write_split
from mgah.splits.split import class_names
from mgah.tables.images import read_images


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.splits", description=__doc__)
    parser.add_argument("--dataset", required=True, help="name of the dataset, as in the config")
    parser.add_argument(
        "--split", required=True, action="append", help="name of a split; may be given several times"
    )
    parser.add_argument("--images", required=True, type=Path, help="the dataset's images table")
    parser.add_argument("--training", required=True, type=int, help="number of training images")
    parser.add_argument("--queries", required=True, type=int, help="number of unseen queries")
    parser.add_argument("--seen-queries", required=True, type=int, help="number of seen queries")
    parser.add_argument("--seed", required=True, type=int)
    output = parser.add_mutually_exclusive_group(required=True)
    output.add_argument("--output", type=Path, help="file to write, for one split")
    output.add_argument("--output-dir", type=Path, help="folder to write <split>.json of each split to")
    arguments = parser.parse_args()
    if arguments.output and len(arguments.split) > 1:
        raise InputError(f"--output takes one split, got {len(arguments.split)}: use --output-dir")

    dataset = registry.load("datasets", arguments.dataset)
    images = read_images(arguments.images)
    classes = class_names(images)
    unseen = {name: dataset.unseen_classes(name, classes) for name in arguments.split}
    splits = [
        draw_split(
            images,
            dataset.name,
            name,
            unseen_classes,
            training=arguments.training,
            queries=arguments.queries,
            seen_queries=arguments.seen_queries,
            seed=arguments.seed,
        )
        for name, unseen_classes in unseen.items()
    ]
    for split in splits:
        write_split(arguments.output or arguments.output_dir / f"{split.name}.json", split, images)


if __name__ == "__main__":
    run(main)
