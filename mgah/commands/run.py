"""``mgah run``: the workflow with one config."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

from typer import Argument, Context

from mgah.checkout import checkout, config_file, config_names, workflow_module
from mgah.errors import InputError

#: Options that say how many jobs run at once, and those of a cluster, whose profile says it.
_CORES = ("--cores", "-c", "--jobs", "-j", "--profile", "--workflow-profile", "--executor", "-e")


def run(
    context: Context,
    config: Annotated[
        str,
        Argument(
            metavar="CONFIG",
            help="A config file, or the short name of one in workflow/config: small, cpu, paper, ...",
            autocompletion=lambda incomplete: [n for n in config_names() if n.startswith(incomplete)],
        ),
    ],
) -> None:
    """Run the benchmark that a config describes, or a part of it.

    All other words go to Snakemake: targets such as table1, -n for a plan, --cores 2. Without a number of cores it
    takes all. Results lie in results/NAME of the repository, where NAME is the config's. A run that was stopped goes
    on with the same command.

    Examples: mgah run small; mgah run cpu table1 --cores 2; mgah run my.yaml -n
    """
    folder = checkout()
    if config.startswith("-"):
        raise InputError(
            f"the config comes first and Snakemake's options after it, got {config}: mgah run CONFIG {config}"
        )
    file = config_file(config)
    workflow_module("config_files").check_readable(file)
    workflow_module("words").check_words(context.args, folder)
    command = snakemake_command(file, context.args)
    if data := os.environ.get("MGAH_DATA"):
        os.environ["MGAH_DATA"] = os.path.abspath(data)  # it was given for this folder
    os.chdir(folder)
    os.execv(command[0], command)  # in this process, so that Snakemake gets the signals


def snakemake_command(config: os.PathLike, words: Sequence[str]) -> list[str]:
    """Return the command that runs Snakemake with the file ``config`` and ``words`` of its command line.

    Examples:
        >>> snakemake_command("small.yaml", ["table1"])[1:]
        ['-m', 'snakemake', 'table1', '--configfile', 'small.yaml', '--cores', 'all']
    """
    # targets first: --configfile takes all words that follow it
    command = [sys.executable, "-m", "snakemake", *words, "--configfile", str(config)]
    return command if any(map(_says_cores, words)) else [*command, "--cores", "all"]


def _says_cores(word: str) -> bool:
    return word.split("=")[0] in _CORES or (word[:2] in ("-c", "-j") and word[2:].isdigit())
