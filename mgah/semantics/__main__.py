"""The semantics stage: vectors and similarities of a dataset's classes from one source.

The output is described in ``mgah.semantics.store``.
"""

import argparse
import json
from pathlib import Path

from mgah.cli import run
from mgah.errors import InputError
from mgah.semantics.classes import read_classes
from mgah.semantics.discovery import source, source_names
from mgah.semantics.store import write_semantics


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mgah.semantics", description=__doc__.splitlines()[0])
    parser.add_argument("--dataset-card", required=True, type=Path, help="dataset.json of the data stage")
    parser.add_argument("--source", required=True, help=f"one of {', '.join(source_names())}")
    parser.add_argument("--options", default="{}", help="the source's options, a JSON object")
    parser.add_argument("--data-dir", type=Path, help="data folder, where the source reads one")
    parser.add_argument("--output", required=True, type=Path, help="class semantics to write, .npz")
    arguments = parser.parse_args()
    class_semantics = source(arguments.source)
    options = _options(arguments.options)
    classes, synsets = read_classes(arguments.dataset_card)
    semantics = class_semantics(classes, options, arguments.data_dir, synsets)
    write_semantics(arguments.output, semantics)
    for note in semantics.notes:
        print(f"note: {note}")


def _options(text: str) -> dict[str, object]:
    try:
        options = json.loads(text)
    except ValueError as error:
        raise InputError(f"--options is not JSON ({error}), got {text!r}") from error
    if not isinstance(options, dict):
        raise InputError(f"--options is {text!r}, expected a JSON object with the source's options")
    return options


if __name__ == "__main__":
    run(main)
