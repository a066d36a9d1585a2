"""Batches of images, decoded and cropped by processes of their own.

What is random about a batch depends on the seed, the epoch and the image alone. So a training goes on exactly where
it stopped, and several processes together see what one would see.
"""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.models import AlexNet_Weights

from mgah import seeds
from mgah.datasets.decode import decode_file
from mgah.errors import InputError
from mgah.pretraining.folders import LabeledImages

#: uint8 images (n, 3, 224, 224), RGB, and int64 labels (n,).
Batch = tuple[Tensor, Tensor]

_PRESET = AlexNet_Weights.IMAGENET1K_V1.transforms()
_AUGMENTED = transforms.Compose(
    [
        transforms.RandomResizedCrop(_PRESET.crop_size),
        transforms.RandomHorizontalFlip(),
        transforms.PILToTensor(),
    ]
)
_CENTERED = transforms.Compose(
    [
        transforms.Resize(_PRESET.resize_size),
        transforms.CenterCrop(_PRESET.crop_size),
        transforms.PILToTensor(),
    ]
)


class TrainingBatches(Dataset):
    """A dataset whose item ``step`` is what one of several processes trains on in that step of the whole training.

    Each epoch takes the images in another order, in batches of ``batch_size``; the rest, too few for a batch, is
    left out of the epoch. A process takes every ``processes``-th image of a batch.
    """

    def __init__(self, images: LabeledImages, batch_size: int, seed: int, rank: int, processes: int) -> None:
        self.images, self.batch_size, self.seed = images, batch_size, seed
        self.rank, self.processes = rank, processes
        self.steps_per_epoch = len(images) // batch_size
        self._order: tuple[int, np.ndarray] = (-1, np.empty(0))

    def __getitem__(self, step: int) -> Batch | InputError:
        epoch, number = divmod(step, self.steps_per_epoch)
        batch = self._epoch_order(epoch)[number * self.batch_size :][: self.batch_size]

        def crop(image: Image.Image, row: int) -> Tensor:
            torch.manual_seed(seeds.integer(self.seed, "pretraining", "crop", epoch, row))
            return _AUGMENTED(image)

        return _decoded(self.images, batch[self.rank :: self.processes], crop)

    def _epoch_order(self, epoch: int) -> np.ndarray:
        if self._order[0] != epoch:
            rows = np.arange(len(self.images))
            self._order = epoch, seeds.shuffled(rows, self.seed, "pretraining", "order", epoch)
        return self._order[1]


class CenteredBatches(Dataset):
    """A dataset whose item ``number`` is a batch of center crops, in order; the last one may be short."""

    def __init__(self, images: LabeledImages, batch_size: int) -> None:
        self.images, self.batch_size = images, batch_size

    def __len__(self) -> int:
        return -(-len(self.images) // self.batch_size)

    def __getitem__(self, number: int) -> Batch | InputError:
        rows = np.arange(len(self.images))[number * self.batch_size :][: self.batch_size]
        return _decoded(self.images, rows, lambda image, _row: _CENTERED(image))


def loaded(dataset: Dataset, items: range, workers: int, device: torch.device) -> Iterator[Batch]:
    """Yield the ``items`` of ``dataset`` in order, on ``device``, made by ``workers`` processes (0: by this one).

    Raises:
        InputError: naming the first image that cannot be read.
    """
    loader = DataLoader(
        dataset, batch_size=None, sampler=items, num_workers=workers, pin_memory=device.type == "cuda"
    )
    for item in loader:
        if isinstance(item, InputError):
            raise item
        images, labels = item
        yield images.to(device, non_blocking=True), labels.to(device, non_blocking=True)


def normalized(images: Tensor) -> Tensor:
    """Return the input of the network: uint8 (n, 3, h, w) to float32, by ImageNet's mean and standard deviation."""
    mean, std = (images.new_tensor(v, dtype=torch.float32).view(3, 1, 1) for v in (_PRESET.mean, _PRESET.std))
    return (images / 255 - mean) / std


def _decoded(
    images: LabeledImages, rows: np.ndarray, crop: Callable[[Image.Image, int], Tensor]
) -> Batch | InputError:
    """A batch, or the error: one that is raised in a process of the loader arrives as a traceback."""
    try:
        crops = [crop(Image.fromarray(decode_file(images.folder / images.paths[row])), row) for row in rows]
    except InputError as error:
        return error
    return torch.stack(crops), torch.from_numpy(images.labels[rows])
