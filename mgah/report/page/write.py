"""The results page of a run put together from its tidy tables, outputs and provenance."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.io.files import atomic_path, write_json
from mgah.report.inputs import INPUTS
from mgah.report.page.blocks import blocks
from mgah.report.page.lead import lead
from mgah.report.page.provenance import PAGE, PROVENANCE, provenance
from mgah.report.page.render import render
from mgah.report.page.scores_table import scores_table
from mgah.report.page.sections import Section, sections
from mgah.report.paper.published import read_reference
from mgah.report.wording import dataset_notes
from mgah.tables.scores import read_scores
from mgah.tables.semantics_notes import read_semantics_notes


def write_page(
    folder: Path, config: dict, captions: dict, reference: Path, gpus: int, files: Sequence[Path]
) -> None:
    """Write the page of the run in ``folder`` and its sources, with the arguments of ``python -m mgah.report.page``."""
    write_sources(folder, tidy_tables(folder), provenance(folder, config, gpus, files), captions, reference)


def tidy_tables(folder: Path) -> dict[str, Path]:
    """The places of the tidy tables of the run in ``folder``, by the names of `INPUTS`."""
    return {name: folder / table.file for name, table in INPUTS.items() if table.file}


def write_sources(
    folder: Path, tidy: Mapping[str, Path], sources: dict, captions: dict, reference: Path
) -> None:
    """Write the page of the run in ``folder``, of its ``tidy`` tables by their names, and its ``sources``.

    ``sources`` are those of `mgah.report.page.provenance.provenance`; `page_text` tells of the other arguments.
    """
    page = page_text(folder, tidy, sources, captions, reference)
    with atomic_path(folder / PAGE) as path:
        path.write_text(page, encoding="utf-8", newline="\n")
    write_json(folder / PROVENANCE, sources)


def page_text(
    folder: Path,
    tidy: Mapping[str, Path],
    sources: dict,
    captions: dict,
    reference: Path,
    beside: tuple[pd.DataFrame, Section] | None = None,
) -> str:
    """The page of the run in ``folder``, of its ``tidy`` tables by their names.

    Of the tables it needs the scores, and reads the notes on class semantics if there are any. ``beside`` are, where
    other runs stand beside it, the scores of all of them by source, and their table, `mgah.report.leaderboard.write`.
    """
    scores, told = read_scores(tidy["scores"]), tidy.get("semantics_notes")
    semantics = read_semantics_notes(told) if told and told.is_file() else None
    config = sources["config"]
    notes = [note.text for note in dataset_notes(scores)]
    data = blocks(scores, read_reference(reference), config, semantics)
    begins = lead(folder, config["outputs"]["tables"], scores)
    found = sections(folder, config["outputs"], captions)
    if beside is not None:
        scores, board = beside
        found.insert(len([section for section in found if section.is_summary]), board)
    return render(config["name"], begins, found, data, notes, scores_table(scores), sources)
