"""The page's first picture: mAP of all methods in the settings with most methods, from best to worst."""

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.evaluation.reference_lines import NO_CODING
from mgah.report.aggregate import of_block
from mgah.report.look import look
from mgah.report.outputs.figures._lines import line
from mgah.report.paper.line_up import METHOD
from mgah.report.style import FAINT, block_label, dataset_label
from mgah.tables.keys import SETTING

#: What it is called.
TITLE = "mAP of unseen classes, method by method"
#: As many settings are shown, those with most methods.
PANELS = 3
#: Inches: a panel's width among others and alone, a row, and what stands above and below the rows.
WIDTH, ALONE, ROW, FRAME = 3.5, 5.5, 0.23, 1.1
#: How much of its color what is not ranked keeps.
PALE = 0.4
#: Letters of a method's name in a line.
LETTERS = 22


def overview(headline: pd.DataFrame) -> Figure | None:
    """The picture of `mgah.report.page.findings.headline`; None where no setting has two methods to compare."""
    parts = _parts(headline)
    if not parts:
        return None
    rows = max(len(part) for _, part in parts)
    with look():
        width = WIDTH * len(parts) if len(parts) > 1 else ALONE
        figure = Figure(figsize=(width, ROW * rows + FRAME), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(parts), squeeze=False)[0]
        for axes, (block, part) in zip(panels, parts, strict=True):
            _panel(axes, part, rows)
            _without_coding(axes, block, headline)
            dataset, *setting = block
            bits = f"{int(part['bits'].iloc[0])} bits"
            axes.set_title("\n".join((dataset_label(dataset), block_label("", *setting), bits)))
        return figure


def _parts(headline: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    """The settings that are shown, and the methods of each."""
    coded = headline[headline["bits"].notna() & headline["mean"].notna()]
    parts = [(block, part) for block, part in coded.groupby(list(SETTING), sort=True) if len(part) > 1]
    return sorted(parts, key=lambda found: -len(found[1]))[:PANELS]


def words(headline: pd.DataFrame, shown: Figure) -> str:
    """What the picture shows."""
    settings, panels = headline.groupby(list(SETTING)).ngroups, len(shown.axes)
    others = f" Shown are the {panels} of {settings} settings with most methods." if panels < settings else ""
    scales = " Each panel has its own scale." if panels > 1 else ""
    pale = any((part["fewer"] != "").any() for _, part in _parts(headline))
    fewer = " Pale, at the bottom: on fewer splits or seeds, and so not ranked." if pale else ""
    return (
        "Mean average precision (mAP) of queries of unseen classes, best at the top; higher is better. Bars: 95 % "
        "interval over splits, or seeds; one run has none. Bold: the paper's method; gray: controls, which a method "
        "should be above. Dashed line: the backbone's features compared as they are, "
        f"without codes.{fewer}{others}{scales}"
    )


def _panel(axes: Axes, part: pd.DataFrame, rows: int) -> None:
    part = part.assign(ranked=part["fewer"] == "")
    ordered = part.sort_values(["ranked", "mean", "method"], ascending=[True, True, False], ignore_index=True)
    first = rows - len(ordered)  # panels with fewer methods end at the same height
    for place, row in ordered.iterrows():
        look = line(row["method"]) | {"linestyle": "none", "alpha": None if row["ranked"] else PALE}
        if pd.notna(row["high"]):
            bar = max(row["low"], 0), min(row["high"], 1)
            looks = {key: look[key] for key in ("color", "alpha")}
            axes.plot(bar, [place + first] * 2, **looks, linewidth=0.9, solid_capstyle="butt")
        axes.plot(row["mean"], place + first, **look)
    labels = [_name(label, fewer) for label, fewer in zip(ordered["label"], ordered["fewer"], strict=True)]
    axes.set_yticks(range(first, rows), labels, fontsize=7, linespacing=0.9)
    for text, word in zip(axes.get_yticklabels(), ordered["method"], strict=True):
        text.set_fontweight("bold" if word == METHOD else "normal")
    axes.set_ylim(-0.6, rows - 0.4)
    axes.set_xlabel("mAP")
    axes.tick_params(axis="y", length=0)


def _name(label: str, fewer: str) -> str:
    """A method's name in lines, what it has fewer of in lines of their own."""
    lines = [*textwrap.wrap(label, LETTERS, break_long_words=False), *textwrap.wrap(fewer, LETTERS)]
    return "\n".join(line.strip() for line in lines)


def _without_coding(axes: Axes, block: tuple, headline: pd.DataFrame) -> None:
    rows = of_block(headline, block)
    for value in rows.loc[rows["method"] == NO_CODING, "mean"].dropna():
        axes.axvline(value, color=FAINT, linestyle="--", linewidth=0.9, zorder=1)
    axes.set_xlim(0, min(1, 1.05 * axes.get_xlim()[1]))
