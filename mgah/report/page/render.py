"""The page as HTML: a template, a style sheet and a script, all in one text. Every value is escaped."""

import re
from collections.abc import Sequence
from pathlib import Path

import jinja2
import pandas as pd
import yaml
from markupsafe import Markup, escape

from mgah.report.page.blocks import Block
from mgah.report.page.sections import Section, is_empty, is_numeric

HERE = Path(__file__).parent
#: Words in brackets that a reader must not miss.
_LABEL = re.compile(r"\((reconstruction|stand-in|leak)\)")


def render(
    name: str, found: Sequence[Section], data: Sequence[Block], notes: Sequence[str], sources: dict
) -> str:
    """The page of the run ``name``: its sections, blocks, notes on its datasets, and `provenance`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "yaml": as_yaml, "duration": duration}
    environment.tests |= {"empty": is_empty}
    return environment.get_template("page.html").render(
        name=name,
        sections=found,
        blocks=data,
        notes=notes,
        sources=sources,
        labels={block.key: block.labels for block in data},
        kinds=kinds,
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup((HERE / "page.js").read_text(encoding="utf-8")),
    )


def inline(text: str) -> Markup:
    """One line of Markdown as HTML: ``**bold**``, code in backticks, and a mark for each label in brackets."""
    html = str(escape(text))
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    html = re.sub(r"(`+)(.+?)\1", r"<code>\2</code>", html)
    return Markup(_LABEL.sub(r'<span class="label">\1</span>', html))


def kinds(cells: pd.DataFrame) -> list[tuple[str, str]]:
    """Each column's heading, and whether it is sorted as ``number`` or ``text``."""
    columns = (cells.iloc[:, i] for i in range(cells.shape[1]))
    return [
        (head, "number" if is_numeric(column) else "text")
        for head, column in zip(cells, columns, strict=True)
    ]


def as_yaml(config: dict) -> str:
    """A config as it is written."""
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=110)


def duration(hours: float) -> str:
    """Hours as text: ``2 h 05 min``, ``3 min 20 s`` or ``4 s``."""
    seconds = round(hours * 3600)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes} min {seconds:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
