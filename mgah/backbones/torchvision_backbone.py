"""What the backbones from torchvision share: a named weights entry and the field's ImageNet preprocessing."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import functional

from mgah.backbones._sides import INPUT_SIDE
from mgah.backbones.torch_backbone import TorchBackbone, resized_side
from mgah.backbones.weights import checksum_prefix, fill, read_published, read_weights, write_random
from mgah.errors import InputError
from mgah.needs import Need

#: Mean and standard deviation of ImageNet's pixels in [0, 1], per channel (r, g, b).
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class TorchvisionBackbone(TorchBackbone):
    """A backbone of torchvision, with the weights of one named version (``DEFAULT`` changes with torchvision).

    ``weights`` is a folder that holds the published file or that it is downloaded to, or a state-dict file of the same
    network, such as one that was trained here and has a card (`mgah.backbones.weights_card`).
    """

    pixel_mean, pixel_deviation = tuple(255 * MEAN), tuple(255 * STD)
    #: URL of the published file, whose name ends with the first digits of its SHA-256.
    url: ClassVar[str]
    #: Size of that file, as text.
    size: ClassVar[str]
    #: First parts of the names of weights that a file may hold and the features do not need.
    unused: ClassVar[tuple[str, ...]] = ()

    def __init__(self, weights: Path | None = None, *, image_size: int = INPUT_SIDE) -> None:
        published = self.url.rsplit("/", 1)[1]
        if weights is None:
            raise InputError(
                f"backbone {self.name} needs weights: give a folder, into which {published} (SHA-256 starts "
                f"with {checksum_prefix(published)}) is downloaded, or a state-dict file"
            )
        weights = Path(weights)
        is_folder = weights.is_dir() or not weights.suffix
        loaded = read_published(weights, self.url) if is_folder else read_weights(weights)
        with torch.device("meta"):  # no random initialization only to overwrite it
            model = self._model()
        fill(model, loaded, self.unused)
        super().__init__(self._until_features(model), loaded, published, image_size)

    @classmethod
    def needs(cls, weights: str | None, **options: object) -> tuple[Need, ...]:
        if not weights or Path(weights).suffix:
            return super().needs(weights)
        file = f"{weights}/{cls.url.rsplit('/', 1)[1]}"
        how = f"{file} into the data folder"
        return (Need(f"weights of {cls.name}", cls.size, cls.url, how, (file,), url=cls.url),)

    @classmethod
    def example_weights(cls, folder: Path) -> Path:
        """Write random weights of the network to ``folder`` and return their file."""
        return write_random(folder, cls._model)

    def _preprocess(self, image: np.ndarray) -> np.ndarray:
        size = self.input_shape[-1]
        resized = functional.resize(Image.fromarray(image), resized_side(size), antialias=True)
        cropped = np.asarray(functional.center_crop(resized, size), dtype=np.float32)
        return ((cropped / np.float32(255) - MEAN) / STD).transpose(2, 0, 1)
