"""``mgah publish``: what is kept of a finished run."""

from pathlib import Path
from typing import Annotated

from typer import Option

from mgah.commands.report import Run


def publish(
    run: Run,
    to: Annotated[
        Path | None,
        Option(
            metavar="DIR",
            help="Folder that is made or replaced; by default results/published/NAME beside it.",
        ),
    ] = None,
    limit_mb: Annotated[float, Option(help="Largest file in MB.")] = 5.0,
) -> None:
    """Copy what a reader needs of a finished run to a folder that is kept: tables, figures, page, tidy tables.

    Not codes, features and models. Tidy tables are packed, and SHA256SUMS lists the checksums of all files. A run that
    is not finished, or whose tables are not of its scores, is refused.

    Example: mgah publish cpu
    """
    from mgah.checkout import run_folder
    from mgah.report.publish import publish as copy

    folder = run_folder(run)
    target = to or folder.resolve().parent / "published" / folder.resolve().name
    files = copy(folder, target, limit_mb)
    print(f"{len(files)} files in {target}, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")
