"""The row of a feature map, which the stores of maps and the training of tails share."""

import torch
from torch import nn


def to_rows(maps: torch.Tensor) -> torch.Tensor:
    """Maps (n, c, h, w) as rows (n, h * w * c): channels last, the layout that convolutions on a CPU are fastest in."""
    return maps.permute(0, 2, 3, 1).flatten(1)


def to_maps(rows: torch.Tensor, shape: tuple[int, int, int]) -> torch.Tensor:
    """The inverse of `to_rows` for maps of ``shape`` (c, h, w), a view in channels-last memory."""
    c, h, w = shape
    return rows.view(len(rows), h, w, c).permute(0, 3, 1, 2)


class MapRows(nn.Module):
    """A network's ``front``, its maps as rows."""

    def __init__(self, front: nn.Module) -> None:
        super().__init__()
        self.front = front

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return to_rows(self.front(images))
