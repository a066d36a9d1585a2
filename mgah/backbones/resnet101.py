"""ResNet-101's published features, 2,048 values, as they are; for the datasets of published features.

He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016. Xian et al., TPAMI 2018, published
the features: the outputs of the last pooling, with weights trained on ImageNet-1K and not fine-tuned.
"""

from pathlib import Path

import numpy as np

from mgah.backbones._identity import Identity
from mgah.datasets.imagenet1k import imagenet1k_classes
from mgah.errors import InputError


class ResNet101(Identity):
    """The identity on published feature vectors; it has no network and no weights."""

    name = "resnet101"
    dimension = 2048
    input_shape = (2048,)
    notes = (
        "Features are the published top pooling units of ResNet-101, frozen, taken as they are.",
        "The backbone was trained on ImageNet-1K, whose classes it has seen.",
    )

    def __init__(self, weights: Path | None = None) -> None:
        if weights is not None:
            raise InputError(
                f"backbone resnet101 reads published features, got weights {weights}: leave them out"
            )

    def training_classes(self) -> tuple[str, ...]:
        return imagenet1k_classes()

    def _check_image(self, image: np.ndarray) -> None:
        if image.dtype != np.float32 or image.shape != self.input_shape:
            raise InputError(
                f"resnet101: an image is {image.dtype} of shape {image.shape}, expected published features, float32 "
                f"of shape {self.input_shape}: use it with awa2_features, cub_features or sun_features"
            )
