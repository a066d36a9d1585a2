"""Losses of a batch against all training images: what DPSH and ADSH share."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from mgah.methods.deep.base import DeepHashing
from mgah.methods.deep.encoder import bit_mask
from mgah.methods.deep.objective import Objective


class AllImagesObjective(Objective):
    """A loss that knows the labels of all N training images, and which of them a batch holds.

    Attributes:
        mask: 1 for bits and 0 for padding, float (m, 1, K).
        labels: int64 (N,).
    """

    mask: Tensor
    labels: Tensor

    def __init__(self, methods: Sequence[DeepHashing], labels: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("mask", bit_mask([method.n_bits for method in methods]))
        self.register_buffer("labels", torch.tensor(labels))

    def begin_batch(self, index: Tensor) -> None:
        """Keep the numbers of the batch's images."""
        self._index = index

    def same_class(self, labels: Tensor) -> Tensor:
        """Whether an image of the batch, labels (n,) or (m, n), and one of all are of one class: (..., n, N)."""
        return labels.unsqueeze(-1) == self.labels

    def places(self, z: Tensor) -> Tensor:
        """Where the rows of the batch ``z`` (m, n, K) stand among all, as `torch.gather` over images takes it."""
        return self._index.expand(len(z), -1).unsqueeze(-1).expand_as(z)
