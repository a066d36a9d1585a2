"""The card of weights that were trained here: the backbone knows from it what they were trained on."""

import json

import pytest
import torch
from torchvision.models import alexnet

from mgah.backbones.alexnet import AlexNet
from mgah.backbones.weights_card import read_weights_card, write_trained_weights
from mgah.errors import InputError
from mgah.io.files import sha256

NOTE = "Trained on two kinds of fish."


@pytest.fixture
def file(tmp_path, tiny, monkeypatch):
    monkeypatch.setattr(tiny, "url", "http://127.0.0.1:9/tiny-0123abcd.pth")
    torch.manual_seed(3)
    state = tiny._model().state_dict()
    write_trained_weights(
        tmp_path / "own.safetensors", state, ["n01440764", "n01443537"], [NOTE], {"top1": 1.0}
    )
    return tmp_path / "own.safetensors"


def test_the_backbone_was_trained_on_what_the_card_says(file, tiny):
    backbone = tiny(file)
    assert backbone.training_classes() == ("n01440764", "n01443537")
    assert backbone.notes == (tiny.description, NOTE)
    assert backbone.weights_sha256 == sha256(file)
    assert read_weights_card(file, sha256(file))["top1"] == 1.0


def test_without_its_card_imagenet_1k_is_assumed(file, tiny):
    file.with_suffix(".json").unlink()
    assert len(tiny(file).training_classes()) == 1000


@pytest.mark.slow
def test_alexnet_with_any_number_of_classes(tmp_path):
    network = alexnet(num_classes=3)
    file = tmp_path / "weights.safetensors"
    write_trained_weights(file, network.state_dict(), ["n01440764"], [NOTE], {})
    backbone = AlexNet(file)
    images = torch.randn(2, 3, 224, 224)
    network.eval()
    with torch.inference_mode():
        fc7 = network.classifier[:6](network.avgpool(network.features(images)).flatten(1))
    torch.testing.assert_close(torch.from_numpy(backbone.forward(images.numpy())), fc7, rtol=1e-5, atol=1e-6)
    assert backbone.training_classes() == ("n01440764",)


def test_a_card_of_other_weights_is_refused(file, tiny):
    with open(file, "ab") as stream:
        stream.write(b"\0")
    with pytest.raises(InputError, match=rf"own\.json is of a file with the SHA-256 .* has {sha256(file)}"):
        read_weights_card(file, sha256(file))


@pytest.mark.parametrize("damage", [{"training_classes": 900}, {"training_classes": [1]}, {"notes": "one"}])
def test_a_damaged_card_is_refused(file, tiny, damage):
    card = file.with_suffix(".json")
    card.write_text(json.dumps(json.loads(card.read_text()) | damage))
    with pytest.raises(InputError, match=rf"own\.json has {next(iter(damage))} .*, expected a list of texts"):
        tiny(file)
