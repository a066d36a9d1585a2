"""The data stage, ``python -m mgah.datasets``: write the table of a dataset's images and the dataset's card.

`mgah.tables.images` and `mgah.datasets.card` describe the two files.
"""

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from mgah import registry
from mgah.cli import json_object, run
from mgah.datasets.base import Dataset
from mgah.datasets.card import DatasetCard, write_card
from mgah.datasets.index import index_images
from mgah.datasets.unreadable import UNREADABLE, left_out
from mgah.errors import InputError
from mgah.io.files import sha256
from mgah.io.names import listed
from mgah.tables.images import write_images

#: Classes that a sentence names.
NAMED = 5


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.datasets", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", required=True, help="name of the dataset in the registry")
    parser.add_argument("--name", help="name of the dataset in the config, default --dataset")
    parser.add_argument(
        "--data-dir", required=True, type=Path, help="folder that holds the data of all datasets"
    )
    parser.add_argument(
        "--options", type=json_object, default={}, help="the dataset's options, a JSON object"
    )
    parser.add_argument(
        "--unreadable",
        choices=UNREADABLE,
        default="stop",
        help="stop at an image that cannot be read, or leave it out and count it (default: stop)",
    )
    parser.add_argument("--images", required=True, type=Path, help="images table to write")
    parser.add_argument("--card", required=True, type=Path, help="description to write, JSON")
    parser.add_argument(
        "--figures",
        nargs="*",
        default=[],
        help="figures that show names of classes, which fonts then have to have",
    )
    parser.add_argument(
        "--splits",
        type=json_object,
        default={},
        help="names of the splits of each dataset in the config, a JSON object: those of --name are checked",
    )
    parser.add_argument("--split-seed", type=int, default=0, help="seed of folds, for --splits")
    parser.add_argument("--threads", type=int, default=1, help="threads that decode")
    given = parser.parse_args(arguments)
    if given.threads < 1:
        raise InputError(f"--threads is {given.threads}, expected 1 or more")

    dataset = registry.build("datasets", given.dataset, given.data_dir, **given.options)
    name = given.name or given.dataset
    if given.figures:
        _check_letters(name, dataset.classes, given.figures)
    _check_splits(dataset, name, given.splits.get(name, []), given.split_seed)
    unreadable: dict[str, InputError] | None = {} if given.unreadable == "skip" else None
    converted: Counter[str] = Counter()
    images = index_images(dataset, given.threads, unreadable, converted)
    card = DatasetCard(
        name=name,
        classes=list(dataset.classes),
        synsets={name: dataset.synsets[name] for name in dataset.classes},
        notes=[*dataset.notes, *_left_out(name, unreadable), *_converted(name, converted)],
        images=len(images),
        source=dataset.source,
        archive_sha256=sha256(dataset.archive) if dataset.archive else None,
    )
    write_images(given.images, images)
    write_card(given.card, card)


def _check_splits(dataset: Dataset, name: str, splits: Sequence[str], seed: int) -> None:
    """Raise `InputError` for ``splits`` that the dataset does not have, or has twice, before an image is decoded.

    A dry run has checked them for a dataset whose classes are known without its data.
    """
    # imported by name: how classes are drawn does not decide whether images are read again
    check_splits = import_module("mgah.splits.classes").check_splits
    found = {label for _, label in dataset.paths()}
    check_splits(dataset, name, splits, [label for label in dataset.classes if label in found], seed)


def _check_letters(dataset: str, classes: Sequence[str], figures: Sequence[str]) -> None:
    """Raise `InputError` for names of ``classes`` with letters that no font has, which ``figures`` are to show.

    It is here, as the figures are drawn at the end of a run.
    """
    # imported by name: how fonts are found does not decide whether images are read again
    fonts = import_module("mgah.report.fonts")
    missing = {name: fonts.without_font(name) for name in classes}
    if told := [f"{letters!r} of {name!r}" for name, letters in missing.items() if letters]:
        raise InputError(
            f"{dataset}: the figures {', '.join(figures)} cannot show the names of {len(told):,} classes "
            f"({listed(told, NAMED)}), whose letters {fonts.FAMILY} and the installed fonts lack: {fonts.INSTALL}, "
            "rename the classes, or leave these figures out (key outputs.figures)"
        )


def _left_out(dataset: str, unreadable: Mapping[str, InputError] | None) -> list[str]:
    """The note on images that could not be read and were left out, if there are any."""
    if not unreadable:
        return []
    for error in unreadable.values():
        print(f"left out: {error}")
    return [left_out(unreadable, dataset)]


def _converted(dataset: str, converted: Mapping[str, int]) -> list[str]:
    """The note on images that were converted when they were read, if there are any."""
    if not converted:
        return []
    kinds = ", ".join(f"{count:,} {what}" for what, count in sorted(converted.items()))
    return [f"Images of {dataset} that were converted when they were read: {kinds}."]


if __name__ == "__main__":
    run(main)
