"""Images in class folders, ``<WordNet id>/*.JPEG``, the form of ILSVRC-2012's training images."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mgah import seeds
from mgah.errors import InputError
from mgah.io.files import as_found
from mgah.io.names import is_own

WHERE = (
    "a folder for each class, named by its WordNet id, with the class's images, as ILSVRC2012_img_train.tar "
    "(138 GB, from https://image-net.org, where one needs an account) unpacks to"
)
_WORDNET_ID = re.compile(r"n\d{8}")
_SUFFIXES = (".jpeg", ".jpg", ".png")


@dataclass(frozen=True, eq=False)
class LabeledImages:
    """The images of class folders with their labels.

    Attributes:
        folder: holds the class folders.
        classes: WordNet ids; the index of one is its label.
        paths: str (n,), relative to ``folder``; an array, so that forked processes share its memory.
        labels: int64 (n,), ascending.
    """

    folder: Path
    classes: tuple[str, ...]
    paths: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: np.ndarray) -> "LabeledImages":
        """Return the images for which ``chosen``, bool (n,), is true."""
        return LabeledImages(self.folder, self.classes, self.paths[chosen], self.labels[chosen])


def class_folders(folder: Path) -> list[str]:
    """Return the names of all class folders of ``folder``, which are WordNet ids, sorted.

    Raises:
        InputError: for a folder that is missing, or a class folder that is named otherwise.
    """
    if not folder.is_dir():
        raise InputError(f"folder {folder} with images to train on {as_found(folder)}: put there {WHERE}")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and is_own(entry.name))
    if strange := [name for name in names if not _WORDNET_ID.fullmatch(name)]:
        raise InputError(f"folder {folder} holds {', '.join(strange[:3])}, expected {WHERE}: move them away")
    return names


def labeled_images(folder: Path, left_out: Iterable[str]) -> LabeledImages:
    """Find all images in the class folders of ``folder`` but those of the classes ``left_out``, sorted by path.

    Raises:
        InputError: as `class_folders`, and for a class folder that is empty, or fewer than two classes.
    """
    names = class_folders(folder)
    classes = tuple(sorted(set(names) - set(left_out)))
    if len(classes) < 2:
        raise InputError(
            f"folder {folder} has {len(names)} class folders, {len(classes)} of them to train on, expected two "
            f"or more: put there {WHERE}"
        )
    files = [_images(folder / name) for name in classes]
    labels = np.repeat(np.arange(len(classes)), [len(found) for found in files])
    return LabeledImages(folder, classes, np.array([path for found in files for path in found]), labels)


def hold_out(images: LabeledImages, count: int, seed: int) -> tuple[LabeledImages, LabeledImages]:
    """Part the images: those to train on, and ``count`` images of every class, drawn by ``seed``, to test on.

    Raises:
        InputError: for a class that would keep no image to train on.
    """
    sizes = np.bincount(images.labels)
    if sizes.min() <= count:
        smallest = int(sizes.argmin())
        raise InputError(
            f"class folder {images.folder / images.classes[smallest]} has {sizes[smallest]} images, {count} of "
            "each class are held out of the training: add images, or lower held_out"
        )
    shuffled = seeds.shuffled(np.arange(len(images)), seed, "pretraining", "held out")
    held = np.zeros(len(images), dtype=bool)
    by_class = shuffled[np.argsort(images.labels[shuffled], kind="stable")]
    for rows in np.split(by_class, np.cumsum(sizes)[:-1]):
        held[rows[:count]] = True
    return images.rows(~held), images.rows(held)


def _images(folder: Path) -> list[str]:
    files = sorted(
        f"{folder.name}/{entry.name}"
        for entry in folder.iterdir()
        if entry.suffix.lower() in _SUFFIXES and is_own(entry.name)
    )
    if not files:
        raise InputError(
            f"class folder {folder} has no images ({', '.join(_SUFFIXES)}): put them there, or remove it"
        )
    return files
