"""Leads and features: what a method, and its parts, gain where the features are weak or strong.

A point is a setting, and its height is how far a method is above what it is set against there: above the zero line it
is better. Further right, the features of the setting's backbone are stronger: they have a higher mAP without any
coding. Each column shows one difference, in mAP above and in P@H<=2 below.
"""

import textwrap
from collections.abc import Iterable, Mapping
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from scipy.optimize import isotonic_regression

from mgah.errors import InputError
from mgah.evaluation.contrasts import METRICS
from mgah.evaluation.reference_lines import NO_CODING, REFERENCE_LINES
from mgah.methods.trained import FROZEN, TRAINED
from mgah.report.contrasts import against_words, heading_of, kind_of, over_splits, parts_of, whole
from mgah.report.figure_words import name_vectors, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import legend
from mgah.report.sizes import size_text
from mgah.report.style import FAINT, PAGE_WIDTH, RC, block_label, headline_bits
from mgah.report.style import METRICS as METRIC_WORDS
from mgah.tables.keys import SETTING

#: How the points of one kind look.
Look = Mapping[str, Any]
#: What was trained, and how its points look.
KINDS: dict[str, Look] = {
    FROZEN: {"marker": "o", "color": "#0077BB", "markerfacecolor": "white"},
    TRAINED["tail"]: {"marker": "^", "color": "#009988"},
    TRAINED["all"]: {"marker": "s", "color": "#CC3311"},
}
#: Marks and colors, each in turn, of what methods of one's own call otherwise.
OTHER_MARKS, OTHER_COLORS = "DvPX*", ("#EE7733", "#33BBEE", "#EE3377", "#332288")
#: The y axis spans at least this much, so that differences of a few thousandths look like what they are.
LEAST_SPAN = 0.04
#: Letters of a title that have room in the width of the figure.
LETTERS = 96
#: Points (of 1/72 inch) between the marks of one setting, and between the names of two.
_BESIDE, _APART = 4.0, 8.0
#: Height of the lines that lead to the names of the settings, as a share of a panel's.
_LEADER = 0.05


