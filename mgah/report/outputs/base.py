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
class Frame:
    """One part of a printed table.

    Attributes:
        caption: its first line is the heading, the others are the text below it.
        cells: text for people, a row a line; the columns are headings.
        block: the (dataset, backbone, semantics) that all of it is of; None where it is of several or of none.
        stand_ins: headings of those columns that are of a dataset which stands in for one of the paper's.
    """

    caption: str
    cells: pd.DataFrame
    block: tuple[str, str, str] | None = None
    stand_ins: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The first line of the caption."""
        return self.caption.partition("\n")[0]

    @property
    def text(self) -> str:
        """The caption without its heading."""
        return self.caption.partition("\n")[2]


@dataclass(frozen=True)
class Printed:
    """What people read of a table.

    Attributes:
        title: one line.
        notes: sentences that stand above the frames: the protocol and what a reader must be told.
        frames: its parts.
    """

    title: str
    notes: tuple[str, ...]
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Table(Printed):
    """A table for people and for programs.

    Attributes:
        data: the same numbers, tidy, for programs.
    """

    data: pd.DataFrame
