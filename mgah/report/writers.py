"""The file formats of outputs: a table is .csv and .md, a figure is .png and .svg; same input, same bytes."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path
from mgah.report.outputs.base import Table
from mgah.report.style import RC

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_output(name: str, inputs: Sequence[pd.DataFrame], folder: Path | str) -> list[Path]:
    """Make the output ``name`` of its ``inputs`` and write its files ``<folder>/<name>.*``; returns their paths."""
    writers: dict[str, Callable[..., list[Path]]] = {"tables": write_table, "figures": write_figure}
    return writers[registry.find("outputs", name).group](
        registry.load("outputs", name)(*inputs), Path(folder) / name
    )


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


def read_table(stem: Path | str) -> Table:
    """The table that `write_table` wrote to ``<stem>.csv`` and ``<stem>.md``; an `InputError` names a bad file."""
    csv, md = _with_suffix(stem, ".csv"), _with_suffix(stem, ".md")
    try:
        text = md.read_text(encoding="utf-8")
        data = pd.read_csv(csv, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"table {stem} cannot be read ({error}): remove its files and run again") from error
    head, *parts = re.split(r"^## ", text, flags=re.M)
    title, *notes = [line for line in head.splitlines() if line] or [""]
    if not title.startswith("# ") or not all(note.startswith("- ") for note in notes):
        raise InputError(f"{md} does not begin with a title and notes: remove the file and run again")
    return Table(
        title.removeprefix("# "),
        tuple(note.removeprefix("- ") for note in notes),
        tuple(_frame(part, md) for part in parts),
        data,
    )


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


def _frame(part: str, md: Path) -> tuple[str, pd.DataFrame]:
    """The caption and the cells of one frame of Markdown."""
    lines = part.splitlines()
    words = [line for line in lines if line and not line.startswith("|")]
    head, _, *rows = [_cells(line) for line in lines if line.startswith("|")] or [[], []]
    if any(len(row) != len(head) for row in rows):
        raise InputError(
            f"{md} has rows of different length under {words[0]!r}: remove the file and run again"
        )
    return "\n".join(words), pd.DataFrame(rows, columns=head, dtype=str)


def _cells(line: str) -> list[str]:
    return [_text(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _cell(text: str) -> str:
    """A pipe would end the cell."""
    return text.replace("|", "\\|")


def _text(cell: str) -> str:
    return cell.replace("\\|", "|")
