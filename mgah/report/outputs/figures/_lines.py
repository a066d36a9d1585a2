"""What figures share: how the line of a method looks, the legend under the panels, and the note above it."""

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mgah.report.aggregate import of_block
from mgah.report.paper.line_up import METHOD
from mgah.report.style import CURVES, block_label, is_control, method_order, method_style
from mgah.report.wording import size_words
from mgah.tables.keys import SETTING

LEGEND_COLUMNS = 3
#: Letters of a line of a panel's title that says how many runs there are.
LETTERS = 40
#: How the lines of methods look that are not told apart.
OTHERS: dict[str, Any] = {
    "color": "#BBBBBB",
    "marker": ".",  # seen where there is one code length
    "markersize": 3,
    "linestyle": "-",
    "linewidth": 0.8,
    "zorder": 1.2,
}
#: Inches of one row of the legend, and of one line of the text above it.
ROW, LINE = 0.16, 0.11


def line(word: str, place: int = 0) -> dict:
    """Keyword arguments of matplotlib's plot for one method, or for its curve in the given place of a panel."""
    style = method_style(word)
    return {
        "color": style.color,
        "marker": style.marker,
        "linestyle": CURVES[place % len(CURVES)] if place else style.linestyle,
        "markerfacecolor": "white" if style.hollow or place else style.color,
        "linewidth": 1.9 if word == METHOD else 0.9 if is_control(word) else 1.2,
        "zorder": 3 if word == METHOD else 2,
    }


def look_of(word: str, shown: Sequence[str]) -> dict:
    """`line` of a method that is among those ``shown``; thin and gray, behind the others, for any other."""
    return line(word) if word in shown else dict(OTHERS)


def panel_title(block: tuple[str, str, str], summary: pd.DataFrame) -> str:
    """The title of a panel: dataset, backbone and semantics, and how many runs stand behind its points."""
    dataset, *setting = block
    size = textwrap.fill(size_words(summary), LETTERS)
    names = (block_label(dataset, "", ""), block_label("", *setting), size)
    return "\n".join(filter(None, names))


def fewer_words(points: pd.DataFrame, what: str, of: str = "") -> str:
    """Which methods rest on fewer ``what``, splits or seeds, than others of their panel; empty where none does.

    Args:
        points: `mgah.tables.keys.SETTING`, label, splits and seeds of each point.
        what: the column that is compared.
        of: the column within whose values it is compared, such as the class, where not within a panel. A method that
            is on fewer in some of them only is named with these.

    Returns:
        A sentence with a space behind it.

    Examples:
        >>> place = dict.fromkeys(SETTING, "a")
        >>> points = pd.DataFrame([place | {"label": label, "splits": 2} for label in ("ITQ", "KSH")])
        >>> fewer_words(points.assign(seeds=[3, 1]), "seeds")
        'On fewer seeds than its panel: KSH (a · a · a). '
    """
    among = [*SETTING, of] if of else list(SETTING)
    fewer = points[points[what] < points.groupby(among)[what].transform("max")]
    named = []
    for block, part in fewer.groupby(list(SETTING)):
        everywhere = of_block(points, block)["label"].value_counts()
        labels = [
            f"{label} at {', '.join(rows[of])}" if of and len(rows) < everywhere[label] else label
            for label, rows in part.groupby("label", sort=False)
        ]
        named.append(f"{', '.join(labels)} ({block_label(*block)})")
    than = f"others of its {of}" if of else "its panel"
    return f"On fewer {what} than {than}: {', '.join(named)}. " if named else ""


def legend_height(entries: int, text: str, columns: int = LEGEND_COLUMNS) -> float:
    """Inches that a legend of so many entries needs, with ``text`` above it."""
    return ROW * -(-entries // columns) + LINE * (1 + footnote(text).count("\n"))


def method_legend(figure: Figure, table: pd.DataFrame, shown: Sequence[str], text: str) -> None:
    """The legend of the methods ``shown`` of ``table`` (method, label), a row at a time, and of all others as one."""
    labels = dict(zip(table["method"], table["label"], strict=True))
    handles = [Line2D([], [], label=labels[word], **line(word)) for word in sorted(shown, key=method_order)]
    if others := len(labels.keys() - set(shown)):
        handles.append(Line2D([], [], label=f"{others} other methods", **OTHERS))
    columns = min(LEGEND_COLUMNS, len(handles))
    by_row = [handle for column in range(columns) for handle in handles[column::columns]]
    legend(figure, by_row, columns, text)


def legend(figure: Figure, handles: Sequence[Artist], columns: int, text: str) -> None:
    """The legend of a figure, below its panels and below ``text``, which says what a point is."""
    made = figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=columns,
        handlelength=3,
        columnspacing=1.2,
        title=footnote(text),
        title_fontsize=6.5,
    )
    made.get_title().set(color="#404040", multialignment="center")
    _fit(figure, made)


def footnote(text: str) -> str:
    """``text`` in lines that fit the page in letters of 6.5 points."""
    return "\n".join(textwrap.wrap(text, 125, break_on_hyphens=False))


def _fit(figure: Figure, made) -> None:
    """Smaller letters where long names would leave the page."""
    width = figure.get_window_extent().width
    while made.get_window_extent().width > width and (size := made.get_texts()[0].get_fontsize()) > 5:
        for entry in made.get_texts():
            entry.set_fontsize(size - 0.5)
