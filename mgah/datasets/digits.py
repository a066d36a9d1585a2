"""The digits that come with scikit-learn: 1,797 scans of 8x8 pixels, for runs without a data folder."""

from pathlib import Path

import numpy as np

from mgah.datasets.base import Dataset

# The scans have the gray values 0..16: a whole factor keeps them exact and their steps equal.
GRAY_STEP = 15


class Digits(Dataset):
    """Digits as RGB images of 8x8 pixels; a split is named after its unseen classes, as in ``three+seven``."""

    name = "digits"
    classes = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    splits = "classes"
    n_images = 1797
    class_size = (174, 183)
    synsets = dict.fromkeys(classes)  # a written numeral is no WordNet noun
    source = "scikit-learn's load_digits"

    def __init__(self, root: Path) -> None:
        from sklearn.datasets import load_digits

        digits = load_digits()
        gray = (digits.images * GRAY_STEP).astype(np.uint8)
        self._labels = {
            f"{self.classes[label]}/{index:04d}": self.classes[label]
            for index, label in enumerate(digits.target)
        }
        self._images = dict(zip(self._labels, np.repeat(gray[..., None], 3, axis=3), strict=True))

    @classmethod
    def example(cls, folder: Path) -> Dataset:
        return cls(folder)  # they come with a package

    def _load(self, path: str) -> np.ndarray:
        return self._images[path].copy()
