"""The file formats of outputs: a table is .md, .csv and .json, a figure .png and .svg; same input, same bytes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, write_json
from mgah.report.aggregate import BLOCK
from mgah.report.outputs import SUFFIXES
from mgah.report.outputs.base import Frame, Printed, Table
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
    """Write ``<stem>.md``, the printed table as text, ``<stem>.csv``, the tidy numbers, and ``<stem>.json``.

    Numbers have 6 decimals. The JSON is the printed table for programs, such as the results page: an object of
    ``title``, ``notes`` and ``frames``, each with the ``caption``, ``block`` and ``stand_ins`` of a `Frame`, its
    ``columns`` and its ``rows``.
    """
    md, csv, json = (_with_suffix(stem, suffix) for suffix in SUFFIXES["tables"])
    text = markdown(table)
    with atomic_path(csv) as path:
        table.data.to_csv(path, index=False, float_format="%.6f", lineterminator="\n", encoding="utf-8")
    with atomic_path(md) as path:
        path.write_text(text, encoding="utf-8", newline="\n")
    write_json(
        json, {"title": table.title, "notes": table.notes, "frames": [*map(_frame_as_dict, table.frames)]}
    )
    return [md, csv, json]


def markdown(table: Printed) -> str:
    """``table`` as Markdown: title, notes as a list, and each frame under its caption."""
    parts = [f"# {table.title}", "\n".join(f"- {note}" for note in table.notes)]
    for frame in table.frames:
        cells = frame.cells.astype(str).map(_cell).rename(columns=_cell)
        parts += [
            f"## {frame.heading}",
            frame.text,
            cells.to_markdown(index=False, disable_numparse=True),
        ]
    return "\n\n".join(filter(None, parts)) + "\n"


def read_table(stem: Path | str) -> Printed:
    """What `write_table` wrote to ``<stem>.json``; an `InputError` names a bad file."""
    json = _with_suffix(stem, ".json")
    content = read_json(json)
    try:
        frames = tuple(map(_frame, content["frames"]))
        return Printed(content["title"], tuple(content["notes"]), frames)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{json} is no printed table ({type(error).__name__}: {error}): remove the file and run again"
        ) from error


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


def _frame_as_dict(frame: Frame) -> dict:
    cells = frame.cells.astype(str)
    return {
        "caption": frame.caption,
        "block": dict(zip(BLOCK, frame.block, strict=True)) if frame.block else None,
        "stand_ins": list(frame.stand_ins),
        "columns": list(cells.columns),
        "rows": cells.to_numpy().tolist(),
    }


def _frame(stored: dict) -> Frame:
    block = stored["block"] and tuple(stored["block"][name] for name in BLOCK)
    cells = pd.DataFrame(stored["rows"], columns=stored["columns"], dtype=str)
    return Frame(stored["caption"], cells, block, tuple(stored["stand_ins"]))


def _cell(text: str) -> str:
    """A pipe would end the cell."""
    return text.replace("|", "\\|")
