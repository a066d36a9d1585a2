"""The tidy tables that outputs read, by name; light, as the workflow reads it: a reader is imported when it is used."""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mgah import registry
from mgah.errors import InputError
from mgah.near import near

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Input:
    """A tidy table.

    Attributes:
        file: its name in the folder of a run's results; None for one that lies elsewhere, where the workflow says.
        reader: ``module:function`` that reads it.
    """

    file: str | None
    reader: str

    @property
    def code(self) -> str:
        """The reader's file, relative to the repository: no import statement leads to it."""
        return self.reader.partition(":")[0].replace(".", "/") + ".py"

    def read(self, source: Path | str) -> "pd.DataFrame":
        """The table in the file ``source``; its reader says which errors it raises."""
        return pkgutil.resolve_name(self.reader)(source)


#: The table of all scores in the folder of a run.
SCORES = "scores.csv"
INPUTS = {
    "scores": Input(SCORES, "mgah.tables.scores:read_scores"),
    "notes": Input("notes.csv", "mgah.tables.notes:read_notes"),
    "semantics_notes": Input("semantics_notes.csv", "mgah.tables.semantics_notes:read_semantics_notes"),
    "reference": Input(None, "mgah.report.paper.published:read_reference"),
    "selections": Input("selections.csv", "mgah.tables.choices:read_choices"),
    "comparisons": Input("comparisons.csv", "mgah.tables.comparisons:read_comparisons"),
    "contrasts": Input("contrasts.csv", "mgah.tables.contrasts:read_contrasts"),
    "benchmarks": Input("benchmarks.csv", "mgah.tables.benchmarks:read_benchmarks"),
    "curves": Input("curves.csv", "mgah.tables.curves:read_curves"),
    "confusion": Input("confusion.csv", "mgah.tables.confusion:read_confusion"),
    "gallery": Input("gallery.csv", "mgah.tables.gallery:read_gallery"),
    "thumbnails": Input("gallery.npz", "mgah.tables.gallery:read_thumbnails"),
    "graphs": Input("graphs.csv", "mgah.tables.graphs:read_graphs"),
    "ablations": Input("ablations.csv", "mgah.tables.scores:ABLATIONS.read"),
    "ablation_notes": Input("ablation_notes.csv", "mgah.tables.notes:read_notes"),
    "sweeps": Input("sweeps.csv", "mgah.tables.sweeps:read_sweeps"),
    "measures": Input("measures.csv", "mgah.tables.measures:read_measures"),
    "trained_features": Input("trained_features.csv", "mgah.tables.trained_features:read_trained_features"),
    "history": Input("history.csv", "mgah.tables.history:read_history"),
}


def tables_of(name: str) -> tuple[str, ...]:
    """Return the names of the tidy tables that the output ``name`` reads, in the order of its arguments.

    Raises:
        InputError: for a parameter of a user's own output that is called as no tidy table.
    """
    output = registry.find("outputs", name)
    for parameter in output.parameters:
        if parameter not in INPUTS:
            raise InputError(
                f"{output.file}: {output.attribute} of the output {name} has the parameter {parameter!r}, which is no "
                f"tidy table, expected the tables that it reads, among {', '.join(INPUTS)}{near(parameter, INPUTS)}"
            )
    return output.parameters


def read_inputs(name: str, files: Mapping[str, Path | None]) -> list["pd.DataFrame"]:
    """The tables that the output ``name`` reads, in the order of its arguments, from ``files`` by table name."""
    needed = tables_of(name)
    given = {table: file for table, file in files.items() if file}
    if missing := [table for table in needed if table not in given]:
        raise InputError(
            f"output {name!r} reads {', '.join(needed)}: give --{' and --'.join(missing)} as well"
        )
    return [INPUTS[table].read(given[table]) for table in needed]
