"""The page as HTML: a template, a style sheet and a script, all in one text. Every value is escaped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd
import yaml
from markupsafe import Markup, escape

from mgah.report.page.blocks import Block
from mgah.report.page.images import Picture
from mgah.report.page.scores_table import Interactive
from mgah.report.page.sections import Section, is_empty, is_numeric
from mgah.words import counted

HERE = Path(__file__).parent
#: Words in brackets that a reader must not miss.
_VERDICT = re.compile(r"(holds|fails)\b")
#: The first part of a section is unfolded up to so many rows, that of the summary always; footnotes up to so many.
MOST_ROWS, MOST_NOTES = 16, 6
#: Of a table with more parts, all but the first are folded together.
MOST_PARTS = 5
#: Texts of more letters are broken into lines.
LONG = 40
_LABEL = re.compile(r"\((reconstruction|stand-in|leak)\)")


@dataclass(frozen=True)
class Lead:
    """What the page begins with: `findings` in Markdown, and a picture with its title and words, if there is one."""

    findings: Sequence[str]
    picture: Picture | None = None
    title: str = ""
    words: str = ""


def render(
    name: str,
    lead: Lead,
    found: Sequence[Section],
    data: Sequence[Block],
    notes: Sequence[str],
    scores: Interactive,
    sources: dict,
) -> str:
    """The page of the run ``name``.

    Args:
        name: the run's.
        lead: what it begins with.
        found: its tables and figures.
        data: its settings.
        notes: what must be known of its datasets.
        scores: the interactive table, `mgah.report.page.scores_table.scores_table`.
        sources: where the numbers come from, `mgah.report.page.provenance.provenance`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"inline": inline, "yaml": as_yaml, "duration": duration}
    environment.filters |= {"rows": lambda count: counted(count, "row")}
    return environment.get_template("page.html").render(
        name=name,
        findings=lead.findings,
        overview=lead if lead.picture else None,
        sections=found,
        blocks=data,
        notes=notes,
        scores_table=scores,
        sources={"rendered": None} | sources,
        labels_of={block.key: block.labels for block in data},
        kinds=kinds,
        cell_class=cell_class,
        back=first_reference,
        long=LONG,
        most_rows=MOST_ROWS,
        most_parts=MOST_PARTS,
        most_notes=MOST_NOTES,
        style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup((HERE / "page.js").read_text(encoding="utf-8")),
    )


def cell_class(text: str) -> str:
    """How a cell looks: ``empty``, ``long``, or as the verdict that it begins with."""
    if is_empty(text):
        return "empty"
    verdict = _VERDICT.match(text)
    return verdict[1] if verdict else "long" if len(text) > LONG else ""


def first_reference(section: Section, note: int) -> str:
    """The ``id`` of the first reference to a footnote of a table: at a heading, or else at a row."""
    assert section.table is not None
    for number, frame in enumerate(section.table.frames, start=1):
        places = [(f"part{number}", frame.marks)]
        places += [(f"part{number}-{row}", marks) for row, marks in enumerate(frame.row_marks, start=1)]
        for place, marks in places:
            if note in marks:
                return f"{section.name}-{place}-{note}"
    return section.name


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
