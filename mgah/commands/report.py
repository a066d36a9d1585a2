"""``mgah report``: the results page of a finished run."""

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

if TYPE_CHECKING:
    from mgah.report.submissions import Submission

Run = Annotated[
    str,
    Argument(
        metavar="RUN", help="The folder of a finished run, results/NAME, or its NAME; or of a published one."
    ),
]


def report(
    run: Run,
    show: Annotated[bool, Option("--open", help="Open the page in the browser.")] = False,
    merge: Annotated[
        list[str] | None,
        Option(
            metavar="[NAME=]FOLDER",
            help="Another run, or a submission, to set beside this one; may be given several times.",
        ),
    ] = None,
) -> None:
    """Make the results page of a finished run again, and open it.

    mgah run makes the page at its end; this makes it anew of the same tables and figures, without the workflow. Of a
    published run, which has no more than its tidy tables, it also draws the figures again. No number changes, and
    provenance.json keeps the commit, versions and machine that computed them; rendered in it has the commit of the
    page.

    With --merge it writes leaderboard.html beside the run's page in its stead: the same page with the scores of other
    folders (scores.csv and provenance.json), each row with its source. What was run on other images or splits, on
    another backbone under the same name, with other options or other weights of it, or with class semantics that are
    made otherwise is refused, with the difference.

    Examples: mgah report small --open; mgah report results/published/cpu --merge theirs=downloads/submission
    """
    from mgah.checkout import run_folder
    from mgah.report.page.again import merge_page, remake_page

    folder = run_folder(run)
    page = merge_page(folder, [_submission(text) for text in merge]) if merge else remake_page(folder)
    print(page)
    if show:
        webbrowser.open(page.resolve().as_uri())


def _submission(text: str) -> "Submission":
    """Read what an argument of --merge names: a folder, or NAME=FOLDER."""
    from mgah.checkout import run_folder
    from mgah.errors import InputError
    from mgah.report.submissions import read_submission

    name, equals, folder = text.partition("=")
    if not (folder if equals else name):
        raise InputError(
            f"--merge got {text!r}, which names no folder: give the folder of a run or a submission, or NAME=FOLDER"
        )
    if Path(text).is_dir() or not equals:
        return read_submission(run_folder(text))
    return read_submission(run_folder(folder), name)
