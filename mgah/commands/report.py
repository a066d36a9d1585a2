"""``mgah report``: the results page of a finished run."""

import webbrowser
from typing import Annotated

from typer import Argument, Option

Run = Annotated[
    str,
    Argument(
        metavar="RUN", help="The folder of a finished run, results/NAME, or its NAME; or of a published one."
    ),
]


def report(
    run: Run,
    show: Annotated[bool, Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Make the results page of a finished run again, and open it.

    mgah run makes the page at its end; this makes it anew of the same tables and figures, without the workflow. Of a
    published run, which has no more than its tidy tables, it also draws the figures again; no number changes.

    Examples: mgah report small --open; mgah report results/published/cpu
    """
    from mgah.checkout import run_folder
    from mgah.report.page.again import remake_page

    page = remake_page(run_folder(run))
    print(page)
    if show:
        webbrowser.open(page.resolve().as_uri())
