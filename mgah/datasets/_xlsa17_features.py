"""Datasets by the features that Xian et al. published, ``xlsa17.zip``: 2,048 values of ResNet-101 for each image."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mgah.datasets._published_features import DIMENSION, PublishedFeatures
from mgah.datasets.base import Dataset, set_folder
from mgah.datasets.split_names import check_own
from mgah.datasets.xlsa17 import FEATURES, SEEN, SPLITS, UNSEEN, URL, Published, read_published
from mgah.errors import InputError
from mgah.io.files import as_found
from mgah.needs import Need


class Xlsa17Features(PublishedFeatures):
    """Published features of ``xlsa17.zip``.

    Classes have their names in ``att_splits.mat``, by which their attributes are found. They stand in its order, those
    that are unseen in the proposed split after all others, so that the split is known from the names alone.
    """

    splits = ("proposed",)
    again = "get the files of xlsa17.zip"

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

    @classmethod
    def unseen_classes(cls, split_name: str, classes: Sequence[str]) -> tuple[str, ...]:
        check_own(cls.name, split_name, cls.splits, classes)
        assert cls.n_unseen
        if len(classes) != cls.n_classes:
            raise InputError(
                f"{cls.name}: there are images of {len(classes)} classes, expected {cls.n_classes} for the split "
                f"{split_name}: {cls.again}"
            )
        return tuple(classes[-cls.n_unseen :])

    @classmethod
    def _find(cls, root: Path) -> Path:
        """The first folder in the data folder that has the features."""
        for place in (root / folder for folder in cls.raw_files):
            if (place / FEATURES).exists():
                return place
        there = root.is_dir()
        missing = (
            f"is not in the data folder {root}" if there else f"has no data folder, {root} {as_found(root)}"
        )
        raise InputError(
            f"{cls.name} {missing}: put {FEATURES} and {SPLITS} of xlsa17.zip (from {URL}) in "
            f"{' or '.join(cls.raw_files)} there, or {set_folder('them')}"
        )

    def _read(self, place: Path) -> Published:
        published = read_published(place)
        self.classes = tuple(sorted(published.classes, key=lambda name: name in published.unseen))
        self.synsets = dict.fromkeys(self.classes)
        return published

    def _check_classes(self, place: Path, published: Published) -> None:
        classes = published.classes
        found = (len(set(classes)), len(set(published.labels.tolist())), len(published.unseen))
        if len(classes) != found[0] or found != (self.n_classes, self.n_classes, self.n_unseen):
            raise InputError(
                f"{self.name}: {place} names {len(classes)} classes, {found[0]} different ones, has images of "
                f"{found[1]} and {found[2]} unseen ones, expected {self.n_classes}, all with images, and "
                f"{self.n_unseen}: {self.again}"
            )
