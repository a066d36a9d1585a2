"""``mgah doctor``: what is there, and what a run would miss."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option, echo, style

from mgah.checkout import config_names

COLORS = {"found": "green", "optional": "yellow", "download": "yellow", "missing": "red"}


def doctor(
    config: Annotated[
        str | None,
        Argument(
            metavar="[CONFIG]",
            help="A config file, or the short name of one: what its run needs is looked for.",
            autocompletion=lambda incomplete: [n for n in config_names() if n.startswith(incomplete)],
        ),
    ] = None,
    data_dir: Annotated[
        Path | None,
        Option(
            help="Folder of raw data; by default the config's, else data.",
            envvar="MGAH_DATA",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Tell what this machine has, and what a config's run needs and does not find.

    Versions, graphics cards, data, weights, word vectors, WordNet and disk: each is found, or stands there with the
    command or page that gets it. Nothing is downloaded. The command fails where something is missing that the run
    cannot get by itself.

    Example: mgah doctor paper
    """
    from mgah.checkout import checkout, config_file
    from mgah.doctor import MISSING, examine

    if config:
        checkout()  # without the workflow no config is read
    findings, part = examine(data_dir, config_file(config) if config else None), ""
    for finding in findings:
        if finding.part != part:
            echo(finding.part)
            part = finding.part
        echo(f"  {style(f'{finding.state:8}', fg=COLORS[finding.state])}  {finding.what}")
        if finding.how:
            echo(f"            {finding.how}")
    if any(finding.state == MISSING for finding in findings):
        raise Exit(1)
