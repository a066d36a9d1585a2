"""The command line, on generated images and, where they are, on a few classes of ImageNet."""

import zipfile

import pytest
import torch
from torch import nn

from mgah.backbones.alexnet import AlexNet
from mgah.datasets.card import DatasetCard, write_card
from mgah.errors import InputError
from mgah.io.files import read_json, sha256
from mgah.leaks.marks import leak_marks
from mgah.pretraining import __main__ as stage
from mgah.pretraining.batches import TrainingBatches


@pytest.fixture
def run(tmp_path, dataset_card, folder):
    """Run the stage on the folder ``images``."""

    def main(**changes):
        flags = {
            "--dataset-card": dataset_card,
            "--data-dir": tmp_path,
            "--folder": "images",
            "--output": tmp_path / "out/weights.safetensors",
            "--epochs": 2,
            "--batch-size": 8,
            "--held-out": 2,
            "--device": "cpu",
            "--threads": 1,
        } | changes
        stage.main([text for flag, value in flags.items() for text in (flag, str(value))])
        return tmp_path / "out/weights.safetensors"

    return main


def small(num_classes):
    return nn.Sequential(nn.AvgPool2d(28), nn.Flatten(), nn.Linear(192, num_classes))


def test_weights_and_card(run, monkeypatch):
    monkeypatch.setattr(stage, "alexnet", small)
    weights = run()
    assert sorted(path.name for path in weights.parent.iterdir()) == ["weights.json", "weights.safetensors"]
    card = read_json(weights.with_suffix(".json"))
    assert card["training_classes"] == ["n01440764", "n01443537", "n02123045"]
    assert card["left_out_classes"] == ["n02422699"]
    assert (card["images"], card["held_out_images"]) == (15, 6)
    assert 0 <= card["top1"] <= 1 and card["recipe"]["epochs"] == 2 and card["recipe"]["lr"] == 0.01
    assert card["weights_sha256"] == sha256(weights)
    assert (
        "on 3 of the 4 classes in" in card["notes"][0] and "one of the 1 classes of zoo" in card["notes"][0]
    )


def test_a_class_without_a_wordnet_id_cannot_be_left_out(run, dataset_card):
    synsets = {"impala": "n02422699", "one": None}
    write_card(dataset_card, DatasetCard("zoo", list(synsets), synsets, [], 9, "made", None))
    with pytest.raises(InputError, match="dataset zoo gives no WordNet id for its classes one"):
        run()


@pytest.mark.parametrize("flag", ["--epochs", "--batch-size", "--held-out", "--threads", "--lr"])
def test_bad_numbers(run, flag, tmp_path):
    with pytest.raises(InputError, match=rf"{flag} is 0"):
        run(**{flag: 0})
    assert not (tmp_path / "out").exists()


@pytest.fixture
def six_classes(real_data, tmp_path):
    """The first six classes of imagenet-mini, four images each, as class folders in ``mini``; their ids."""
    with zipfile.ZipFile(real_data / "imagenet_mini.zip") as archive:
        files = sorted(name for name in archive.namelist() if not name.endswith("/"))
        classes = sorted({name.partition("/")[0] for name in files})[:6]
        for wnid in classes:
            (tmp_path / "mini" / wnid).mkdir(parents=True)
            for name in [name for name in files if name.startswith(wnid)][:4]:
                (tmp_path / "mini" / name).write_bytes(archive.read(name))
    return classes


@pytest.mark.long
def test_alexnet_on_classes_of_imagenet_stopped_and_resumed(
    run, real_data, six_classes, dataset_card, monkeypatch
):
    """Two of six classes are the dataset's: the weights lift the marks of these two alone."""
    held, trained = six_classes[:2], six_classes[2:]
    synsets = dict(zip(six_classes, six_classes, strict=True))
    write_card(dataset_card, DatasetCard("two", held, {name: name for name in held}, [], 8, "x", None))
    options = {"--folder": "mini", "--epochs": 1, "--batch-size": 6, "--held-out": 1}  # two steps
    weights = run(**options)
    expected = sha256(weights)
    weights.unlink()

    monkeypatch.setattr(TrainingBatches, "__getitem__", stopping(TrainingBatches.__getitem__))
    with pytest.raises(InputError, match="stopped"):
        run(**options, **{"--save-every": 0})
    monkeypatch.undo()
    checkpoint = torch.load(weights.with_name(".weights.checkpoint.pt"), weights_only=True, mmap=True)
    assert checkpoint["step"] == 1 and not weights.exists()
    assert sha256(run(**options)) == expected

    backbone = AlexNet(weights)
    assert list(backbone.training_classes()) == trained
    assert "top-1 accuracy" in backbone.notes[1] and "ImageNet-1K" not in " ".join(backbone.notes)
    marks = leak_marks(six_classes, synsets, backbone.training_classes(), real_data)
    assert list(marks["mark"]) == ["clean", "clean", "same", "same", "same", "same"]


def stopping(batch_of):
    """A training whose second batch does not come."""
    return lambda batches, step: InputError("stopped") if step == 1 else batch_of(batches, step)
