"""What an output is. A module in ``tables`` or ``figures`` is one output, and its name is the output's name.

- ``mgah/report/outputs/tables/<name>.py`` has ``build(...) -> Table``;
- ``mgah/report/outputs/figures/<name>.py`` has ``draw(...) -> matplotlib.figure.Figure``.

The names of its parameters are those of the tidy tables that it reads (`mgah.report.inputs` has them all), such as
``build(scores, reference)``. An output changes none, writes nothing, and gives the same result for the same
rows in any order. Bad input is an `mgah.errors.InputError`.
"""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Table:
    """A table for people and for programs.

    Attributes:
        title: one line.
        notes: sentences that stand above the frames: the protocol and what a reader must be told.
        frames: (caption, cells as text) for people; the first line of a caption is its heading.
        data: the same numbers, tidy, for programs.
    """

    title: str
    notes: tuple[str, ...]
    frames: tuple[tuple[str, pd.DataFrame], ...]
    data: pd.DataFrame
