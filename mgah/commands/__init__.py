"""The command ``mgah``: one module a command, each a front of modules that need no typer.

The modules here import what is slow inside their functions, so that help and completion answer at once.
"""

from collections.abc import Sequence
from importlib import metadata
from typing import Annotated

from typer import Exit, Option, Typer

from mgah import cli
from mgah.commands.doctor import doctor
from mgah.commands.encode import encode
from mgah.commands.export import export
from mgah.commands.index import index
from mgah.commands.new import new
from mgah.commands.publish import publish
from mgah.commands.report import report
from mgah.commands.run import run
from mgah.commands.score import score
from mgah.commands.search import search


def _print_version(asked: bool) -> None:
    if asked:
        print(metadata.version("mgah-benchmark"))
        raise Exit


app = Typer(
    name="mgah",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # lines of a docstring flow
    pretty_exceptions_enable=False,  # bad input is one line, and a fault keeps Python's own traceback
    context_settings={"help_option_names": ["-h", "--help"]},
)
#: Words that a command does not know are Snakemake's.
PASSES_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.callback(epilog="Each command tells more: `mgah encode --help`")
def _mgah(
    version: Annotated[
        bool, Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Learning to hash for unseen classes: run the benchmark, and use what it trained."""


app.command(context_settings=PASSES_ON)(run)
app.command()(encode)
app.command()(index)
app.command()(search)
app.command()(doctor)
app.command()(new)
app.command()(export)
app.command()(score)
app.command()(report)
app.command()(publish)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line ``arguments``, by default those of the process; bad input ends it with one line."""
    cli.run(lambda: app(args=arguments, prog_name="mgah"))
