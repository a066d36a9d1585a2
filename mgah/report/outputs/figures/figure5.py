"""Figure 5: how mAP depends on three settings of MGAH: L, α and λ.

Each panel varies one number and leaves the others as they are (dotted line: the value that all other fits have). L is
the width of the layer before the code; α is the share of the fixed graph in the joint graph; λ is the share of an
image's own code against those of its neighbors. A flat curve says that the choice hardly matters.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator, StrMethodFormatter

from mgah.report.figure_words import name_vectors, paper_value_words, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import legend, legend_height
from mgah.report.outputs.figures._panels import (
    draw_curves,
    draw_paper,
    fewer_point_words,
    mark_defaults,
    not_run,
    paper_points,
    point_words,
    split_words,
    sweep_points,
)
from mgah.report.style import CURVES, FAINT, PAGE_WIDTH
from mgah.report.wording import leak_words

#: Parameter and what its axis is called.
PANELS = {
    "latent": "L, width of the latent layer",
    "alpha": "α, share of the fixed graph",
    "lambda_": "λ, share of the code itself",
}
#: Of the panels, in their order.
LETTERS = "abc"
#: The y axis spans at least this much mAP, so that differences of a few thousandths look like what they are.
LEAST_SPAN = 0.04
#: Inches of the figure, at least, and of its panels with their headings and axes.
HEIGHT, PANEL_HEIGHT = 2.9, 2.0
LEGEND_COLUMNS = 2


def draw(sweeps: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame) -> Figure:
    """Figure 5 of ``sweeps``, with the published value of Table 1 at the settings that the paper has there."""
    rows = sweeps[sweeps["parameter"].isin(PANELS)]
    shown = name_vectors(rows, semantics_notes)
    points = {parameter: sweep_points(shown, parameter) for parameter in PANELS}
    paper = {parameter: paper_points(points[parameter], parameter, reference) for parameter in PANELS}
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, HEIGHT), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(PANELS))
        lines: dict[str, Line2D] = {}
        for axes, letter, parameter in zip(panels, LETTERS, PANELS, strict=True):
            axes.set_title(f"({letter}) {PANELS[parameter]}")
            if points[parameter].empty:
                not_run(axes)
                continue
            made = _panel(axes, parameter, points[parameter])
            made += draw_paper(axes, paper[parameter], rows, reference)
            lines |= {str(line.get_label()): line for line in made}
        _share_y(panels, pd.concat([*points.values(), *paper.values()]))
        told = [_footnote(points, rows), setting_words(rows, semantics_notes, reference)]
        told += [paper_value_words(rows, reference)] if any(map(len, paper.values())) else []
        handles = [*lines.values(), *_default_handle(pd.concat(points.values()))]
        text = " ".join(filter(None, told))
        figure.set_figheight(max(HEIGHT, PANEL_HEIGHT + legend_height(len(handles), text, LEGEND_COLUMNS)))
        legend(figure, handles, LEGEND_COLUMNS, text)
        return figure


def _panel(axes: Axes, parameter: str, points: pd.DataFrame) -> list[Line2D]:
    lines = draw_curves(axes, points)
    mark_defaults(axes, points)
    values = sorted(points["x"].unique())
    if parameter == "latent":
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_locator(FixedLocator(values))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_xlim(-0.05, 1.05)
    axes.set_xlabel({"latent": "L", "alpha": "α", "lambda_": "λ"}[parameter])
    return lines


def _share_y(panels: list[Axes], points: pd.DataFrame) -> None:
    """One y axis for all panels with data, over all points, bands and published values."""
    shown = points[["mean", "low", "high", "published"]]
    low, high = shown.min(axis=None), shown.max(axis=None)
    drawn = [axes for axes in panels if axes.lines]
    for axes in drawn:
        axes.tick_params(labelleft=axes is drawn[0])
        if pd.notna(low):
            middle, reach = (low + high) / 2, max(0.55 * (high - low), LEAST_SPAN / 2)
            axes.set_ylim(max(0, middle - reach), min(1, middle + reach))
    if drawn:
        drawn[0].set_ylabel("mAP of unseen classes")


def _default_handle(points: pd.DataFrame) -> list[Line2D]:
    """What a dotted line is, where there is one."""
    label = "value of the other fits"
    mark = Line2D([], [], color=FAINT, linestyle=CURVES[2], linewidth=1, label=label)
    return [mark] if points["default"].ne("").any() else []


def _footnote(points: dict[str, pd.DataFrame], sweeps: pd.DataFrame) -> str:
    shown = pd.concat(points.values())
    if shown.empty:
        return "No sweep of these parameters was run."
    fewer = "".join(map(fewer_point_words, points.values(), LETTERS))
    words = f"{point_words(shown, 'Bands')}{split_words(sweeps)}{fewer}{leak_words(sweeps)}"
    return words if points["latent"].empty else f"{words} Another L starts from other random weights."
