"""AlexNet from scratch, on the classes of a folder that are neither those of a dataset nor narrower or wider ones.

The output is described in ``mgah.backbones.weights_card``. Start it with torchrun to use several cards.
"""

import argparse
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
import torchvision
from torchvision.models import alexnet

from mgah import cli, seeds
from mgah.backbones.weights_card import write_trained_weights
from mgah.datasets.card import DatasetCard, read_card
from mgah.errors import InputError
from mgah.pretraining.folders import LabeledImages, class_folders, hold_out, labeled_images
from mgah.pretraining.left_out import left_out
from mgah.pretraining.processes import Processes, joined
from mgah.pretraining.training import Recipe, top1, train


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, test on what was held out, and write weights and card."""
    given = _parse(arguments)
    dataset = read_card(given.dataset_card)
    recipe = Recipe(given.epochs, given.batch_size, given.lr, seed=given.seed)
    folder = given.data_dir / given.folder
    folders, nouns = class_folders(folder), _nouns(dataset)
    dropped = left_out(folders, nouns, given.data_dir)
    images = labeled_images(folder, dropped)
    training, held_out = hold_out(images, given.held_out, recipe.seed)
    checkpoint = given.output.with_name(f".{given.output.stem}.checkpoint.pt")
    torch.manual_seed(seeds.integer(recipe.seed, "pretraining", "initial weights"))
    network = alexnet(num_classes=len(images.classes))
    with joined(given.device) as here:
        workers = max(given.threads // here.count, 1)
        torch.set_num_threads(workers)
        train(network, training, recipe, here, checkpoint, given.save_every, workers)
    if here.rank > 0:
        return
    accuracy = top1(network, held_out, here.device, workers)
    about = {
        "network": "alexnet",
        "images": len(training),
        "held_out_images": len(held_out),
        "top1": accuracy,
        "left_out_classes": sorted(dropped),
        "recipe": asdict(recipe),
        **_machine(here),
    }
    note = _note(images, len(folders), dataset, recipe, accuracy, given.held_out)
    write_trained_weights(given.output, network.state_dict(), images.classes, [note], about)
    checkpoint.unlink()


def _nouns(dataset: DatasetCard) -> dict[str, str]:
    lacking = [name for name, synset in dataset.synsets.items() if synset is None]
    if lacking:
        raise InputError(
            f"dataset {dataset.name} gives no WordNet id for its classes {', '.join(lacking)}, so they cannot be "
            "left out of the training: give the dataset's module their ids"
        )
    return {name: synset for name, synset in dataset.synsets.items() if synset is not None}


def _note(
    images: LabeledImages, folders: int, dataset: DatasetCard, recipe: Recipe, accuracy: float, held_out: int
) -> str:
    return (
        f"The backbone was trained for this on {len(images.classes)} of the {folders} classes in "
        f"{'/'.join(images.folder.parts[-2:])}, without those whose noun is that of one of the "
        f"{len(dataset.classes)} classes of {dataset.name}, a narrower or a wider one: {recipe.epochs} epochs, top-1 "
        f"accuracy {accuracy:.3f} on {held_out} held-out images a class."
    )


def _machine(here: Processes) -> dict[str, object]:
    return {
        "device": here.device.type,
        "processes": here.count,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "torchvision": torchvision.__version__,
        },
    }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mgah.pretraining", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset-card", required=True, type=Path, help="dataset.json: the classes left out")
    parser.add_argument("--data-dir", required=True, type=Path, help="folder with the data")
    parser.add_argument(
        "--folder", default="imagenet/train", help="class folders, relative to the data folder"
    )
    parser.add_argument("--output", required=True, type=Path, help="weights to write, .safetensors")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs, help="passes over the images")
    parser.add_argument("--batch-size", type=int, default=Recipe.batch_size, help="of all processes together")
    parser.add_argument("--lr", type=float, default=Recipe.lr, help="learning rate of the first epochs")
    parser.add_argument("--held-out", type=int, default=50, help="images of each class to test on")
    parser.add_argument(
        "--seed", type=int, default=Recipe.seed, help="of weights, batches, crops and dropout"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cuda, mps or cpu")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU cores to use")
    parser.add_argument("--save-every", type=float, default=600, help="seconds between two checkpoints")
    given = parser.parse_args(arguments)
    for flag in ("epochs", "batch_size", "held_out", "threads"):
        if getattr(given, flag) < 1:
            raise InputError(f"--{flag.replace('_', '-')} is {getattr(given, flag)}, expected 1 or more")
    if given.lr <= 0:
        raise InputError(f"--lr is {given.lr}, expected more than 0")
    return given


if __name__ == "__main__":
    cli.run(main)
