"""The command line of the stage."""

import sys

import pytest

from mgah.data.card import DatasetCard, write_card
from mgah.errors import InputError
from mgah.leaks.__main__ import main
from mgah.leaks.store import read_marks


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "dataset.json"
    synsets = {"cat": "n02121620", "deer": "n02430045", "one": None}
    write_card(path, DatasetCard("x", list(synsets), synsets, [], 9, "made", None))
    return path


def run_main(monkeypatch, card, backbone, *more):
    arguments = ["--dataset-card", card, "--backbone", backbone, "--output", card.parent / "marks.csv", *more]
    monkeypatch.setattr(sys, "argv", ["mgah.leaks", *map(str, arguments)])
    main()


def test_pixels_have_seen_nothing(card, monkeypatch):
    run_main(monkeypatch, card, "pixels")
    assert list(read_marks(card.parent / "marks.csv")["mark"]) == ["clean", "clean", "clean"]


def test_backbone_trained_on_imagenet(card, monkeypatch, data_dir):
    run_main(monkeypatch, card, "efficientnet_lite0", "--data-dir", data_dir)
    marks = read_marks(card.parent / "marks.csv")
    assert list(marks["mark"]) == ["child", "clean", "unknown"]
    assert list(marks["synset"]) == ["n02121620", "n02430045", ""]


def test_unknown_backbone_writes_nothing(card, monkeypatch):
    with pytest.raises(InputError, match="'vgg99'"):
        run_main(monkeypatch, card, "vgg99")
    assert list(card.parent.iterdir()) == [card]
