"""Report from the command line: collect score files or files of sweeps, render one table or figure."""

import argparse
from pathlib import Path

from mgah.cli import run
from mgah.report.collect import collect_scores
from mgah.report.inputs import READERS, read_inputs
from mgah.report.writers import write_output
from mgah.tables.notes import write_notes
from mgah.tables.scores import write_scores
from mgah.tables.sweeps import collect_sweeps, write_sweeps


def main() -> None:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m mgah.report", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    collect = commands.add_parser("collect", help="join score files of methods into one, and their notes")
    collect.add_argument("inputs", nargs="*", type=Path, metavar="INPUT.csv")
    collect.add_argument("--output", required=True, type=Path, metavar="SCORES.csv")
    collect.add_argument("--notes", required=True, type=Path, metavar="NOTES.csv")

    sweeps = commands.add_parser(
        "collect-sweeps", help="join files of sweeps into one; none give a file of no sweep"
    )
    sweeps.add_argument("inputs", nargs="*", type=Path, metavar="INPUT.csv")
    sweeps.add_argument("--output", required=True, type=Path, metavar="SWEEPS.csv")

    render = commands.add_parser("render", help="write one table (.csv, .md) or figure (.png, .svg)")
    render.add_argument("name", help="name of the output: table1, figure3, ...")
    for name in READERS:
        render.add_argument(f"--{name}", type=Path, metavar="FILE.csv", help="needed by outputs that read it")
    render.add_argument("--output-dir", required=True, type=Path, metavar="DIR")

    arguments = parser.parse_args()
    if arguments.command == "collect":
        scores, notes = collect_scores(arguments.inputs)
        write_notes(arguments.notes, notes)
        write_scores(arguments.output, scores)
    elif arguments.command == "collect-sweeps":
        write_sweeps(arguments.output, collect_sweeps(arguments.inputs))
    else:
        write_output(arguments.name, read_inputs(arguments.name, vars(arguments)), arguments.output_dir)


if __name__ == "__main__":
    run(main)
