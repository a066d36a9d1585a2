"""Leak marks of a dataset's classes for one backbone.

The output is described in ``mgah.leaks.store``.
"""

import argparse
from pathlib import Path

from mgah.cli import run
from mgah.data.card import read_card
from mgah.features.discovery import backbone_class
from mgah.leaks.marks import leak_marks
from mgah.leaks.store import write_marks


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.leaks", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset-card", required=True, type=Path, help="dataset.json of the data stage")
    parser.add_argument("--backbone", required=True, help="name of the backbone, as in the config")
    parser.add_argument("--data-dir", type=Path, help="data folder that may hold WordNet in nltk_data")
    parser.add_argument("--output", required=True, type=Path, help="leak marks to write, .csv")
    arguments = parser.parse_args()
    training_classes = backbone_class(arguments.backbone).training_classes()
    card = read_card(arguments.dataset_card)
    marks = leak_marks(card.classes, card.synsets, training_classes, arguments.data_dir)
    write_marks(arguments.output, marks)


if __name__ == "__main__":
    run(main)
