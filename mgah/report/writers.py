"""The file formats of outputs: a table is .csv and .md, a figure is .png and .svg; same input, same bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mgah.files import atomic_path
from mgah.report.contract import Table
from mgah.report.discovery import output
from mgah.report.style import RC

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_output(name: str, inputs: Sequence[pd.DataFrame], folder: Path | str) -> list[Path]:
    """Make the output ``name`` of its ``inputs`` and write its files ``<folder>/<name>.*``; returns their paths."""
    module = output(name)
    if hasattr(module, "build"):
        return write_table(module.build(*inputs), Path(folder) / name)
    return write_figure(module.draw(*inputs), Path(folder) / name)


def write_table(table: Table, stem: Path | str) -> list[Path]:
    """Write ``<stem>.csv``, the tidy numbers to 6 decimals, and ``<stem>.md``, the frames as text."""
    csv, md = _with_suffix(stem, ".csv"), _with_suffix(stem, ".md")
    text = markdown(table)
    with atomic_path(csv) as path:
        table.data.to_csv(path, index=False, float_format="%.6f", lineterminator="\n", encoding="utf-8")
    with atomic_path(md) as path:
        path.write_text(text, encoding="utf-8", newline="\n")
    return [csv, md]


def markdown(table: Table) -> str:
    """``table`` as Markdown: title, notes as a list, and each frame under its caption."""
    parts = [f"# {table.title}", "\n".join(f"- {note}" for note in table.notes)]
    for caption, frame in table.frames:
        heading, _, text = caption.partition("\n")
        cells = frame.astype(str).map(_cell).rename(columns=_cell)
        parts += [f"## {heading}", text, cells.to_markdown(index=False, disable_numparse=True)]
    return "\n\n".join(filter(None, parts)) + "\n"


def write_figure(figure: "Figure", stem: Path | str) -> list[Path]:
    """Write ``<stem>.png`` at 300 dpi and ``<stem>.svg``, both without dates and program versions."""
    import matplotlib

    png, svg = _with_suffix(stem, ".png"), _with_suffix(stem, ".svg")
    with matplotlib.rc_context(RC):
        with atomic_path(png) as path:
            figure.savefig(path, format="png", dpi=RC["savefig.dpi"], metadata={"Software": None})
        with atomic_path(svg) as path:
            figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    return [png, svg]


def _with_suffix(stem: Path | str, suffix: str) -> Path:
    return Path(f"{stem}{suffix}")


def _cell(text: str) -> str:
    """A pipe would end the cell."""
    return text.replace("|", "\\|")
