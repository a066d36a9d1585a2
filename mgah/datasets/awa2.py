"""Animals with Attributes 2: 37,322 images of 50 classes of animals, in many sizes.

Xian, Lampert, Schiele and Akata, "Zero-Shot Learning: A Comprehensive Evaluation of the Good, the Bad and the
Ugly", TPAMI 2018.

The data folder may hold it in one of these forms; the first one found is read, image by image:

1. ``Animals_with_Attributes2/``, the official archive unpacked;
2. ``AwA2-data.zip``, that archive, read without unpacking.

Either holds ``JPEGImages/<class>/*.jpg``, ``classes.txt``, ``trainclasses.txt`` and ``testclasses.txt`` (the standard
split); ``mgah.semantics.attributes`` reads the rest.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from mgah.datasets._downloaded import check_folder, download_archive
from mgah.datasets._example import image_file, write_zip
from mgah.datasets.awa2_classes import CLASSES, PROPOSED_NOTE, SYNSETS, UNSEEN, unseen_classes
from mgah.datasets.base import Dataset
from mgah.datasets.decode import decode_image
from mgah.datasets.folders import FolderFiles, open_files
from mgah.errors import InputError
from mgah.io.archives import ZipFiles
from mgah.io.names import top_names
from mgah.needs import Need

FOLDER = "Animals_with_Attributes2"
ARCHIVE = "AwA2-data.zip"
URL = f"https://cvml.ista.ac.at/AwA2/{ARCHIVE}"
IMAGE_FOLDER = "JPEGImages"
WHERE = f"{ARCHIVE} (13 GB, from {URL}) or its unpacked folder {FOLDER}"


class Awa2(Dataset):
    """AwA2; its own splits are ``standard`` and ``proposed``.

    Options:
        download: whether the official archive (13 GB) is downloaded where the data folder has no form of the data. Its
            makers publish no checksum: each file is compared with the archive's own as it is read, and the dataset's
            card says the SHA-256 of the whole.
    """

    name = "awa2"
    raw_files: ClassVar[tuple[str, ...]] = (FOLDER, ARCHIVE)
    classes = CLASSES
    synsets = SYNSETS
    notes: tuple[str, ...] = (PROPOSED_NOTE,)
    splits = ("standard", "proposed")
    n_classes = 50
    n_unseen = 10
    n_images = 37_322

    def __init__(self, root: Path, *, download: bool = False) -> None:
        root = Path(root).absolute()
        check_folder(self.name, root, download, WHERE)
        place = root / FOLDER
        if not (place / IMAGE_FOLDER).is_dir():  # the archive of features makes the folder without it
            place = root / ARCHIVE
            if not place.is_file():
                download_archive(self.name, URL, place, download, WHERE)
        self._open(place)

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        how = f"{ARCHIVE}, or unpacked the folder {FOLDER}, into the data folder"
        name = "Animals with Attributes 2"
        return (
            Need(
                name, "13 GB", URL, how, (FOLDER, ARCHIVE), url=URL if options.get("download", False) else ""
            ),
        )

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        write_zip(folder / ARCHIVE, {f"{FOLDER}/{name}": file for name, file in cls._example_files().items()})
        return cls._sized(n_images=len(cls.classes))(folder)

    @classmethod
    def _example_files(cls) -> dict[str, bytes]:
        """Contents by path: the lists of all classes, and an image of each class that has images."""
        seen = [name for name in CLASSES if name not in UNSEEN["standard"]]
        lists = {"classes": CLASSES, "trainclasses": seen, "testclasses": UNSEEN["standard"]}
        files = {f"{name}.txt": "\n".join(names).encode() for name, names in lists.items()}
        paths = [f"{IMAGE_FOLDER}/{name}/{name}_10001.jpg" for name in cls.classes]
        return files | {path: image_file(seed) for seed, path in enumerate(paths)}

    def _load(self, path: str) -> np.ndarray:
        name = f"{IMAGE_FOLDER}/{path}"
        return decode_image(self._files.read(name), f"{name} in {self._files.place}")

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        return unseen_classes(cls.name, split_name, classes)

    def _open(self, place: Path) -> None:
        """Open the images and the class lists of ``place``, a folder or a zip archive in AwA2's layout."""
        self._files = open_files(place, top=FOLDER)
        self.source = place.name
        self.archive = None if place.is_dir() else place
        _check_class_lists(self._files)
        self._labels = _labels(self._files.names())
        self._check_labels()

    def _check_labels(self) -> None:
        """Raise `InputError` unless every class has images, every image a class, and no image is missing."""
        found = set(self._labels.values())
        lacking = [name for name in self.classes if name not in found]
        if lacking or len(found) > len(self.classes):
            raise InputError(
                f"{self.name}: {self._files.place} has no images in the class folders {lacking} of {IMAGE_FOLDER}, "
                f"and images outside of class folders in {sorted(found - set(self.classes))}; expected images in "
                f"each class folder and nowhere else; at its top it has {top_names(self._files.names())}: add what is "
                "missing"
            )
        if len(self._labels) != self.n_images:
            raise InputError(
                f"{self.name}: {self._files.place} has {len(self._labels):,} images, expected {self.n_images:,}: "
                "add what is missing, or remove what was added"
            )


def _labels(names: Iterable[str]) -> dict[str, str]:
    """Class name by path (``<class>/<file>``) of the images among the files ``names``."""
    paths = (
        PurePosixPath(name).relative_to(IMAGE_FOLDER) for name in names if name.startswith(f"{IMAGE_FOLDER}/")
    )
    return {str(path): str(path.parent) for path in paths if path.suffix.lower() in (".jpg", ".jpeg")}


def _check_class_lists(files: FolderFiles | ZipFiles) -> None:
    """Raise `InputError` unless the data's lists of classes are those of `mgah.datasets.awa2_classes`."""
    unseen = UNSEEN["standard"]
    seen = [name for name in CLASSES if name not in unseen]
    for file, expected in (
        ("classes.txt", CLASSES),
        ("trainclasses.txt", seen),
        ("testclasses.txt", unseen),
    ):
        lines = files.read(file).decode("utf-8", errors="replace").splitlines()
        got = {re.sub(r"^\s*\d+\s+", "", line).strip() for line in lines if line.strip()}
        if got != set(expected):
            raise InputError(
                f"{file} in {files.place} names the classes {sorted(got)}, expected {sorted(expected)}: get the "
                "official file"
            )
