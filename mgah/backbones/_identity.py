"""What backbones share that take vectors as they are: there is no network, and the features are the items."""

import numpy as np

from mgah.backbones.base import Backbone


class Identity(Backbone):
    """The identity on float32 vectors of ``dimension`` values."""

    def forward(self, batch: np.ndarray) -> np.ndarray:
        return batch

    def example_images(self, n: int) -> list[np.ndarray]:
        return list(np.random.default_rng(0).normal(size=(n, self.dimension)).astype(np.float32))

    def _probe(self) -> np.ndarray:
        return np.arange(self.dimension, dtype=np.float32)

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        return image
