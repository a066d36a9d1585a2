"""The semantics stage: vectors and similarities of a dataset's classes from one source.

The output is described in ``mgah.semantics.store``.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mgah import registry
from mgah.cli import json_object, run
from mgah.datasets.card import read_card
from mgah.semantics.store import write_semantics


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.semantics", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset-card", required=True, type=Path, help="dataset.json of the data stage")
    parser.add_argument("--source", required=True, help=f"one of {', '.join(registry.names('semantics'))}")
    parser.add_argument("--options", type=json_object, default={}, help="the source's options, a JSON object")
    parser.add_argument("--data-dir", type=Path, help="data folder, where the source reads one")
    parser.add_argument("--output", required=True, type=Path, help="class semantics to write, .npz")
    given = parser.parse_args(arguments)
    source = registry.build("semantics", given.source, **given.options)
    card = read_card(given.dataset_card)
    semantics = source.class_semantics(card.classes, given.data_dir, card.synsets)
    write_semantics(given.output, semantics)
    for note in semantics.notes:
        print(f"note: {note}")


if __name__ == "__main__":
    run(main)
