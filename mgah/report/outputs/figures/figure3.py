"""Figure 3: P@H<=2 against code length, a panel a setting.

Of all images within two bits of a query's code, the share that shows the query's class (P@H<=2): higher is better. The
narrow panels below tell why long codes fall: the share of queries that find nothing that near, which count 0 above.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.errors import InputError
from mgah.report.aggregate import of_block, summarize
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
from mgah.report.style import METRICS, PAGE_WIDTH, block_label, method_order, method_style
from mgah.report.wording import leak_words
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split

METRIC = "P@H<=2"
COLUMNS = 3
#: Methods of one code length stand side by side: step and farthest place, where lengths are 1 apart.
STEP, FARTHEST = 0.035, 0.24


def draw(scores: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame) -> Figure:
    """Figure 3 of ``scores``; the paper prints no numbers for it, the others tell which data stands in."""
    told = f"{leak_words(scores)} {setting_words(scores[scores['bits'].notna()], semantics_notes, reference)}"
    scores = name_vectors(scores, semantics_notes)
    summary, left = compared(summarize(_with_codes(scores, METRIC)))
    empty = summarize(_with_codes(scores, "empty_ball_share"))
    if summary.empty:
        raise InputError(
            f"the scores have no rows of {METRIC} with a code length: score codes before drawing figure3"
        )
    blocks = list(summary.groupby(list(SETTING), sort=True))
    columns = min(COLUMNS, len(blocks))
    rows = -(-len(blocks) // columns)
    shown = chosen(summary)
    told = f"{rule_words(summary, shown)}{left}{_footnote(summary)}{told}".strip()
    with look():
        height = 3.2 * rows + 0.4 + legend_height(len(shown) + 1, told)
        figure = Figure(figsize=(PAGE_WIDTH, height), layout="constrained")
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(2 * rows, columns, height_ratios=[3.2, 1] * rows)
        for i, (block, part) in enumerate(blocks):
            row, column = divmod(i, columns)
            upper = figure.add_subplot(grid[2 * row, column])
            lower = figure.add_subplot(grid[2 * row + 1, column], sharex=upper)
            _panel(upper, part, shown, first=column == 0)
            _empty_panel(lower, of_block(empty, block), part, shown, first=column == 0)
            upper.set_title(panel_title(block, part))
        method_legend(figure, summary, shown, told)
        return figure


def _with_codes(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    rows = whole_split(scores, metric)
    return rows[rows["bits"].notna()]


def _top(part: pd.DataFrame) -> float:
    """End of a panel's y axis: a little above the highest point or bar, at most 1."""
    highest = part[["mean", "high"]].max(axis=None)
    return min(1.0, 1.05 * highest) if highest > 0 else 1.0


def _panel(axes: Axes, part: pd.DataFrame, shown: Sequence[str], first: bool) -> None:
    """Curves of one setting; those ``shown`` have an error bar, cut to [0, 1], at every point with an interval."""
    places = _places(part, shown)
    for word, curve in _curves(part):
        x = _x(part, curve, places.get(word, 0))
        axes.plot(x, curve["mean"], **look_of(word, shown))
        known = curve["low"].notna().to_numpy()
        if known.any() and word in shown:
            bars = curve[known]
            reach = [bars["mean"] - bars["low"].clip(lower=0), bars["high"].clip(upper=1) - bars["mean"]]
            style = method_style(word)
            axes.errorbar(
                x[known],
                bars["mean"],
                reach,
                fmt="none",
                ecolor=style.color,
                elinewidth=0.7,
                alpha=0.75,
                zorder=1.5,
            )
    axes.set_ylim(0, _top(part))
    axes.tick_params(labelbottom=False)
    if first:
        axes.set_ylabel(METRICS[METRIC])


def _empty_panel(
    axes: Axes, empty: pd.DataFrame, part: pd.DataFrame, shown: Sequence[str], first: bool
) -> None:
    """Share of queries with nothing within distance 2, of the same methods at the same places."""
    places, there = _places(part, shown), set(part["method"])
    for word, curve in _curves(empty):
        if word in there:
            look = look_of(word, shown) | {"markersize": 2.5}
            axes.plot(_x(part, curve, places.get(word, 0)), curve["mean"], **look)
    lengths = _lengths(part)
    axes.set_xticks(range(len(lengths)), [str(length) for length in lengths])
    axes.set_xlim(-0.4, len(lengths) - 0.6)
    axes.set_ylim(-0.06, 1.06)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(labelleft=first)
    axes.set_xlabel("bits")
    if first:
        axes.set_ylabel("empty balls")


def _curves(part: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    curves = {word: curve.sort_values("bits") for word, curve in part.groupby("method")}
    return [(word, curves[word]) for word in sorted(curves, key=method_order)]


def _places(part: pd.DataFrame, shown: Sequence[str]) -> dict[str, float]:
    """A small shift of each method ``shown``, so that error bars of one code length do not hide each other."""
    words = [word for word, _ in _curves(part) if word in shown]
    reach = min(FARTHEST, STEP * (len(words) - 1) / 2)
    return dict(zip(words, np.linspace(-reach, reach, len(words)).tolist(), strict=True))


def _lengths(part: pd.DataFrame) -> list[int]:
    return sorted(map(int, part["bits"].unique()))


def _x(part: pd.DataFrame, curve: pd.DataFrame, shift: float) -> np.ndarray:
    lengths = _lengths(part)
    return np.array([lengths.index(length) + shift for length in curve["bits"] if length in lengths])


def _footnote(summary: pd.DataFrame) -> str:
    """What a point and a bar are, and which points are missing or rest on fewer splits or seeds than their panel."""
    kinds = [kind for kind in ("splits", "seeds") if (summary["interval"] == kind).any()]
    text = "Mean over splits of the mean over seeds; an empty ball counts 0. "
    text += "Each panel has its own vertical scale. " if summary.groupby(list(SETTING)).ngroups > 1 else ""
    text += f"Bars: 95 % Student t interval over {' or '.join(kinds)}, cut at 0 and 1. " if kinds else ""
    text += "A bar shorter than its marker is hidden. " if kinds else ""
    text += "One run has no bar. " if (summary["interval"] == "none").any() else ""
    splits = summary.groupby(list(SETTING))["splits"].transform("max")
    for what, points in (
        ("Undefined and not drawn", summary[summary["mean"].isna()]),
        ("On fewer splits than its panel", summary[summary["splits"] < splits]),
    ):
        named = [
            f"{row['label']} at {row['bits']} bits ({block_label(*row[list(SETTING)])})"
            for _, row in points.iterrows()
        ]
        text += f"{what}: {', '.join(named)}. " if named else ""
    return text + fewer_words(summary, "seeds")
