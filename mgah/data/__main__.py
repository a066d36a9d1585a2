"""The data stage: index a dataset's images and describe the dataset.

``images.csv`` is described in ``mgah.data.images``. ``dataset.json``: name, classes in class-id order,
synsets, notes, images (their number), source (which form of the data was read) and ``archive_sha256`` (or
null).
"""

import argparse
import json
from pathlib import Path

from mgah.cli import run
from mgah.data.discovery import open_dataset
from mgah.data.images import write_images
from mgah.data.index import index_images
from mgah.errors import InputError
from mgah.files import sha256, write_json


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.data", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True, help="name of the dataset, as in the config")
    parser.add_argument(
        "--data-dir", required=True, type=Path, help="folder that holds the data of all datasets"
    )
    parser.add_argument("--options", default="{}", help="the dataset's options, a JSON object")
    parser.add_argument("--images", required=True, type=Path, help="images table to write")
    parser.add_argument("--card", required=True, type=Path, help="description to write, JSON")
    parser.add_argument("--threads", type=int, default=1, help="threads that decode")
    arguments = parser.parse_args()
    if arguments.threads < 1:
        raise InputError(f"--threads is {arguments.threads}, expected 1 or more")

    dataset = open_dataset(arguments.dataset, arguments.data_dir, **_options(arguments.options))
    images = index_images(dataset, arguments.threads)
    card = {
        "name": dataset.name,
        "classes": list(dataset.classes),
        "synsets": dict(dataset.synsets),
        "notes": list(dataset.notes),
        "images": len(images),
        "source": dataset.source,
        "archive_sha256": sha256(dataset.archive) if dataset.archive else None,
    }
    write_images(arguments.images, images)
    write_json(arguments.card, card)


def _options(text: str) -> dict[str, object]:
    try:
        options = json.loads(text)
    except ValueError as error:
        raise InputError(f"--options is not JSON ({error}), got {text!r}") from error
    if not isinstance(options, dict):
        raise InputError(f'--options is {text!r}, expected a JSON object such as {{"name": 1}}')
    return options


if __name__ == "__main__":
    run(main)
