"""The command line of the stage."""

from dataclasses import asdict

import pytest

from mgah.backbones.card import describe
from mgah.backbones.pixels import Pixels
from mgah.datasets.card import DatasetCard, write_card
from mgah.errors import InputError
from mgah.io.files import write_json
from mgah.leaks.__main__ import main
from mgah.tables.leaks import read_marks

SYNSETS = {"cat": "n02121620", "deer": "n02430045", "one": None}


@pytest.fixture
def marks_of(tmp_path):
    """Marks for a backbone with the given training classes."""

    def run(training_classes, *more):
        write_card(tmp_path / "dataset.json", DatasetCard("x", list(SYNSETS), SYNSETS, [], 9, "made", None))
        card = describe("p", "pixels", {}, Pixels())
        write_json(tmp_path / "card.json", asdict(card) | {"training_classes": training_classes})
        files = {
            "--dataset-card": "dataset.json",
            "--backbone-card": "card.json",
            "--output": "marks.csv",
        }
        arguments = [text for flag, name in files.items() for text in (flag, str(tmp_path / name))]
        main([*arguments, *map(str, more)])
        return read_marks(tmp_path / "marks.csv")

    return run


def test_pixels_have_seen_nothing(marks_of):
    assert list(marks_of([])["mark"]) == ["clean", "clean", "clean"]


def test_backbone_trained_on_imagenet(marks_of, data_dir):
    trained = (data_dir / "imagenet1k_wnids.txt").read_text().split()
    marks = marks_of(trained, "--data-dir", data_dir)
    assert list(marks["mark"]) == ["child", "clean", "unknown"]
    assert list(marks["synset"]) == ["n02121620", "n02430045", ""]


def test_a_class_that_was_not_trained_on_has_no_mark(marks_of, data_dir):
    chihuahua, tabby = "n02085620", "n02123045"
    assert list(marks_of([chihuahua], "--data-dir", data_dir)["mark"]) == ["clean", "clean", "unknown"]
    found = marks_of([chihuahua, tabby], "--data-dir", data_dir)
    assert list(found["mark"]) == ["child", "clean", "unknown"] and found["via"][0] == "tabby"


@pytest.mark.parametrize("training_classes", [1000, "n01440764", [1, 2]])
def test_a_backbone_card_that_does_not_say_what_the_backbone_was_trained_on(
    marks_of, tmp_path, training_classes
):
    with pytest.raises(InputError, match=r"card\.json has training_classes .*expected a list"):
        marks_of(training_classes)
    assert not (tmp_path / "marks.csv").exists()
