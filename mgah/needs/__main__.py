"""Tell what a run reads from outside and does not find, before its first job."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mgah.cli import json_object, run
from mgah.needs.missing import check, collect


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what will be downloaded; one error with all that is missing."""
    parser = argparse.ArgumentParser(prog="python -m mgah.needs", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data-dir", required=True, type=Path, help="folder that holds the data of all datasets"
    )
    parser.add_argument(
        "--wanted",
        required=True,
        type=json_object,
        help="what is used, a JSON object; see mgah.needs.missing.collect",
    )
    given = parser.parse_args(arguments)
    for line in check(*collect(given.wanted), given.data_dir):
        print(line, file=sys.stderr)


if __name__ == "__main__":
    run(main)
