"""AlexNet's training by the recipe of torchvision's references, on one or several processes.

https://github.com/pytorch/vision/tree/main/references/classification#alexnet-and-vgg: the recipe of the published
weights, ``torchrun --nproc_per_node=8 train.py --model alexnet --lr 1e-2``.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.parallel import DistributedDataParallel
from torch.optim.lr_scheduler import StepLR

from mgah import seeds
from mgah.errors import InputError
from mgah.pretraining.batches import CenteredBatches, TrainingBatches, loaded, normalized
from mgah.pretraining.checkpoint import Checkpoint, Stateful
from mgah.pretraining.folders import LabeledImages
from mgah.pretraining.processes import Processes
from mgah.progress import progress

#: Steps between two looks at the loss; each look waits for the card.
LOOK_EVERY = 50


@dataclass(frozen=True)
class Recipe:
    """SGD with a learning rate that falls by ``lr_gamma`` every ``lr_step_size`` epochs.

    ``batch_size`` is that of all processes together: eight of 32 images in the references.
    """

    epochs: int = 90
    batch_size: int = 256
    lr: float = 1e-2
    momentum: float = 0.9
    weight_decay: float = 1e-4
    lr_step_size: int = 30
    lr_gamma: float = 0.1
    seed: int = 0


def identity(images: LabeledImages, recipe: Recipe) -> str:
    """Return the hexadecimal SHA-256 of what determines the weights, but the machine and the number of processes."""
    content = {"recipe": asdict(recipe), "classes": images.classes, "paths": images.paths.tolist()}
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def train(
    network: nn.Module,
    images: LabeledImages,
    recipe: Recipe,
    here: Processes,
    file: Path,
    save_every: float = 600,
    workers: int = 0,
) -> None:
    """Train ``network``, images (n, 3, 224, 224) to logits (n, classes), in place, going on from its checkpoint.

    Mixed precision on CUDA. The weights are the same bit for bit whether and wherever the training was
    interrupted, on the same machine with the same number of processes.

    Args:
        file: the checkpoint; it stays when the training is over.
        save_every: seconds between two checkpoints.
        workers: processes that load images.

    Raises:
        InputError: for too few images, an image that cannot be read, a checkpoint that is damaged, or a loss that
            is no longer finite.
    """
    if not here.count <= recipe.batch_size <= len(images):
        raise InputError(
            f"batches of {recipe.batch_size} images, with {here.count} processes and {len(images)} images to "
            "train on: set batch_size to between the two"
        )
    training = _Training(network, recipe, here)
    checkpoint = Checkpoint(file, identity(images, recipe), save_every)
    done = checkpoint.restore(training.parts)
    batches = TrainingBatches(images, recipe.batch_size, recipe.seed, here.rank, here.count)
    total = recipe.epochs * batches.steps_per_epoch
    size, first = recipe.batch_size, here.rank == 0
    with progress("pretraining", total * size, done * size, "images", shown=first) as bar:
        for inputs, labels in loaded(batches, range(done, total), workers, here.device):
            loss = training.step(done, inputs, labels)
            done += 1
            if done % batches.steps_per_epoch == 0:
                training.end_epoch()
            save = first and (checkpoint.due or done == total)
            if save or done == total or done % LOOK_EVERY == 0:
                bar.set_description_str(
                    _look(loss, math.ceil(done / batches.steps_per_epoch), recipe), refresh=False
                )
            if save:
                checkpoint.save(done, training.parts)
            bar.update(size)


def top1(
    network: nn.Module, images: LabeledImages, device: torch.device, workers: int = 0, batch_size: int = 256
) -> float:
    """Return the share of ``images`` whose class has the largest logit, on center crops."""
    network.to(device).eval()
    batches = CenteredBatches(images, batch_size)
    right = 0
    with torch.inference_mode():
        for inputs, labels in loaded(batches, range(len(batches)), workers, device):
            right += int((network(normalized(inputs)).argmax(dim=1) == labels).sum())
    return right / len(images)


class _Training:
    """The network and what trains it; mixed precision on CUDA."""

    def __init__(self, network: nn.Module, recipe: Recipe, here: Processes) -> None:
        self.recipe, self.here = recipe, here
        self._mixed = here.device.type == "cuda"
        network.to(here.device).train()
        self._optimizer = torch.optim.SGD(
            network.parameters(), recipe.lr, momentum=recipe.momentum, weight_decay=recipe.weight_decay
        )
        self._scheduler = StepLR(self._optimizer, recipe.lr_step_size, recipe.lr_gamma)
        self._scaler = torch.amp.GradScaler(here.device.type, enabled=self._mixed)
        #: What a checkpoint keeps.
        self.parts: dict[str, Stateful] = {
            "network": network,
            "optimizer": self._optimizer,
            "scheduler": self._scheduler,
            "scaler": self._scaler,
        }
        self._forward = DistributedDataParallel(network) if here.count > 1 else network

    def step(self, number: int, images: Tensor, labels: Tensor) -> Tensor:
        """Take step ``number`` on this process's share of the batch; returns its part of the loss."""
        torch.manual_seed(seeds.integer(self.recipe.seed, "pretraining", "dropout", number, self.here.rank))
        self._optimizer.zero_grad()
        with torch.autocast(self.here.device.type, enabled=self._mixed):
            summed = cross_entropy(self._forward(normalized(images)), labels, reduction="sum")
            # DistributedDataParallel averages over the processes: so it is the mean over the whole batch
            loss = summed * self.here.count / self.recipe.batch_size
        self._scaler.scale(loss).backward()
        self._scaler.step(self._optimizer)
        self._scaler.update()
        return loss.detach()

    def end_epoch(self) -> None:
        """Lower the learning rate after the epochs that the recipe names."""
        self._scheduler.step()


def _look(loss: Tensor, epoch: int, recipe: Recipe) -> str:
    """A sentence on the progress of the training; a loss that is not finite is an `InputError`."""
    value = loss.item()
    if not math.isfinite(value):
        raise InputError(
            f"pretraining diverged in epoch {epoch} with lr {recipe.lr}, the loss is {value}: lower lr"
        )
    return f"pretraining, epoch {epoch} of {recipe.epochs}, loss {value:.2f}"
