import numpy as np
import pytest
from sklearn.datasets import load_digits

from mgah.datasets.digits import Digits
from mgah.errors import InputError


def test_pixels_are_kept_exactly(tmp_path):
    dataset, original = Digits(tmp_path), load_digits()
    paths = sorted(dict(dataset.paths()), key=lambda path: path.split("/")[1])  # scikit-learn's order
    assert len(paths) == 1797
    for path, gray, label in zip(paths, original.images, original.target, strict=True):
        image = dataset.load(path)
        assert image.shape == (8, 8, 3) and path.startswith(dataset.classes[label] + "/")
        np.testing.assert_array_equal(image / 15, np.repeat(gray[:, :, None], 3, axis=2))


def test_splits_are_classes_joined_by_plus():
    assert Digits.unseen_classes("three", Digits.classes) == ("three",)
    assert Digits.unseen_classes("seven+three", Digits.classes) == ("three", "seven")
    for name in ("3", "three+", "three+three", "three+ten", "+"):
        with pytest.raises(InputError, match=r"expected different classes joined by '.'"):
            Digits.unseen_classes(name, Digits.classes)
