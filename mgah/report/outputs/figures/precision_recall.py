"""Precision against recall: what a larger Hamming radius finds, a panel a setting.

A curve follows the radius from 0 bits, at its left end, to the whole code: more of the query's class is found (recall),
and more that is not (precision falls). The mark on a curve is radius 2, that of Figure 3; higher and further right is
better. A query that finds nothing at a radius has precision 0 there, so that curves begin low.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.errors import InputError
from mgah.report.aggregate import CELL, of_block, summarize, with_trained
from mgah.report.figure_words import name_vectors, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._chosen import chosen, compared, rule_words
from mgah.report.outputs.figures._lines import (
    fewer_words,
    legend_height,
    look_of,
    method_legend,
    panel_title,
)
from mgah.report.style import PAGE_WIDTH, headline_bits, method_order
from mgah.tables.keys import SETTING

RADIUS = 2
COLUMNS = 3
LEAST_RECALL = 1e-4


def draw(
    curves: pd.DataFrame, scores: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame
) -> Figure:
    """The curves of the code length nearest to 32 bits; the others tell what must be known of the settings."""
    if curves.empty:
        raise InputError("there are no curves: score codes before drawing precision_recall")
    bits = headline_bits(curves["bits"])
    curves = curves[curves["bits"] == bits]
    told = _footnote(bits) + setting_words(with_trained(curves, scores), semantics_notes, reference)
    curves = name_vectors(curves, semantics_notes)
    means = {name: _summary(curves, name) for name in ("precision", "recall")}
    points = means["recall"][[*CELL, "radius", "mean", "splits", "seeds", "runs"]].rename(
        columns={"mean": "recall"}
    )
    points["precision"] = means["precision"]["mean"]
    points, left = compared(points)
    shown = chosen(at_radius(points).rename(columns={"precision": "mean"}))
    by = f"their mean precision at radius {RADIUS}"
    fewer = "".join(fewer_words(at_radius(points), what) for what in ("splits", "seeds"))
    told = f"{rule_words(points, shown, by)}{left}{fewer}{told}"
    blocks = list(points.groupby(list(SETTING), sort=True))
    columns = min(COLUMNS, len(blocks))
    rows = -(-len(blocks) // columns)
    with look():
        height = 3.0 * rows + 0.3 + legend_height(len(shown) + 1, told)
        figure = Figure(figsize=(PAGE_WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        for place, (block, part) in enumerate(blocks):
            axes = figure.add_subplot(rows, columns, place + 1)
            marks = {name: of_block(at_radius(table), block) for name, table in means.items()}
            _panel(axes, part, marks, shown, first=place % columns == 0)
            axes.set_title(panel_title(block, part))
        method_legend(figure, points, shown, told)
        return figure


def _summary(curves: pd.DataFrame, name: str) -> pd.DataFrame:
    return summarize(curves.rename(columns={name: "value"}), [*CELL, "radius"])


def at_radius(summary: pd.DataFrame) -> pd.DataFrame:
    """The rows of radius 2."""
    return summary[summary["radius"] == RADIUS]


def _panel(
    axes: Axes, part: pd.DataFrame, marks: dict[str, pd.DataFrame], shown: Sequence[str], first: bool
) -> None:
    """Curves of one setting; those ``shown`` have a mark."""
    curves = dict(list(part.groupby("method")))
    for word in sorted(curves, key=method_order):
        curve, look = curves[word].sort_values("radius"), look_of(word, shown)
        axes.plot(curve["recall"], curve["precision"], **look | {"marker": ""})
        if word not in shown:
            continue
        precision, recall = (marks[name][marks[name]["method"] == word] for name in ("precision", "recall"))
        axes.errorbar(
            recall["mean"],
            precision["mean"],
            yerr=_reach(precision),
            xerr=_reach(recall),
            fmt="none",
            ecolor=look["color"],
            elinewidth=0.6,
            alpha=0.6,
            zorder=look["zorder"],
        )
        axes.plot(recall["mean"], precision["mean"], **look | {"linestyle": "", "zorder": 5})
    axes.set_xscale("log")
    axes.set_xlim(LEAST_RECALL, 1)
    axes.set_xticks([1e-3, 1e-2, 1e-1, 1], ["0.001", "0.01", "0.1", "1"])  # none where two panels meet
    axes.set_ylim(0, None)
    axes.set_xlabel("recall")
    if first:
        axes.set_ylabel("precision")


def _reach(mark: pd.DataFrame) -> list[pd.Series]:
    """Length of both arms of an interval, cut at 0 and 1; nothing where there is none."""
    arms = mark["mean"] - mark["low"].clip(lower=0), mark["high"].clip(upper=1) - mark["mean"]
    return [arm.fillna(0) for arm in arms]


def _footnote(bits: int) -> str:
    """What a curve and its marker are."""
    return (
        f"{bits} bits. A curve runs over the Hamming radius from 0, at its left end, to {bits}; its marker is radius "
        f"{RADIUS}, with the 95 % Student t interval over splits (or seeds) of both means. Means over queries, then "
        "over seeds and splits; an empty ball has precision 0. Recall is on a logarithmic scale; what lies below "
        f"{LEAST_RECALL:g} is not drawn. Each panel has its own vertical scale. Table 1 marks classes that the "
        "backbone may have seen. "
    )
