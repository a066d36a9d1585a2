"""AwA2 by its published features, for those who lack its images: 2,048 values of ResNet-101 for each image.

The data folder may hold them in one of these forms; the first one found is read into memory (0.3 GB):

1. ``Animals_with_Attributes2/Features/ResNet101/`` with ``AwA2-features.txt``, ``AwA2-filenames.txt`` and
   ``AwA2-labels.txt``, of the authors of AwA2;
2. ``AwA2-features.zip``, their archive;
3. ``AWA2/`` or ``xlsa17/data/AWA2/`` with ``res101.mat`` and ``att_splits.mat``, of Xian et al.

Paths are those of ``awa2``, so that image ids are the same, and so are the classes of ``standard`` and ``proposed``.
The backbone for it is ``resnet101``.
"""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from mgah.datasets import xlsa17
from mgah.datasets._example import write_zip
from mgah.datasets._published_features import DIMENSION, PublishedFeatures
from mgah.datasets.awa2 import FOLDER
from mgah.datasets.awa2_classes import CLASSES, PROPOSED_NOTE, SYNSETS, UNSEEN, unseen_classes
from mgah.datasets.base import Dataset, set_folder
from mgah.datasets.folders import open_files
from mgah.datasets.xlsa17 import Published, read_published
from mgah.errors import InputError
from mgah.io.files import as_found
from mgah.needs import Need

TEXT_FOLDER = "Features/ResNet101"
ARCHIVE = "AwA2-features.zip"
#: The text file of all features has some 0.7 GB.
MAX_BYTES = 1 << 32
WHERE = (
    f"put there {ARCHIVE} (0.3 GB, from https://cvml.ista.ac.at/AwA2/{ARCHIVE}) or its unpacked folder {FOLDER}, or "
    f"{xlsa17.FEATURES} and {xlsa17.SPLITS} of xlsa17.zip (from {xlsa17.URL}) in {xlsa17.FOLDERS[0]}, or "
    f"{set_folder('one of them')}"
)


class Awa2Features(PublishedFeatures):
    """AwA2's published features; its own splits are ``standard`` and ``proposed``."""

    name = "awa2_features"
    title = "AwA2"
    again = "get the official files"
    raw_files = (f"{FOLDER}/{TEXT_FOLDER}", ARCHIVE, *xlsa17.FOLDERS)
    classes = CLASSES
    synsets = SYNSETS
    notes = (PROPOSED_NOTE,)
    splits = ("standard", "proposed")
    n_classes = 50
    n_unseen = 10
    n_images = 37_322

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        places = (
            f"{FOLDER}/{TEXT_FOLDER}",
            ARCHIVE,
            *(f"{folder}/{xlsa17.FEATURES}" for folder in xlsa17.FOLDERS),
        )
        origin = f"https://cvml.ista.ac.at/AwA2/{ARCHIVE}"
        files = f"{xlsa17.FEATURES} and {xlsa17.SPLITS}"
        how = f"{ARCHIVE} into the data folder, or {files} of xlsa17.zip into {' or '.join(xlsa17.FOLDERS)}"
        return (Need("AwA2's published features", "0.3 GB", origin, how, places),)

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        vectors = np.random.default_rng(0).integers(0, 1000, (len(CLASSES), DIMENSION)) / 256
        lines = {
            "features": [" ".join(map(str, vector)) for vector in vectors],
            "labels": [str(row + 1) for row in range(len(CLASSES))],
            "filenames": [f"{name}_10001.jpg" for name in CLASSES],
        }
        files = {
            f"{FOLDER}/{TEXT_FOLDER}/AwA2-{part}.txt": "\n".join(text).encode()
            for part, text in lines.items()
        }
        write_zip(folder / ARCHIVE, files)
        return cls._sized(n_images=len(CLASSES))(folder)

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        return unseen_classes(cls.name, split_name, classes)

    @classmethod
    def _find(cls, root: Path) -> Path:
        if not root.is_dir():
            raise InputError(f"{cls.name}: data folder {root} {as_found(root)}: create it and {WHERE}")
        places = [root / FOLDER / TEXT_FOLDER, root / ARCHIVE]
        places += [root / folder for folder in xlsa17.FOLDERS if (root / folder / xlsa17.FEATURES).exists()]
        found = [place for place in places if place.exists()]
        if not found:
            raise InputError(f"{cls.name} is not in the data folder {root}: {WHERE}")
        return found[0]

    def _read(self, place: Path) -> Published:
        return _read_mat(place) if (place / xlsa17.FEATURES).exists() else _read_text(place)

    def _check_classes(self, place: Path, published: Published) -> None:
        """Also raise `InputError` where the name of an image tells of another class than its label."""
        _, labels, classes, files, _ = published
        if set(classes) != set(CLASSES) or set(labels) != set(range(1, len(CLASSES) + 1)):
            raise InputError(
                f"{self.name}: {place} has the labels {sorted(set(labels.tolist()))} of {sorted(classes)}, expected "
                f"images of each of the {len(CLASSES)} classes of AwA2 and no others: {self.again}"
            )
        for label, file in zip(labels, files, strict=True):
            if not PurePosixPath(file).name.startswith(f"{classes[label - 1]}_"):
                raise InputError(
                    f"{self.name}: {place} gives the image {file} the class {classes[label - 1]}, expected the one in "
                    f"its name: the files do not belong together; {self.again}"
                )


def _read_text(place: Path) -> Published:
    files = open_files(place, MAX_BYTES, f"{FOLDER}/{TEXT_FOLDER}")

    def lines(part: str) -> list[str]:
        return files.read(f"AwA2-{part}.txt").decode("utf-8", errors="replace").split()

    try:
        labels = np.array(lines("labels"), dtype=np.int64)
        with files.open("AwA2-features.txt") as stream:
            features = np.loadtxt(stream, dtype=np.float32, ndmin=2)
    except Exception as error:  # a damaged archive can raise nearly anything
        raise InputError(
            f"awa2_features: {place} cannot be read ({error}): expected a line of {DIMENSION:,} numbers and one label "
            "an image; get the official files"
        ) from error
    return Published(features, labels, CLASSES, lines("filenames"))


def _read_mat(place: Path) -> Published:
    published = read_published(place)
    if published.unseen != set(UNSEEN["proposed"]):
        raise InputError(
            f"awa2_features: {place / xlsa17.SPLITS} has the unseen classes {sorted(published.unseen)}, expected those "
            f"of the proposed split, {sorted(UNSEEN['proposed'])}: get the file of xlsa17.zip"
        )
    return published
