"""The file formats of outputs: a table is .md, .csv and .json, a figure .png and .svg; same input, same bytes."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mgah import registry
from mgah.errors import InputError
from mgah.io.files import atomic_path, read_json, write_json
from mgah.report.compact import compact_png, compact_svg
from mgah.report.fonts import use_fallbacks
from mgah.report.footnotes import mark_text, numbered
from mgah.report.look import look
from mgah.report.outputs import SUFFIXES
from mgah.report.outputs.base import METHOD_COLUMN, Frame, Printed, Table
from mgah.report.style import RC
from mgah.tables.keys import SETTING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What keeps dates and program versions out of a file.
_UNSIGNED: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}}


def write_output(name: str, inputs: Sequence[pd.DataFrame], folder: Path | str) -> list[Path]:
    """Make the output ``name`` of its ``inputs`` and write its files ``<folder>/<name>.*``; returns their paths."""
    stem = Path(folder) / name
    if registry.find("outputs", name).group == "tables":
        return write_table(registry.load("outputs", name)(*inputs), stem)
    with look():  # around figures of a user's own too, from before they import Matplotlib
        return write_figure(registry.load("outputs", name)(*inputs), stem)


def write_table(table: Table, stem: Path | str) -> list[Path]:
    """Write ``<stem>.md``, the printed table as text, ``<stem>.csv``, the tidy numbers, and ``<stem>.json``.

    Numbers have 6 decimals. The JSON is the printed table for programs, such as the results page: an object of
    ``title``, ``frames``, ``footnotes`` and ``notes``. A frame has the ``caption``, ``block``, ``stand_ins``, ``marks``
    and ``row_marks`` of a `Frame`, its ``columns`` and its ``rows``.
    """
    md, csv, json = (_with_suffix(stem, suffix) for suffix in SUFFIXES["tables"])
    printed = numbered(table)
    text = markdown(printed)
    with atomic_path(csv) as path:
        table.data.to_csv(path, index=False, float_format="%.6f", lineterminator="\n", encoding="utf-8")
    with atomic_path(md) as path:
        path.write_text(text, encoding="utf-8", newline="\n")
    content = {"title": printed.title, "frames": [*map(_frame_as_dict, printed.frames)]}
    write_json(json, content | {"footnotes": printed.footnotes, "notes": printed.notes})
    return [md, csv, json]


def markdown(table: Printed) -> str:
    """``table`` as Markdown: title, each frame under its caption, then footnotes and notes as a list."""
    parts = [f"# {table.title}"]
    for frame in table.frames:
        parts += [
            f"## {frame.heading}{mark_text(frame.marks)}",
            frame.text,
            cells_markdown(_marked_cells(frame)),
        ]
    told = [*(f"[{number}] {text}" for number, text in enumerate(table.footnotes, start=1)), *table.notes]
    parts += ["## Notes", "\n".join(f"- {note}" for note in told)] if told else []
    return "\n\n".join(filter(None, parts)) + "\n"


def cells_markdown(cells: pd.DataFrame) -> str:
    """``cells`` as a table in Markdown, texts as they are; a pipe in one of them is escaped.

    Examples:
        >>> print(cells_markdown(pd.DataFrame({"Method": ["a|b"]})))
        | Method   |
        |:---------|
        | a\\|b     |
    """
    texts = cells.astype(str).map(_cell).rename(columns=_cell)
    return texts.to_markdown(index=False, disable_numparse=True)


def read_table(stem: Path | str) -> Printed:
    """What `write_table` wrote to ``<stem>.json``; an `InputError` names a bad file."""
    json = _with_suffix(stem, ".json")
    content = read_json(json)
    try:
        frames = tuple(map(_frame, content["frames"]))
        return Printed(content["title"], frames, tuple(content["footnotes"]), tuple(content["notes"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{json} is no printed table ({type(error).__name__}: {error}): remove the file and run again"
        ) from error


def write_figure(figure: "Figure", stem: Path | str) -> list[Path]:
    """Write ``<stem>.png`` at 300 dpi and ``<stem>.svg``, both without dates and program versions."""
    use_fallbacks(figure)
    return write_drawing(saved(figure, "png", dpi=RC["savefig.dpi"]), saved(figure, "svg").decode(), stem)


def saved(figure: "Figure", kind: str, **options: Any) -> bytes:
    """What a file of ``figure`` holds, ``png`` or ``svg``, without dates and program versions."""
    stream = io.BytesIO()
    with look():
        figure.savefig(stream, format=kind, metadata=_UNSIGNED[kind], **options)
    return stream.getvalue()


def write_drawing(png: bytes, svg: str, stem: Path | str) -> list[Path]:
    """Write a figure that is drawn, made small (`mgah.report.compact`), to ``<stem>.png`` and ``<stem>.svg``."""
    files = [_with_suffix(stem, suffix) for suffix in SUFFIXES["figures"]]
    contents = dict(zip(files, (compact_png(png), compact_svg(svg).encode()), strict=True))
    for file, content in contents.items():
        with atomic_path(file) as path:
            path.write_bytes(content)
    return files


def _with_suffix(stem: Path | str, suffix: str) -> Path:
    return Path(f"{stem}{suffix}")


def _frame_as_dict(frame: Frame) -> dict:
    cells = frame.cells.astype(str)
    return {
        "caption": frame.caption,
        "block": dict(zip(SETTING, frame.block, strict=True)) if frame.block else None,
        "stand_ins": list(frame.stand_ins),
        "marks": list(frame.marks),
        "row_marks": [*map(list, frame.row_marks)],
        "columns": list(cells.columns),
        "rows": cells.to_numpy().tolist(),
    }


def _frame(stored: dict) -> Frame:
    block = stored["block"] and tuple(stored["block"][name] for name in SETTING)
    cells = pd.DataFrame(stored["rows"], columns=stored["columns"], dtype=str)
    return Frame(
        stored["caption"],
        cells,
        block,
        stand_ins=tuple(stored["stand_ins"]),
        marks=tuple(stored["marks"]),
        row_marks=tuple(map(tuple, stored["row_marks"])),
    )


def _marked_cells(frame: Frame) -> pd.DataFrame:
    """The cells, with the marks of each row behind its method."""
    if not frame.row_marks:
        return frame.cells
    texts = zip(frame.cells[METHOD_COLUMN], frame.row_marks, strict=True)
    return frame.cells.assign(**{METHOD_COLUMN: [f"{label}{mark_text(marks)}" for label, marks in texts]})


def _cell(text: str) -> str:
    """A pipe would end the cell."""
    return text.replace("|", "\\|")
