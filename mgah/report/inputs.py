"""The tidy tables that outputs read, by name, each with its reader."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mgah import registry
from mgah.errors import InputError
from mgah.report.paper.published import read_reference
from mgah.tables.benchmarks import read_benchmarks
from mgah.tables.choices import read_choices
from mgah.tables.comparisons import read_comparisons
from mgah.tables.confusion import read_confusion
from mgah.tables.curves import read_curves
from mgah.tables.gallery import read_gallery, read_thumbnails
from mgah.tables.graphs import read_graphs
from mgah.tables.history import read_history
from mgah.tables.notes import read_notes
from mgah.tables.scores import ABLATIONS, read_scores
from mgah.tables.sweeps import read_sweeps

READERS: dict[str, Callable[..., Any]] = {
    "scores": read_scores,
    "notes": read_notes,
    "reference": read_reference,
    "selections": read_choices,
    "comparisons": read_comparisons,
    "ablation_comparisons": read_comparisons,
    "benchmarks": read_benchmarks,
    "curves": read_curves,
    "confusion": read_confusion,
    "gallery": read_gallery,
    "thumbnails": read_thumbnails,
    "graphs": read_graphs,
    "ablations": ABLATIONS.read,
    "ablation_notes": read_notes,
    "sweeps": read_sweeps,
    "history": read_history,
}


def read_inputs(name: str, files: Mapping[str, Path | None]) -> list[pd.DataFrame]:
    """The tables that the output ``name`` reads, in the order of its arguments, from ``files`` by table name."""
    needed = registry.find("outputs", name).parameters
    missing = [table for table in needed if not files.get(table)]
    if missing:
        raise InputError(
            f"output {name!r} reads {', '.join(needed)}: give --{' and --'.join(missing)} as well"
        )
    return [READERS[table](files[table]) for table in needed]
