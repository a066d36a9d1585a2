"""Train a small network as the pretraining does, in a process of its own or in several.

python run_small.py FOLDER CHECKPOINT WEIGHTS BATCH_SIZE DROPOUT [STEP AT WHICH TO DIE]
"""

import os
import signal
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from mgah.pretraining.folders import labeled_images
from mgah.pretraining.processes import joined
from mgah.pretraining.training import Recipe, train


def small(dropout: float, classes: int) -> nn.Sequential:
    torch.manual_seed(11)
    return nn.Sequential(
        nn.AvgPool2d(28),
        nn.Flatten(),
        nn.Dropout(dropout),
        nn.Linear(192, 8),
        nn.ReLU(),
        nn.Linear(8, classes),
    )


def main(
    folder: str, checkpoint: str, weights: str, batch_size: str, dropout: str, die_at: str = "0"
) -> None:
    images = labeled_images(Path(folder), ())
    network = small(float(dropout), len(images.classes))
    calls = []

    def count(*_):
        calls.append(1)
        if len(calls) == int(die_at):
            os.kill(os.getpid(), signal.SIGKILL)

    network.register_forward_hook(count)
    torch.set_num_threads(1)
    with joined("cpu") as here:
        recipe = Recipe(epochs=3, batch_size=int(batch_size), lr=0.05, lr_step_size=1, seed=3)
        train(network, images, recipe, here, Path(checkpoint), save_every=0, workers=1)
    if here.rank == 0:
        save_file(network.state_dict(), weights)


if __name__ == "__main__":
    main(*sys.argv[1:])
