"""The card of a dataset (``dataset.json``), from which later stages know it: its writer and its readers."""

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.io.files import read_json, write_json
from mgah.io.records import INTEGER, NAME, OBJECT, SHA256_OR_NULL, TEXT, TEXT_OR_NULL, TEXTS, check_fields
from mgah.tables.images import read_images

_FIELDS = {
    "name": NAME,
    "classes": TEXTS,
    "synsets": OBJECT,
    "notes": TEXTS,
    "images": INTEGER,
    "source": TEXT,
}
_FIELDS |= {"archive_sha256": SHA256_OR_NULL}


@dataclass(frozen=True)
class DatasetCard:
    """What a run records of one dataset.

    Attributes:
        name: name in the config.
        classes: class names in class-id order.
        synsets: WordNet 3.0 noun id (``n02121620``) of every class, None for a class without one.
        notes: sentences that belong beside every number made from the dataset.
        images: number of images.
        source: the form of the data that was read.
        archive_sha256: SHA-256 of the archive that was read; None where no archive was.
    """

    name: str
    classes: list[str]
    synsets: dict[str, str | None]
    notes: list[str]
    images: int
    source: str
    archive_sha256: str | None

    def __post_init__(self) -> None:
        if not self.classes or not all(isinstance(name, str) for name in self.classes):
            raise InputError("a dataset card needs a list of class names")
        if len(set(self.classes)) < len(self.classes):
            raise InputError("a dataset card needs another name for each class")
        if list(self.synsets) != list(self.classes) or not all(
            map(TEXT_OR_NULL.holds, self.synsets.values())
        ):
            raise InputError(
                "a dataset card needs a synset, or null, for each of its classes, in their order"
            )

    def check_images(self, images: pd.DataFrame) -> None:
        """Raise `InputError` unless the table of ``images`` has as many images as the card, and its class ids."""
        if len(images) != self.images:
            raise InputError(f"it has {len(images):,} images, but the dataset's card {self.images:,}")
        for number, name in images[["class_id", "class_name"]].drop_duplicates().itertuples(index=False):
            told = self.classes[number] if number < len(self.classes) else None
            if told != name:
                raise InputError(
                    f"its class id {number} is {name!r}, but {told!r} on the dataset's card"
                    if told is not None
                    else f"its class id {number} is {name!r}, but the dataset's card has {len(self.classes)} classes"
                )


def write_card(target: Path | str, card: DatasetCard) -> None:
    """Write the card of a dataset to the file ``target``, atomically."""
    write_json(target, asdict(card))


def read_dataset(images: Path | str, card: Path | str) -> tuple[pd.DataFrame, DatasetCard]:
    """Read a dataset's table of images and its card, from the files ``images`` and ``card``, which belong together.

    Raises:
        InputError: for files that are missing, damaged, or of two datasets.
    """
    table, described = read_images(images), read_card(card)
    try:
        described.check_images(table)
    except InputError as error:
        raise InputError(
            f"images table {images} is not that of {card}: {error}; remove both and run again"
        ) from error
    return table, described


def read_card(source: Path | str) -> DatasetCard:
    """Read the card of a dataset from the file ``source``.

    Raises:
        InputError: for a card that is missing or damaged; the sentence names the file.
    """
    content = read_json(source)
    check_fields(content, _FIELDS, f"dataset card {source}")
    try:
        return DatasetCard(**content)
    except (TypeError, InputError) as error:
        raise InputError(f"dataset card {source} is not one ({error}): remove it and run again") from error
