"""Makes a network's input of stored images: scaled crops, which are drawn in training, half of them mirrored."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from mgah.backbones.torch_backbone import resized_side


class Crops(nn.Module):
    """Cuts square crops out of stored images, as is usual on ImageNet: 224 of 256 pixels, half of them mirrored.

    Args:
        size: side of a crop in pixels; images are first resized to 8/7 of it (256 for 224).
        mean, deviation: mean and standard deviation of each channel, in units of 0 to 255, by which a crop is scaled.

    Examples:
        >>> crops = Crops(28, mean=(0, 0, 0), deviation=(255, 255, 255))
        >>> tuple(crops(torch.zeros(2, 3 * 32 * 32, dtype=torch.uint8)).shape)
        (2, 3, 28, 28)
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, size: int, mean: Sequence[float], deviation: Sequence[float]) -> None:
        super().__init__()
        self.size, self.resized = size, resized_side(size)
        for name, values in (("mean", mean), ("deviation", deviation)):
            scale = torch.tensor(values, dtype=torch.float32).view(1, 3, 1, 1)
            self.register_buffer(name, scale, persistent=False)

    def forward(self, rows: Tensor, random: np.random.Generator | None = None) -> Tensor:
        """Crop the images ``rows``, uint8 (n, 3 * side * side): float32 (n, 3, size, size), channels last in memory.

        ``random`` draws the position of each crop and whether it is mirrored; without it crops are centered and not
        mirrored.
        """
        side = math.isqrt(rows.shape[1] // 3)
        images = rows.unflatten(1, (3, side, side)).float()
        if side != self.resized:
            images = functional.interpolate(
                images, (self.resized, self.resized), mode="bilinear", antialias=True, align_corners=False
            )
        crops = self._random(images, random) if random else self._cut(images, *self._center())
        return ((crops - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last)

    def _random(self, images: Tensor, random: np.random.Generator) -> Tensor:
        corners = random.integers(0, self.resized - self.size + 1, (len(images), 2))
        mirrored = random.random(len(images)) < 0.5
        crops = [self._cut(image, *corner) for image, corner in zip(images, corners.tolist(), strict=True)]
        return torch.stack(
            [crop.flip(-1) if flip else crop for crop, flip in zip(crops, mirrored, strict=True)]
        )

    def _center(self) -> tuple[int, int]:
        return ((self.resized - self.size) // 2,) * 2

    def _cut(self, images: Tensor, top: int, left: int) -> Tensor:
        return images[..., top : top + self.size, left : left + self.size]
