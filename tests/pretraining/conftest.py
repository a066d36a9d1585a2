"""What the pretraining tests share: a few generated images in class folders."""

import numpy as np
import pytest
from PIL import Image

from mgah.datasets.card import DatasetCard, write_card

CLASSES = ("n01440764", "n01443537", "n02123045", "n02422699")
IMAGES_PER_CLASS = 7


@pytest.fixture
def folder(tmp_path):
    """Four class folders of seven images each; a class has a color."""
    random = np.random.default_rng(5)
    for label, name in enumerate(CLASSES):
        (tmp_path / "images" / name).mkdir(parents=True)
        for number in range(IMAGES_PER_CLASS):
            pixels = random.integers(0, 120, (30, 40, 3), dtype=np.uint8)
            pixels[..., label % 3] += 60 * (1 + label // 3)
            Image.fromarray(pixels).save(tmp_path / "images" / name / f"{name}_{number}.JPEG")
    return tmp_path / "images"


@pytest.fixture
def dataset_card(tmp_path):
    """A dataset that holds one of the four classes."""
    synsets = {"impala": "n02422699"}
    write_card(tmp_path / "dataset.json", DatasetCard("zoo", list(synsets), synsets, [], 9, "made", None))
    return tmp_path / "dataset.json"
