"""Datasets by published features of their images, 2,048 values of ResNet-101 for each."""

from abc import abstractmethod
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from mgah.datasets.base import Dataset
from mgah.datasets.xlsa17 import Published
from mgah.errors import InputError

DIMENSION = 2048


class PublishedFeatures(Dataset):
    """Published features; `load` returns the float32 (2048,) vector of an image in place of its pixels.

    A subclass finds and reads the data, and checks its classes. The path of an image is its class and its file's name.
    """

    #: The dataset's name for readers.
    title: ClassVar[str]
    #: What to do about files that are damaged or do not belong together.
    again: ClassVar[str]

    def __init__(self, root: Path) -> None:
        root = Path(root).absolute()
        place = self._find(root)
        published = self._read(place)
        self._check_sizes(place, published)
        self._check_classes(place, published)
        names = [published.classes[label - 1] for label in published.labels]
        paths = [
            f"{name}/{PurePosixPath(file).name}" for name, file in zip(names, published.files, strict=True)
        ]
        self._labels = dict(zip(paths, names, strict=True))
        if len(self._labels) < len(names):
            raise InputError(f"{self.name}: {place} names an image twice: {self.again}")
        self._features = dict(zip(paths, published.features, strict=True))
        self.source = place.relative_to(root).as_posix()
        self.archive = place if place.is_file() else None
        self.notes = (
            f"Features of {self.title} are the published ones in {self.source}, not computed here; its images were not "
            "read.",
            *self.notes,
        )

    @classmethod
    @abstractmethod
    def _find(cls, root: Path) -> Path:
        """Return the folder or archive in the data folder ``root`` that is read; `InputError` where there is none."""

    @abstractmethod
    def _read(self, place: Path) -> Published:
        """Read what `_find` has found, and set ``classes`` and ``synsets`` where the data decides them."""

    @abstractmethod
    def _check_classes(self, place: Path, published: Published) -> None:
        """Raise `InputError` unless classes and labels are those of the dataset, and every class has images."""

    def _load(self, path: str) -> np.ndarray:
        return self._features[path].copy()

    def _check_sizes(self, place: Path, published: Published) -> None:
        """Raise `InputError` unless all images have features, finite ones, a label and a file name."""
        features, labels, _, files, _ = published
        if features.shape != (self.n_images, DIMENSION) or {len(labels), len(files)} != {self.n_images}:
            raise InputError(
                f"{self.name}: {place} has features of shape {features.shape}, {len(labels):,} labels and "
                f"{len(files):,} file names, expected {self.n_images:,} each, of {DIMENSION:,} values: {self.again}"
            )
        if not np.isfinite(features).all():
            raise InputError(f"{self.name}: {place} has features that are not finite: {self.again}")
