"""``python -m mgah.training.collect_choices``: the records of all choices as one tidy table."""

import argparse
from pathlib import Path

from mgah.cli import run
from mgah.training.choice import collect_choices, write_choices


def main() -> None:
    """Parse the command line and write the table; without records it has no rows."""
    parser = argparse.ArgumentParser(prog="python -m mgah.training.collect_choices", description=__doc__)
    parser.add_argument("inputs", nargs="*", type=Path, metavar="RECORD.json")
    parser.add_argument("--output", required=True, type=Path, metavar="SELECTIONS.csv")
    arguments = parser.parse_args()
    write_choices(arguments.output, collect_choices(arguments.inputs))


if __name__ == "__main__":
    run(main)
