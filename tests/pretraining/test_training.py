"""One training is the same whether it is killed in between, and close to the same on several processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy

from mgah.errors import InputError
from mgah.pretraining.batches import TrainingBatches, normalized
from mgah.pretraining.folders import labeled_images
from mgah.pretraining.processes import Processes
from mgah.pretraining.training import Recipe, top1, train
from tests.pretraining.run_small import main as small_main
from tests.pretraining.run_small import small

ROOT = Path(__file__).resolve().parents[2]
TWO_PROCESSES = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2")
ALONE = Processes(0, 1, torch.device("cpu"))


def start(folder, *arguments, launcher=()):
    """Run the small training in processes of its own, with the checkpoint ``kept.pt``; the exit status."""
    program = ROOT / "tests/pretraining/run_small.py"
    places = folder, folder.parent / "kept.pt", folder.parent / "weights.safetensors"
    command = [sys.executable, *launcher, program, *places, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(list(map(str, command)), env=environment).returncode


@pytest.fixture
def weights(folder):
    """Run the small training here, with the checkpoint of that name; its weights."""

    def run(checkpoint, *arguments):
        file = folder.parent / "weights.safetensors"
        small_main(*map(str, (folder, folder.parent / checkpoint, file, *arguments)))
        return load_file(file)

    threads = torch.get_num_threads()
    yield run
    torch.set_num_threads(threads)


@pytest.mark.slow
def test_killed_and_resumed_is_the_same_bit_for_bit(folder, weights):
    whole = weights("whole.pt", 8, 0.5)
    assert start(folder, 8, 0.5, 5) == -signal.SIGKILL  # in the second epoch of three steps
    assert torch.load(folder.parent / "kept.pt", weights_only=True)["step"] == 4
    resumed = weights("kept.pt", 8, 0.5)
    assert all(torch.equal(resumed[key], whole[key]) for key in whole)
    assert not list(folder.parent.glob(".*.tmp*"))


@pytest.mark.long
def test_two_processes_train_as_one_does(folder, weights):
    """Also where a batch of five cannot be shared evenly."""
    alone = weights("alone.pt", 5, 0.0)
    assert start(folder, 5, 0.0, launcher=TWO_PROCESSES) == 0
    together = load_file(folder.parent / "weights.safetensors")
    untrained = small(0.0, 4).state_dict()
    for key, expected in alone.items():
        torch.testing.assert_close(together[key], expected, rtol=1e-5, atol=1e-6)
        assert not torch.allclose(untrained[key], expected, rtol=1e-3, atol=1e-4)


@pytest.mark.slow
def test_the_steps_are_those_of_plain_sgd(folder, tmp_path):
    """The slow twin: the same batches, the update written out, the rate a tenth after every two epochs."""
    images = labeled_images(folder, ())
    recipe = Recipe(epochs=3, batch_size=9, lr=0.1, lr_step_size=2, seed=1)
    network, twin = small(0.0, 4), small(0.0, 4)
    train(network, images, recipe, ALONE, tmp_path / "kept.pt")
    batches = TrainingBatches(images, 9, 1, 0, 1)
    velocity = [torch.zeros_like(value) for value in twin.parameters()]
    for step in range(9):
        inputs, labels = batches[step]
        loss = cross_entropy(twin(normalized(inputs)), labels)
        gradients = torch.autograd.grad(loss, list(twin.parameters()))
        with torch.no_grad():
            for value, gradient, speed in zip(twin.parameters(), gradients, velocity, strict=True):
                speed.mul_(0.9).add_(gradient + 1e-4 * value)
                value.sub_((0.1 if step < 6 else 0.01) * speed)
    for value, expected in zip(network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-4, atol=1e-6)


def test_top1_counts_the_images_whose_class_wins(folder):
    images = labeled_images(folder, ())
    constant = torch.nn.Sequential(torch.nn.AvgPool2d(224), torch.nn.Flatten(), torch.nn.Linear(3, 4))
    with torch.no_grad():
        constant[2].weight.zero_()
        constant[2].bias.copy_(torch.tensor([0.0, 1.0, 0.5, 0.2]))
    assert top1(constant, images, ALONE.device, batch_size=5) == 0.25


def test_the_checkpoint_of_another_training_is_not_used(folder, tmp_path):
    images = labeled_images(folder, ())
    kept = tmp_path / "kept.pt"
    train(small(0.0, 4), images, Recipe(epochs=1, batch_size=9), ALONE, kept)
    fresh, after = small(0.0, 4), small(0.0, 4)
    other = Recipe(epochs=1, batch_size=9, seed=1)
    train(fresh, images, other, ALONE, tmp_path / "none.pt")
    train(after, images, other, ALONE, kept)
    assert all(torch.equal(a, b) for a, b in zip(fresh.parameters(), after.parameters(), strict=True))


def test_a_damaged_checkpoint_is_named_and_left(folder, tmp_path):
    (tmp_path / "kept.pt").write_bytes(b"half")
    with pytest.raises(InputError, match=r"checkpoint .*kept\.pt cannot be read .*remove it"):
        train(small(0.0, 4), labeled_images(folder, ()), Recipe(batch_size=9), ALONE, tmp_path / "kept.pt")
    assert (tmp_path / "kept.pt").read_bytes() == b"half"


def test_a_training_that_diverges_keeps_its_last_good_checkpoint(folder, tmp_path):
    recipe = Recipe(epochs=50, batch_size=28, lr=1e30)
    with pytest.raises(InputError, match=r"diverged in epoch \d+ with lr 1e\+30, the loss is nan: lower lr"):
        train(small(0.0, 4), labeled_images(folder, ()), recipe, ALONE, tmp_path / "kept.pt", save_every=0)
    kept = torch.load(tmp_path / "kept.pt", weights_only=True)
    assert kept["step"] >= 1


@pytest.mark.parametrize("workers", [0, 1])
def test_a_corrupt_image_is_named(folder, tmp_path, workers):
    bad = folder / "n02123045" / "n02123045_3.JPEG"
    bad.write_bytes(bad.read_bytes()[:40])
    with pytest.raises(InputError, match=r"^image .*n02123045_3\.JPEG cannot be decoded .*") as caught:
        recipe = Recipe(epochs=1, batch_size=28)
        train(small(0.0, 4), labeled_images(folder, ()), recipe, ALONE, tmp_path / "kept.pt", workers=workers)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("batch_size", [29, 1])
def test_batches_that_cannot_be_made(folder, tmp_path, batch_size):
    two = Processes(0, 2, torch.device("cpu"))
    with pytest.raises(InputError, match=rf"batches of {batch_size} images, with 2 processes and 28 images"):
        recipe = Recipe(batch_size=batch_size)
        train(small(0.0, 4), labeled_images(folder, ()), recipe, two, tmp_path / "kept.pt")


def test_an_epoch_takes_every_image_once_and_in_another_order(folder):
    images = labeled_images(folder, ())
    whole = TrainingBatches(images, 7, 0, 0, 1)
    orders = [np.concatenate([whole[step][1] for step in range(4 * e, 4 * e + 4)]) for e in (0, 1)]
    assert [sorted(order) for order in orders] == [sorted(images.labels)] * 2
    assert not np.array_equal(*orders)
    shares = [TrainingBatches(images, 7, 0, rank, 3)[5] for rank in range(3)]
    inputs, labels = whole[5]
    for rank, (part, part_labels) in enumerate(shares):
        assert torch.equal(part, inputs[rank::3]) and torch.equal(part_labels, labels[rank::3])
    assert inputs.dtype == torch.uint8 and inputs.shape == (7, 3, 224, 224)
    assert torch.equal(whole[5][0], inputs)
