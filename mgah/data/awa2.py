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
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from mgah.data.archives import ZipFiles
from mgah.data.awa2_classes import CLASSES, PROPOSED_NOTE, SYNSETS, UNSEEN, unseen_classes
from mgah.data.contract import Dataset
from mgah.data.decode import decode_image
from mgah.data.folders import FolderFiles, open_files
from mgah.errors import InputError
from mgah.needs import Need

FOLDER = "Animals_with_Attributes2"
ARCHIVE = "AwA2-data.zip"
URL = f"https://cvml.ista.ac.at/AwA2/{ARCHIVE}"
IMAGE_FOLDER = "JPEGImages"


class Awa2(Dataset):
    """AwA2; its splits are ``standard`` and ``proposed``.

    Options:
        download: fetch the official archive (13 GB) where the data folder has no form of the data.
    """

    name = "awa2"
    classes = CLASSES
    synsets = SYNSETS
    notes = (PROPOSED_NOTE,)
    #: Number of images in the intact dataset.
    images: ClassVar[int] = 37_322

    def __init__(self, root: Path, *, download: bool = False) -> None:
        if not isinstance(download, bool):
            raise InputError(f"awa2: download is {download!r}, expected true or false")
        self._open(_find(Path(root).absolute(), download))

    @classmethod
    def needs(cls, *, download: bool = False) -> tuple[Need, ...]:
        how = f"{ARCHIVE}, or unpacked the folder {FOLDER}, into the data folder"
        name = "Animals with Attributes 2"
        return (Need(name, "13 GB", URL, how, (FOLDER, ARCHIVE), url=URL if download else ""),)

    def paths(self) -> list[tuple[str, str]]:
        return [(path, PurePosixPath(path).parent.name) for path in self._names]

    def load(self, path: str) -> np.ndarray:
        if path not in self._names:
            raise InputError(
                f"{self.name} as found in {self.source} has no image {path!r}: the images table was made from "
                "other data; remove it and run again"
            )
        name = self._names[path]
        return decode_image(self._files.read(name), f"{name} in {self._files.place}")

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        return unseen_classes(cls.name, split_name, classes)

    def _open(self, place: Path) -> None:
        """Take the images and the class lists of ``place``, a folder or a zip archive in AwA2's layout."""
        self._files = open_files(place)
        self.source = place.name
        self.archive = None if place.is_dir() else place
        names = self._files.names()
        top = f"{FOLDER}/" if any(name.startswith(f"{FOLDER}/") for name in names) else ""
        _check_class_lists(self._files, top)
        self._names = _images(names, f"{top}{IMAGE_FOLDER}/")
        _check_counts(self.name, place, self._names, self.classes, self.images)


def _find(root: Path, download: bool) -> Path:
    for place in (root / FOLDER, root / ARCHIVE):
        if place.exists():
            return place
    where = (
        f"put there {ARCHIVE} (13 GB, from {URL}) or its unpacked folder {FOLDER}, or set the environment variable "
        "MGAH_DATA (or data_dir in the config) to the folder that holds one of them"
    )
    if not root.is_dir():
        raise InputError(f"awa2: data folder {root} does not exist: create it and {where}")
    if not download:
        raise InputError(
            f"awa2 is not in the data folder {root}: {where}, or set the dataset's option download to true"
        )
    from mgah.downloads import download as fetch

    try:
        fetch(URL, root / ARCHIVE)
    except InputError as error:
        raise InputError(
            f"awa2 is not in the data folder {root} and its download failed ({error}): run again, or {where}"
        ) from error
    return root / ARCHIVE


def _images(names: Iterable[str], folder: str) -> dict[str, str]:
    """File name by path, ``<class>/<file>``, of the images below ``folder``; sorted by path."""
    below = sorted(name for name in names if name.startswith(folder))
    return {name.removeprefix(folder): name for name in below if name.lower().endswith((".jpg", ".jpeg"))}


def _check_class_lists(files: FolderFiles | ZipFiles, top: str) -> None:
    """Compare the lists of classes with the constants, which splits are made from without any data."""
    unseen = UNSEEN["standard"]
    seen = [name for name in CLASSES if name not in unseen]
    for file, expected in (
        ("classes.txt", CLASSES),
        ("trainclasses.txt", seen),
        ("testclasses.txt", unseen),
    ):
        lines = files.read(top + file).decode("utf-8", errors="replace").splitlines()
        got = {re.sub(r"^\s*\d+\s+", "", line).strip() for line in lines if line.strip()}
        if got != set(expected):
            raise InputError(
                f"{file} in {files.place} names the classes {sorted(got)}, expected {sorted(expected)}: get the "
                "official file"
            )


def _check_counts(
    dataset: str, place: Path, names: dict[str, str], classes: Iterable[str], expected: int
) -> None:
    """Every class has images, every image a class, and none is missing."""
    counts = Counter(str(PurePosixPath(path).parent) for path in names)
    lacking = [name for name in classes if not counts[name]]
    foreign = sorted(set(counts) - set(classes))
    if lacking or foreign:
        raise InputError(
            f"{dataset}: {place} has no images in the class folders {lacking} of {IMAGE_FOLDER}, and images outside "
            f"of class folders in {foreign}; expected images in each class folder and nowhere else: get an "
            "intact copy"
        )
    if len(names) != expected:
        raise InputError(
            f"{dataset}: {place} has {len(names):,} images, expected {expected:,}: get an intact copy"
        )
