"""Leak marks of a dataset's classes for the backbone of its features.

The output is described in ``mgah.tables.leaks``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mgah.backbones.card import read_backbone_card
from mgah.cli import run
from mgah.datasets.card import read_card
from mgah.leaks.marks import leak_marks
from mgah.tables.leaks import write_marks


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.leaks", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset-card", required=True, type=Path, help="dataset.json of the data stage")
    parser.add_argument("--backbone-card", required=True, type=Path, help="card of the backbone, JSON")
    parser.add_argument("--data-dir", type=Path, help="data folder that may hold WordNet in nltk_data")
    parser.add_argument("--output", required=True, type=Path, help="leak marks to write, .csv")
    given = parser.parse_args(arguments)
    training_classes = read_backbone_card(given.backbone_card).training_classes
    card = read_card(given.dataset_card)
    marks = leak_marks(card.classes, card.synsets, training_classes, given.data_dir)
    write_marks(given.output, marks)


if __name__ == "__main__":
    run(main)
