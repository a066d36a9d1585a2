"""The results page of a finished run made again, such as by a newer version of the page, without the workflow.

Of a run, the page is made of the tables and figures that lie there. Of a published run, which has no more than its
tidy tables, the figures are drawn again as well; tables stay as they were, with their numbers. What the provenance
tells of commit, versions and machine stays as well, as the numbers are theirs; ``rendered`` in it tells which commit
made the page.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, sha256
from mgah.io.folders import replacing
from mgah.io.packed import FORMS, packed_file
from mgah.report import leaderboard
from mgah.report.inputs import INPUTS, SCORES, read_inputs
from mgah.report.outputs import SUFFIXES
from mgah.report.page.provenance import PAGE, PROVENANCE, commit
from mgah.report.page.write import page_text, tidy_tables, write_sources
from mgah.report.paper.published import REFERENCE
from mgah.report.publish import (
    LEADERBOARD_PAGE,
    MANIFEST,
    check_manifest,
    check_record,
    published_files,
    write_manifest,
)
from mgah.report.submissions import Submission, read_submission
from mgah.report.writers import write_drawing, write_output

_AGAIN = "run it again, and publish it"


def remake_page(folder: Path) -> Path:
    """Write the page of the finished or published run in ``folder`` again, and return it.

    Raises:
        InputError: for a run that is not finished, or some of whose files changed after its page was made or after it
            was published.
    """
    if (folder / MANIFEST).is_file():
        _remake_published(folder)
        return folder / PAGE
    published_files(folder)  # refuses other runs
    record = read_json(folder / PROVENANCE)
    check_record(record, str(folder / PROVENANCE), "run it to its end again")
    captions = _captions(record["config"]["outputs"]["figures"])
    write_sources(folder, tidy_tables(folder), record | _rendered(), captions, REFERENCE)
    return folder / PAGE


def merge_page(folder: Path, others: Sequence[Submission], name: str = "") -> Path:
    """Write a page of the finished or published run in ``folder`` with ``others`` beside it, and return it.

    The run's own page and files stay as they are; ``name`` is what its rows are labeled with, by default its config's.

    Raises:
        InputError: for a run as `remake_page` refuses it, or others that are not comparable with it.
    """
    run = read_submission(folder, name)
    check_record(run.record, str(folder / PROVENANCE), _AGAIN)
    if (folder / MANIFEST).is_file():
        tidy = _tidy(folder)
    else:
        published_files(folder)  # refuses other runs
        tidy = tidy_tables(folder)
    captions = _captions(run.record["config"]["outputs"]["figures"])
    beside = leaderboard.write(folder, run, others)
    target = folder / LEADERBOARD_PAGE
    with atomic_path(target) as path:
        text = page_text(folder, tidy, run.record, captions, REFERENCE, beside)
        path.write_text(text, encoding="utf-8", newline="\n")
    return target


def _captions(figures: Sequence[str]) -> dict[str, str]:
    known = registry.names("outputs")
    return {name: registry.find("outputs", name).docstring if name in known else "" for name in figures}


def _remake_published(folder: Path) -> None:
    """Draw the figures and the page of a published run in a copy, which then takes its place."""
    check_manifest(folder)
    record = read_json(folder / PROVENANCE)
    check_record(record, str(folder / PROVENANCE), _AGAIN)
    files = [folder / f"tables/{name}.json" for name in record["config"]["outputs"]["tables"]]
    if lacking := [file.name for file in files if not file.is_file()]:
        raise InputError(
            f"{folder / 'tables'} has no {', '.join(lacking)}, expected what runs since version 0.2.0 publish: {_AGAIN}"
        )
    with replacing(folder) as fresh:
        shutil.copytree(folder, fresh)
        _redraw(fresh, record)


def _redraw(folder: Path, record: dict) -> None:
    figures = record["config"]["outputs"]["figures"]
    tidy = _tidy(folder)
    drawn = [file.relative_to(folder).as_posix() for name in figures for file in _figure(folder, name, tidy)]
    files = record["files"] | {file: sha256(folder / file) for file in drawn}
    write_sources(folder, tidy, record | {"files": files} | _rendered(), _captions(figures), REFERENCE)
    write_manifest(folder)


def _rendered() -> dict:
    """The entry of the provenance that tells which version of the code makes the page."""
    here, changed = commit()
    return {"rendered": {"commit": here, "changed": changed}}


def _figure(folder: Path, name: str, tidy: Mapping[str, Path]) -> list[Path]:
    """Draw a figure of the tidy tables; one that needs more, such as thumbnails, keeps its picture."""
    known = name in registry.names("outputs")
    if known and set(registry.find("outputs", name).parameters) <= tidy.keys():
        return write_output(name, read_inputs(name, tidy), folder / "figures")
    png, svg = (folder / f"figures/{name}{suffix}" for suffix in SUFFIXES["figures"])
    return write_drawing(png.read_bytes(), svg.read_text(encoding="utf-8"), folder / "figures" / name)


def _tidy(folder: Path) -> dict[str, Path]:
    """The tidy tables that the published run ``folder`` has, by the names of `INPUTS`."""
    files = {name: packed_file(folder, table.file) for name, table in INPUTS.items() if table.file}
    if files["scores"] is None:
        raise InputError(
            f"{folder} has no {FORMS.format(SCORES)}, expected a published run: publish it again"
        )
    return {name: file for name, file in files.items() if file} | {"reference": REFERENCE}
