"""Report from the command line: render one table or figure."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from mgah.cli import run
from mgah.report.inputs import INPUTS, read_inputs
from mgah.report.writers import write_output


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m mgah.report", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    render = commands.add_parser("render", help="write one table (.md, .csv, .json) or figure (.png, .svg)")
    render.add_argument("name", help="name of the output: table1, figure3, ...")
    for name in INPUTS:
        render.add_argument(f"--{name}", type=Path, metavar="FILE.csv", help="needed by outputs that read it")
    render.add_argument("--output-dir", required=True, type=Path, metavar="DIR")
    given = parser.parse_args(arguments)
    write_output(given.name, read_inputs(given.name, vars(given)), given.output_dir)


if __name__ == "__main__":
    run(main)
