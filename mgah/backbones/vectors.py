"""Vectors as they are, of any number of values; for the dataset ``arrays`` and others whose items are vectors."""

from pathlib import Path

import numpy as np

from mgah.backbones._identity import Identity
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError

#: What the network that made the vectors may have been trained on, and the sentence on it.
TRAINED_ON = {
    "unknown": "What the network that made the features was trained on is not known: it may have seen unseen classes.",
    "imagenet1k": "The network that made the features was trained on ImageNet-1K, whose classes it has seen.",
    "nothing": "The features were made without a network that was trained on labeled images.",
}


class Vectors(Identity):
    """The identity on vectors; it has no network and no weights.

    Options:
        dimension: number of values of a vector.
        trained_on: what the network that made them was trained on, for the leak marks: ``imagenet1k``, ``nothing``, or
            ``unknown`` (default).
    """

    def __init__(
        self, weights: Path | None = None, *, dimension: int = 512, trained_on: str = "unknown"
    ) -> None:
        if weights is not None:
            raise InputError(
                f"backbone vectors takes vectors as they are, got weights {weights}: leave them out"
            )
        if not isinstance(dimension, int) or isinstance(dimension, bool) or dimension < 1:
            raise InputError(
                f"backbone vectors: dimension is {dimension!r}, expected an integer of 1 or more"
            )
        if trained_on not in TRAINED_ON:
            raise InputError(
                f"backbone vectors: trained_on is {trained_on!r}, expected one of {', '.join(TRAINED_ON)}"
            )
        self.dimension, self.input_shape, self._trained_on = dimension, (dimension,), trained_on
        self.weights_notes = (TRAINED_ON[trained_on],)
        self.notes = self.weights_notes

    def training_classes(self) -> tuple[str, ...] | None:
        known = {"imagenet1k": imagenet1k_classes(), "nothing": ()}
        return known.get(self._trained_on)

    def _check_image(self, image: np.ndarray) -> None:
        if image.dtype != np.float32 or image.ndim != 1:
            raise InputError(
                f"vectors: an item is {image.dtype} of shape {image.shape}, expected a vector, float32 of shape "
                f"{self.input_shape}: use it with a dataset of vectors, such as arrays"
            )
        if image.shape != self.input_shape:
            raise InputError(
                f"vectors: an item has {len(image)} values, expected {self.dimension}: set the backbone's option "
                f"dimension to {len(image)}"
            )
        if not np.isfinite(image).all():
            raise InputError("vectors: an item has values that are not finite: remove it, or replace them")
