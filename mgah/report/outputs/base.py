"""What an output is. A module in ``tables`` or ``figures`` is one output, and its name is the output's name.

- ``mgah/report/outputs/tables/<name>.py`` has ``build(...) -> Table``;
- ``mgah/report/outputs/figures/<name>.py`` has ``draw(...) -> matplotlib.figure.Figure``.

The names of its parameters are those of the tidy tables that it reads (`mgah.report.inputs` has them all), such as
``build(scores, reference)``. An output changes none, writes nothing, and gives the same result for the same
rows in any order. Bad input is an `mgah.errors.InputError`.
"""

from dataclasses import dataclass

import pandas as pd

#: Headings of the columns with a row's method and backbone.
METHOD_COLUMN, BACKBONE_COLUMN = "Method", "Backbone"
#: (dataset, backbone, semantics), as `mgah.tables.keys.SETTING` names them.
Block = tuple[str, str, str]


@dataclass(frozen=True)
class Note:
    """A sentence that concerns some settings or methods of a table; one that concerns all of it is a str.

    Attributes:
        text: the sentence.
        of: the block and the method's label of each cell that it concerns; no label where it concerns a whole block.
        methods: the block and the name of each method that it concerns, by which it finds the rows of frames that
            have names. Methods may share a label, and a row may be labeled otherwise.
    """

    text: str
    of: frozenset[tuple[Block, str]]
    methods: frozenset[tuple[Block, str]] = frozenset()


@dataclass(frozen=True)
class Frame:
    """One part of a table. Rows that are of a method have its label in the column `METHOD_COLUMN`.

    Attributes:
        caption: its first line is the heading, the others are the text below it.
        cells: text for people, a row a line; the columns are headings.
        block: the block that all of it is of; None where it is of several or of none.
        stand_ins: headings of those columns that are of a dataset which stands in for one of the paper's.
        methods: what names the method of each row, such as its config word; empty where labels alone do.
        notes: sentences that concern all of this frame, and no other part of the table.
        marks: numbers of the footnotes to its heading, as `mgah.report.footnotes.numbered` sets them.
        row_marks: the same for each row; empty where no row has any.
    """

    caption: str
    cells: pd.DataFrame
    block: Block | None = None
    stand_ins: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()
    row_marks: tuple[tuple[int, ...], ...] = ()

    @property
    def heading(self) -> str:
        """The first line of the caption."""
        return self.caption.partition("\n")[0]

    @property
    def text(self) -> str:
        """The caption without its heading."""
        return self.caption.partition("\n")[2]


@dataclass(frozen=True)
class Table:
    """A table for people and for programs.

    Attributes:
        title: one line.
        notes: the protocol and what a reader must be told; those that concern nothing of ``frames`` are not printed.
        frames: its parts.
        data: the same numbers, tidy, for programs.
    """

    title: str
    notes: tuple[str | Note, ...]
    frames: tuple[Frame, ...]
    data: pd.DataFrame


@dataclass(frozen=True)
class Printed:
    """What people read of a table, in this order.

    Attributes:
        title: one line.
        frames: its parts, with the marks of the footnotes that concern them.
        footnotes: the sentences that those marks speak of; the first has the number 1.
        notes: sentences that concern all of it.
    """

    title: str
    frames: tuple[Frame, ...]
    footnotes: tuple[str, ...]
    notes: tuple[str, ...]
