"""Make the results page of a finished run, ``report.html``, and ``provenance.json`` beside it."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mgah.cli import json_object, run
from mgah.report.page.write import write_page


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m mgah.report.page", description=__doc__)
    parser.add_argument(
        "--run", required=True, type=Path, metavar="DIR", help="the folder of the run's results"
    )
    parser.add_argument(
        "--config", required=True, type=json_object, help="the run's config with all defaults"
    )
    parser.add_argument(
        "--captions", required=True, type=json_object, help="the words of each figure, by name"
    )
    parser.add_argument("--reference", required=True, type=Path, metavar="FILE.csv")
    parser.add_argument("--gpus", required=True, type=int, help="how many GPUs the run's jobs could use")
    parser.add_argument(
        "--files", required=True, nargs="+", type=Path, metavar="FILE", help="all that it shows"
    )
    given = parser.parse_args(arguments)
    write_page(
        given.run,
        given.config,
        given.captions,
        given.reference,
        given.gpus,
        given.files,
    )


if __name__ == "__main__":
    run(main)
