"""``python -m mgah.gallery``: draw queries, find their nearest images, and write both with thumbnails."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah import registry
from mgah.cli import json_array, run
from mgah.errors import InputError
from mgah.gallery.draw import gallery
from mgah.gallery.thumbnails import thumbnail
from mgah.io.records import NAME, OBJECT, TEXTS, check_fields
from mgah.methods.codes import read_codes
from mgah.tables.gallery import write_gallery, write_thumbnails
from mgah.tables.images import read_images

#: Fields of an experiment.
_FIELDS = {"name": NAME, "dataset": NAME, "options": OBJECT, "images": NAME, "codes": TEXTS}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the gallery of all settings."""
    parser = argparse.ArgumentParser(prog="python -m mgah.gallery", description=__doc__)
    parser.add_argument(
        "--experiments",
        type=json_array,
        required=True,
        help="JSON array of objects with dataset (its name), options (the dataset's), images (its images table) and "
        "codes (codes files, one a method and split)",
    )
    parser.add_argument(
        "--data-dir", type=Path, required=True, help="folder that holds the data of all datasets"
    )
    parser.add_argument("--classes", type=int, default=2, help="unseen classes an experiment")
    parser.add_argument("--queries", type=int, default=2, help="queries a class")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--gallery", type=Path, required=True, help="table to write (.csv)")
    parser.add_argument("--thumbnails", type=Path, required=True, help="images to write (.npz)")
    given = parser.parse_args(arguments)
    for number in (given.classes, given.queries):
        if number < 1:
            raise InputError(f"--classes and --queries must be 1 or more, got {number}")
    for number, experiment in enumerate(given.experiments, start=1):
        check_fields(experiment, _FIELDS, f"experiment {number} of --experiments", again="correct it")
    tables, shown = [], dict[tuple[str, int], np.ndarray]()
    for experiment in given.experiments:
        codes = [read_codes(path) for path in experiment["codes"]]
        images = read_images(experiment["images"])
        for one in codes:
            one.check_images(images, experiment["images"])
        table = gallery(codes, given.classes, given.queries, given.seed)
        tables.append(table)
        shown |= _thumbnails(experiment, given.data_dir, images["path"], {*table["query_id"], *table["id"]})
    write_thumbnails(
        given.thumbnails,
        [dataset for dataset, _ in shown],
        [image for _, image in shown],
        np.stack(list(shown.values())),
    )
    write_gallery(given.gallery, pd.concat(tables, ignore_index=True))


def _thumbnails(
    experiment: dict, data_dir: Path, paths: pd.Series, ids: set[int]
) -> dict[tuple[str, int], np.ndarray]:
    """Thumbnails of the images ``ids`` of an experiment's dataset, ascending; ``paths`` are by id."""
    dataset = registry.build("datasets", experiment["dataset"], data_dir, **experiment["options"])
    return {(experiment["name"], image): thumbnail(dataset.load(paths[image])) for image in sorted(ids)}


if __name__ == "__main__":
    run(main)