def draw(contrasts: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame) -> Figure:
    """A column a part, a row a metric, at the code length nearest to 32."""
    if contrasts.empty:
        raise InputError("there are no contrasts to show, expected at least one: list them in the config")
    rows = contrasts[contrasts["bits"] == headline_bits(contrasts["bits"])]
    points = whole(over_splits(name_vectors(rows, semantics_notes)))
    points = points.assign(kind=[kind_of(trained) for trained in points["trained"]], place=_names(points))
    parts, looks = parts_of(points), looks_of(points["kind"])
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, 5.4), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(METRICS), len(parts), sharex=True, sharey="row", squeeze=False)
        handles: dict[str, Any] = {}
        for metric, line in zip(METRICS, panels, strict=True):
            line[0].set_ylabel(f"difference in {METRIC_WORDS.get(metric, metric)}")
            line[0].set_ylim(_reach(points[points["metric"] == metric]))
            for axes, part in zip(line, parts, strict=True):
                shown = points[(points["part"] == part) & (points["metric"] == metric)]
                handles |= _panel(axes, shown, looks)
        _limit(panels[0, 0], points)
        for axes, letter, part in zip(panels[0], ascii_lowercase, parts, strict=False):
            axes.set_title(textwrap.fill(f"({letter}) {heading_of(part)}", LETTERS // len(parts)))
            _name_settings(axes, points[points["part"] == part], 0.8 * PAGE_WIDTH * 72 / len(parts))
        for axes in panels[-1]:
            axes.set_xlabel("mAP without coding")
        others = "The table of contrasts has other lengths. " if len(rows) < len(contrasts) else ""
        words = f"{_words(points, parts)} {others}{setting_words(rows, semantics_notes, reference)}"
        legend(figure, [handles[kind] for kind in looks if kind in handles], len(KINDS), words)
        return figure


def looks_of(kinds: Iterable[str]) -> dict[str, Look]:
    """How the points of each of ``kinds`` look, in the order of the legend: those of `KINDS`, then the others by name.

    Examples:
        >>> list(looks_of(["my rotation", "end to end", "frozen features", "end to end"]))
        ['frozen features', 'end to end', 'my rotation']
    """
    there = set(kinds)
    others = {
        kind: {"marker": OTHER_MARKS[i % len(OTHER_MARKS)], "color": OTHER_COLORS[i % len(OTHER_COLORS)]}
        for i, kind in enumerate(sorted(there - set(KINDS)))
    }
    return {kind: KINDS[kind] for kind in KINDS if kind in there} | others


def _names(points: pd.DataFrame) -> list[str]:
    """What each point's setting is called: its backbone, and what else differs between settings."""
    same = {name: "" for name in ("dataset", "semantics") if points[name].nunique() == 1}
    told = points[list(SETTING)].assign(**same)
    return [block_label(*block) for block in told.itertuples(index=False, name=None)]


def _panel(axes: Axes, points: pd.DataFrame, looks: Mapping[str, Look]) -> dict[str, ErrorbarContainer]:
    """Draw the points of one part and metric, a series a kind; the marks of one setting stand side by side."""
    axes.grid(visible=False, axis="x")
    axes.axhline(0, color=FAINT, linewidth=0.8, zorder=1)
    for x in points["strength"].unique():
        axes.axvline(x, color=RC["grid.color"], linewidth=0.6, zorder=0)
    kinds = [kind for kind in looks if kind in set(points["kind"])]
    several = points["place"].duplicated(keep=False)
    drawn = {}
    for (kind, beside), shown in points.groupby(["kind", several], sort=False):
        aside = _BESIDE * (kinds.index(kind) - (len(kinds) - 1) / 2) / 72 if beside else 0
        drawn[kind] = axes.errorbar(
            shown["strength"],
            shown["difference"],
            [shown["difference"] - shown["low"], shown["high"] - shown["difference"]],
            transform=axes.transData + ScaledTranslation(aside, 0, axes.figure.dpi_scale_trans),
            linestyle="none",
            elinewidth=0.9,
            label=kind or "not told",
            zorder=3,
            **looks[kind],
        )
    return drawn


def _limit(axes: Axes, points: pd.DataFrame) -> None:
    """The x axis of all panels: all strengths, and some room beside them."""
    low, high = points["strength"].min(), points["strength"].max()
    if pd.notna(low):
        room = 0.08 * (high - low) or 0.01
        axes.set_xlim(low - room, high + room)


def _reach(points: pd.DataFrame) -> tuple[float, float]:
    """The y axis of all panels of one metric: 0, all points and their bars, and some room beside them."""
    shown = points[["difference", "low", "high"]]
    low, high = (0 if pd.isna(end) else end for end in (shown.min(axis=None), shown.max(axis=None)))
    low, high = min(low, 0), max(high, 0)
    room = max(0.08 * (high - low), (LEAST_SPAN - high + low) / 2)
    return low - room, high + room


def _name_settings(axes: Axes, points: pd.DataFrame, width: float) -> None:
    """Each setting's name above a panel of ``width`` points; names of near ones are moved apart, lines lead to them."""
    strengths = points.groupby("place")["strength"].mean().dropna().sort_values(kind="stable")
    if strengths.empty:
        return
    low, high = axes.get_xlim()
    steps = _APART / width * (high - low) * np.arange(len(strengths))
    spread = isotonic_regression(strengths.to_numpy() - steps).x + steps
    for strength, x in zip(strengths, spread, strict=True):
        axes.plot(
            [strength, x],
            [1, 1 + _LEADER],
            color=FAINT,
            linewidth=0.5,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
        )
    names = axes.secondary_xaxis("top")
    names.set_xticks(spread, strengths.index, rotation=90, fontsize=6)
    names.tick_params(length=0, pad=7)
    names.spines[:].set_visible(False)


def _words(points: pd.DataFrame, parts: list[str]) -> str:
    """What a point is, what is not drawn, and which methods each part sets against each other."""
    shown = points[points["metric"] == METRICS[0]]
    bars = "Bars: 95 % Student t interval over splits" if points["low"].notna().any() else ""
    none = "One split has no interval" if (points["splits"] == 1).any() else ""
    lacking = int(points[["difference", "strength"]].isna().any(axis=1).sum())
    told = [
        f"{points['bits'].iloc[0]} bits, {size_text(points)}",
        "A point: mean over splits of a method minus what it is set against, of several the best on each split",
        bars,
        none,
        f"x: mAP of {REFERENCE_LINES[NO_CODING]} on the backbone's features, not trained here, on the same splits",
        "Marks of one setting stand side by side" if points["kind"].nunique() > 1 else "",
        f"Undefined and not drawn: {lacking} of {len(points)} points" if lacking else "",
        *(
            f"({letter}) {'; '.join(_pairs(shown[shown['part'] == part]))}"
            for letter, part in zip(ascii_lowercase, parts, strict=False)
        ),
    ]
    return ". ".join(filter(None, told)) + "."


def _pairs(points: pd.DataFrame) -> list[str]:
    """Each method and what it is set against, in words, once."""
    return list(dict.fromkeys(f"{row['label']} − {against_words(row)}" for _, row in points.iterrows()))
