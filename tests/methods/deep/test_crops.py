"""Crops of stored images: where they come from, and what a seed decides."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import functional

from mgah.methods.deep.crops import Crops

MEAN, DEVIATION = (10.0, 20.0, 30.0), (2.0, 4.0, 5.0)


def rows_of(images: np.ndarray) -> torch.Tensor:
    """Rows as the backbone images stores them, of uint8 images (n, h, w, 3)."""
    return torch.from_numpy(images.transpose(0, 3, 1, 2).reshape(len(images), -1).copy())


@pytest.fixture
def numbered():
    """Images (5, 32, 32, 3) that tell their row and column in the first two channels."""
    row, column = np.mgrid[:32, :32].astype(np.uint8)
    image = np.stack([row, column, np.full_like(row, 9)], axis=-1)
    return np.stack([image] * 5)


def test_the_center_is_cut_and_scaled_channel_by_channel(numbered):
    crops = Crops(28, MEAN, DEVIATION)(rows_of(numbered))
    assert crops.shape == (5, 3, 28, 28)
    assert crops.is_contiguous(memory_format=torch.channels_last)
    expected = (numbered[0, 2:30, 2:30].astype(np.float32) - MEAN) / DEVIATION
    np.testing.assert_allclose(crops[3].permute(1, 2, 0).numpy(), expected, atol=1e-6)


def test_random_crops_are_windows_of_the_image_and_some_are_mirrored(numbered):
    images = np.tile(numbered, (20, 1, 1, 1))
    crops = Crops(28, (0, 0, 0), (1, 1, 1))(rows_of(images), np.random.default_rng(0)).numpy()
    corners, mirrored = set(), 0
    for crop in crops:
        top, ends = int(crop[0].min()), sorted((int(crop[1, 0, 0]), int(crop[1, 0, -1])))
        mirrored += crop[1, 0, 0] > crop[1, 0, -1]
        corners.add((top, ends[0]))
        window = numbered[0, top : top + 28, ends[0] : ends[1] + 1].transpose(2, 0, 1)
        straight = crop[..., ::-1] if crop[1, 0, 0] > crop[1, 0, -1] else crop
        np.testing.assert_array_equal(straight, window)
    assert {top for top, _ in corners} == {left for _, left in corners} == {0, 1, 2, 3, 4}
    assert 30 < mirrored < 70


def test_a_seed_decides_the_crops(numbered):
    crops, rows = Crops(28, MEAN, DEVIATION), rows_of(numbered)
    first, again, other = (crops(rows, np.random.default_rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.numpy(), again.numpy())
    assert (first != other).any()


@pytest.mark.parametrize("side", [20, 50])
def test_other_sizes_are_resized_like_pil_does(side):
    """Pillow rounds to whole pixel values after each direction; torch does not round."""
    coarse = np.random.default_rng(1).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC)
    expected = functional.center_crop(image.resize((32, 32), Image.Resampling.BILINEAR), 28)
    got = Crops(28, (0, 0, 0), (1, 1, 1))(rows_of(np.asarray(image)[None]))[0]
    np.testing.assert_allclose(got.permute(1, 2, 0).numpy(), np.asarray(expected, np.float32), atol=1.01)
