"""The tidy tables that outputs read, by name, each with its reader."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.evaluation.scores import read_scores
from mgah.evaluation.sweeps import read_sweeps
from mgah.hashing.history import read_history
from mgah.report.discovery import output_inputs
from mgah.report.reference import read_reference
from mgah.selection.store import read_choices

READERS = {
    "scores": read_scores,
    "reference": read_reference,
    "selections": read_choices,
    "ablations": read_scores,
    "sensitivity": read_sweeps,
    "sizes": read_sweeps,
    "history": read_history,
}


def read_inputs(name: str, files: Mapping[str, Path | None]) -> list[pd.DataFrame]:
    """The tables that the output ``name`` reads, in the order of its arguments, from ``files`` by table name."""
    needed = output_inputs(name)
    missing = [table for table in needed if not files.get(table)]
    if missing:
        raise InputError(
            f"output {name!r} reads {', '.join(needed)}: give --{' and --'.join(missing)} as well"
        )
    return [READERS[table](files[table]) for table in needed]
