"""Feature maps as rows, the layout in which they are stored and in which training of a network's tail reads them."""

import torch
from torch import nn


def to_rows(maps: torch.Tensor) -> torch.Tensor:
    """Reshape ``maps`` (n, c, h, w) to rows (n, h * w * c), channels last: a CPU's convolutions are fastest so."""
    return maps.permute(0, 2, 3, 1).flatten(1)


def to_maps(rows: torch.Tensor, shape: tuple[int, int, int]) -> torch.Tensor:
    """Reshape ``rows`` of `to_rows` back to maps (n, c, h, w) of ``shape`` (c, h, w), a view with channels last."""
    c, h, w = shape
    return rows.unflatten(1, (h, w, c)).permute(0, 3, 1, 2)


class MapRows(nn.Module):
    """The ``front`` of a network, which maps images to feature maps, followed by `to_rows`."""

    def __init__(self, front: nn.Module) -> None:
        super().__init__()
        self.front = front

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return to_rows(self.front(images))
