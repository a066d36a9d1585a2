"""The tables and figures of a run as sections of the page, in the order in which they are read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mgah.report.outputs.base import Printed
from mgah.report.page.images import Picture, picture
from mgah.report.writers import read_table

#: A table that sums the others up stands before them.
SUMMARY = "claims"
_NUMBER = re.compile(r"[+−-]?(\d|\.\d)")
#: A cell without a value: nothing, a dash, or the reason in words.
_EMPTY = re.compile(r"(|–|-|n/a\b.*|nan)", flags=re.I)


@dataclass(frozen=True)
class Section:
    """One output. ``kind`` is ``tables`` or ``figures``; a table has `Printed`, a figure words and a `Picture`."""

    name: str
    kind: str
    title: str
    words: str = ""
    table: Printed | None = None
    picture: Picture | None = None

    @property
    def is_summary(self) -> bool:
        """Whether it sums the others up."""
        return self.name == SUMMARY

    @property
    def short(self) -> str:
        """The title up to its first stop, for the list of contents."""
        return re.split(r"[.:] ", self.title)[0]


def sections(run: Path, outputs: Mapping[str, Sequence[str]], captions: Mapping[str, str]) -> list[Section]:
    """The outputs ``outputs`` (names by kind) of the folder ``run``; ``captions`` are the words of its figures."""
    tables = [_table(run, name) for name in outputs["tables"]]
    figures = [_figure(run, name, captions[name]) for name in outputs["figures"]]
    return sorted([*tables, *figures], key=lambda section: place(section.name))


def place(name: str) -> tuple[int, str, int]:
    """Sort key: the summary, the paper's tables and figures by their numbers, then the rest as it is listed."""
    numbered = re.fullmatch(r"(table|figure)(\d+)", name)
    if name == SUMMARY:
        return 0, "", 0
    return (1, {"table": "a", "figure": "b"}[numbered[1]], int(numbered[2])) if numbered else (2, "", 0)


def is_numeric(column: pd.Series) -> bool:
    """Whether the texts of ``column`` are numbers, each with anything behind it, where they are not empty."""
    texts = [text for text in column if not is_empty(text)]
    return bool(texts) and all(_NUMBER.match(text.lstrip("*")) for text in texts)


def is_empty(text: str) -> bool:
    """Whether a cell has no value: nothing, a dash, or why there is none."""
    return bool(_EMPTY.fullmatch(text))


def _table(run: Path, name: str) -> Section:
    table = read_table(run / "tables" / name)
    return Section(name, "tables", table.title, table=table)


def _figure(run: Path, name: str, caption: str) -> Section:
    title, _, words = caption.replace("<=", "≤").partition("\n")
    title, words = title.strip().removesuffix("."), " ".join(words.split())
    return Section(name, "figures", title, words, picture=picture(run / "figures" / name))
