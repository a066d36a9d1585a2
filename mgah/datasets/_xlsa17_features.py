"""Datasets by the features that Xian et al. published, ``xlsa17.zip``: 2,048 values of ResNet-101 for each image."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

import numpy as np

from mgah.datasets.base import Dataset
from mgah.datasets.split_names import check_own
from mgah.datasets.xlsa17 import FEATURES, SEEN, SPLITS, UNSEEN, URL, Published, read_published
from mgah.errors import InputError
from mgah.needs import Need

DIMENSION = 2048


class Xlsa17Features(Dataset):
    """Published features; `load` returns the float32 (2048,) vector of an image in place of its pixels.

    Classes have their names in ``att_splits.mat``, by which their attributes are found. They stand in its order, those
    that are unseen in the proposed split after all others, so that the split is known from the names alone.
    """

    #: The dataset's name for readers.
    title: ClassVar[str]
    splits = ("proposed",)

    def __init__(self, root: Path) -> None:
        root = Path(root).absolute()
        place = self._find(root)
        published = read_published(place)
        self._check(place, published)
        self.classes = tuple(sorted(published.classes, key=lambda name: name in published.unseen))
        self.synsets = dict.fromkeys(self.classes)
        names = [published.classes[label - 1] for label in published.labels]
        paths = [
            f"{name}/{PurePosixPath(file).name}" for name, file in zip(names, published.files, strict=True)
        ]
        self._labels = dict(zip(paths, names, strict=True))
        if len(self._labels) < len(names):
            raise InputError(f"{self.name}: {place} names an image twice: get the file of xlsa17.zip")
        self._features = dict(zip(paths, published.features, strict=True))
        self.source = place.relative_to(root).as_posix()
        self.notes = (
            f"Features of {self.title} are the published ones in {self.source}, not computed here; its images were not "
            "read.",
        )

    @classmethod
    def needs(cls, **options: object) -> tuple[Need, ...]:
        how = f"{FEATURES} and {SPLITS} of xlsa17.zip into {' or '.join(cls.raw_files)} of the data folder"
        places = tuple(f"{folder}/{FEATURES}" for folder in cls.raw_files)
        return (Need(f"the published features of {cls.title}", "0.2 GB at the most", URL, how, places),)

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        from scipy.io import savemat

        assert cls.n_classes and cls.n_unseen
        names = [f"class_{number:03d}" for number in range(cls.n_classes)]
        rows = 1 + np.random.default_rng(0).permutation(len(names))
        place = folder / cls.raw_files[0]
        place.mkdir(parents=True)
        vectors = np.random.default_rng(0).integers(0, 256, (DIMENSION, len(names)), dtype=np.uint8)
        files = np.array([f"images/{names[row - 1]}/{row}.jpg" for row in rows], dtype=object)
        savemat(
            place / FEATURES, {"features": vectors, "labels": rows[:, None], "image_files": files[:, None]}
        )
        split = {UNSEEN: 1 + np.arange(cls.n_unseen)[:, None]}
        split |= {name: 1 + np.arange(cls.n_unseen, len(names))[:, None] for name in SEEN}
        named = {"allclasses_names": np.array(names, dtype=object)[:, None]}
        savemat(place / SPLITS, {**named, **split, "original_att": np.eye(len(names), dtype=np.uint8)})
        return cls._sized(n_images=len(names))(folder)

    def _load(self, path: str) -> np.ndarray:
        return self._features[path].copy()

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        check_own(cls.name, split_name, cls.splits, classes)
        assert cls.n_unseen
        if len(classes) != cls.n_classes:
            raise InputError(
                f"{cls.name}: there are images of {len(classes)} classes, expected {cls.n_classes} for the split "
                f"{split_name}: get the files of xlsa17.zip"
            )
        return tuple(classes[-cls.n_unseen :])

    @classmethod
    def _find(cls, root: Path) -> Path:
        """The first folder in the data folder that has the features."""
        for place in (root / folder for folder in cls.raw_files):
            if (place / FEATURES).exists():
                return place
        wrong = "is not in the data folder {}" if root.is_dir() else "has no data folder, {} does not exist"
        raise InputError(
            f"{cls.name} {wrong.format(root)}: put {FEATURES} and {SPLITS} of xlsa17.zip (from {URL}) in "
            f"{' or '.join(cls.raw_files)} there, or set the environment variable MGAH_DATA (or data_dir in the "
            "config) to the folder that holds them"
        )

    def _check(self, place: Path, published: Published) -> None:
        """Raise `InputError` unless the parts fit each other and are of the size that they have in ``xlsa17.zip``."""
        features, labels, classes, files, unseen = published
        if features.shape != (self.n_images, DIMENSION) or len(files) != self.n_images:
            raise InputError(
                f"{self.name}: {place} has features of shape {features.shape} and {len(files):,} image_files, expected "
                f"{self.n_images:,} of {DIMENSION:,} values: get the files of xlsa17.zip"
            )
        if not np.isfinite(features).all():
            raise InputError(
                f"{self.name}: {place} has features that are not finite: get the files of xlsa17.zip"
            )
        found = (len(set(classes)), len(set(labels.tolist())), len(unseen))
        if len(classes) != found[0] or found != (self.n_classes, self.n_classes, self.n_unseen):
            raise InputError(
                f"{self.name}: {place} names {len(classes)} classes, {found[0]} different ones, has images of "
                f"{found[1]} and {found[2]} unseen ones, expected {self.n_classes}, all with images, and "
                f"{self.n_unseen}: get the files of xlsa17.zip"
            )
