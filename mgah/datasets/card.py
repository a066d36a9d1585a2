"""The dataset's card (``dataset.json``): what the later stages know of a dataset. Writer and reader side by side."""

from dataclasses import asdict, dataclass
from pathlib import Path

from mgah.errors import InputError
from mgah.io.files import read_json, write_json


@dataclass(frozen=True)
class DatasetCard:
    """One dataset as it was found.

    Attributes:
        name: of the dataset in the config.
        classes: class names in class-id order.
        synsets: WordNet 3.0 noun (``n02121620``) of every class, None where there is none.
        notes: sentences that belong beside every number made from the dataset.
        images: how many there are.
        source: which of the dataset's forms was read.
        archive_sha256: of the archive that was read, None where none was.
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
        if list(self.synsets) != list(self.classes):
            raise InputError(
                "a dataset card needs a synset, or null, for each of its classes, in their order"
            )


def write_card(target: Path | str, card: DatasetCard) -> None:
    """Write a dataset's card atomically."""
    write_json(target, asdict(card))


def read_card(source: Path | str) -> DatasetCard:
    """Read a dataset's card; one that is damaged is an `InputError` that names the file."""
    content = read_json(source)
    try:
        return DatasetCard(**content)
    except (TypeError, InputError) as error:
        raise InputError(f"dataset card {source} is not one ({error}): remove it and run again") from error
