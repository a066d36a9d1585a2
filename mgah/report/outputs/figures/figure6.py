"""Figure 6: MGAH from four sides: single classes, fewer images, short codes, and its training.

(a) mAP of each unseen class alone, the classes from MGAH's best to its worst: some are far easier than others.
(b) mAP where training sees fewer images. (c) mAP with very short codes. (d) Loss by epoch (line), and the margin β that
the training raises from epoch to epoch (dashed). A panel's title names its data, which may differ between panels.
"""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mgah.report.aggregate import CELL, of_block, summarize, with_trained
from mgah.report.courses import with_course
from mgah.report.figure_words import name_vectors, paper_value_words, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import fewer_words, legend, line
from mgah.report.outputs.figures._panels import (
    band,
    curve_label,
    draw_curves,
    draw_paper,
    fewer_point_words,
    not_run,
    paper_points,
    point_words,
    sweep_points,
)
from mgah.report.paper.ablation import ours_in
from mgah.report.paper.datasets import FIGURE6_CLASSES, FIGURE6_TRAINING
from mgah.report.paper.line_up import METHOD
from mgah.report.paper.published import stand_ins
from mgah.report.style import (
    CURVES,
    FAINT,
    PAGE_WIDTH,
    block_label,
    headline_bits,
    in_line_up,
    method_order,
)
from mgah.report.wording import LEAKS, leak_words
from mgah.tables.keys import SETTING

#: Methods of one class stand side by side, this far to both sides of its place.
REACH = 0.38
#: Shading of a class that the backbone has met in no form.
CLEAN: dict[str, Any] = {"facecolor": "none", "edgecolor": "#d0d0d0", "hatch": "////", "linewidth": 0}


class Panel(NamedTuple):
    """What legend and footnote tell of a panel: its marks, its summarized points, the rows behind them, what parts.

    Attributes:
        handles: marks of the legend.
        points: what is drawn, summarized.
        rows: what is behind it: of scores, sweeps or a history.
        told: how its setting parts from that of the paper's values that it shows, or what its several lines are.
    """

    handles: Sequence[Artist]
    points: pd.DataFrame
    rows: pd.DataFrame
    told: str = ""


def draw(
    scores: pd.DataFrame,
    sweeps: pd.DataFrame,
    history: pd.DataFrame,
    semantics_notes: pd.DataFrame,
    reference: pd.DataFrame,
) -> Figure:
    """Figure 6, with the published values of Table 1 where b and c have its settings."""
    history = with_trained(history, scores)
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, 6.2), layout="constrained")
        FigureCanvasAgg(figure)
        grid = figure.add_gridspec(2, 3, height_ratios=[1.3, 1])
        b, c = "(b) training images", "(c) code length in bits"
        panels = [
            _class_panel(figure.add_subplot(grid[0, :]), scores, semantics_notes, reference),
            _sweep_panel(figure.add_subplot(grid[1, 0]), b, sweeps, "training", semantics_notes, reference),
            _sweep_panel(figure.add_subplot(grid[1, 1]), c, sweeps, "bits", semantics_notes, reference),
            _course_panel(figure.add_subplot(grid[1, 2]), history, scores, semantics_notes, reference),
        ]
        handles = {handle.get_label(): handle for panel in panels for handle in panel.handles}
        legend(figure, list(handles.values()), 5, _footnote(panels, semantics_notes, reference))
        return figure


def _footnote(panels: Sequence[Panel], semantics_notes: pd.DataFrame, reference: pd.DataFrame) -> str:
    """What a point is, which classes the backbones have met, what must be known of the datasets, and the marks."""
    points = pd.concat([panel.points for panel in panels])
    words = [point_words(points, "Bars and bands") if len(points) else "Nothing of it was run."]
    words += [fewer_words(panels[0].points, what, of="class") for what in ("splits", "seeds")]
    words += [
        fewer_point_words(panel.points, letter) for panel, letter in zip(panels[1:], "bcd", strict=True)
    ]
    rows = pd.concat([panel.rows for panel in panels])
    words += [leak_words(rows[rows["metric"].notna()]), setting_words(rows, semantics_notes, reference)]
    words += dict.fromkeys(panel.told for panel in panels)
    words += [f"{mark}: {LEAKS[mark]}" for mark in LEAKS if mark and mark in set(points["leak"])]
    return " ".join(filter(None, map(str.strip, words)))


def _chosen(rows: pd.DataFrame, scores: pd.DataFrame, dataset: str, reference: pd.DataFrame) -> pd.DataFrame:
    """The rows of one block, that with most methods in ``scores``: of ``dataset``, a stand-in of it, or else of any."""
    standing_in = {word for word, stands_for in stand_ins(reference).items() if stands_for == dataset}
    methods = scores.groupby(list(SETTING))["method"].nunique()
    for datasets in ({dataset}, standing_in, set(rows["dataset"])):
        part = rows[rows["dataset"].isin(datasets)]
        if not part.empty:
            there = sorted(set(part[list(SETTING)].itertuples(index=False, name=None)))
            return of_block(part, max(there, key=lambda block: methods.get(block, 0)))
    return rows


def _headline(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one code length, `mgah.report.style.headline_bits`."""
    coded = rows[rows["bits"].notna()]
    return coded if coded.empty else coded[coded["bits"] == headline_bits(coded["bits"])]


def _class_rows(scores: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Score rows of panel a: mAP of the line-up's methods on each unseen class."""
    of_classes = scores[(scores["metric"] == "mAP") & (scores["class"] != "")]
    of_classes = of_classes[of_classes["method"].map(in_line_up).astype(bool)]
    return _headline(_chosen(of_classes, of_classes, FIGURE6_CLASSES, reference))


def _class_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Summaries of panel a, and ``place``, int64: of the classes from the best to the worst of `_judge`."""
    points = summarize(rows, (*CELL, "class", "leak"))
    means = points[points["method"] == _judge(points)].set_index("class")["mean"].sort_index()
    best_first = means.sort_values(ascending=False, kind="stable").index
    names = [*best_first, *sorted(set(points["class"]) - set(best_first))]
    return points.assign(place=points["class"].map(names.index).astype("int64"))


def _judge(points: pd.DataFrame) -> str:
    """The method by which the classes are ordered: the paper's, or else the last of the line-up that was run."""
    return max(points["method"], key=lambda word: (word == METHOD, method_order(word)), default=METHOD)


def _class_panel(
    axes: Axes, scores: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame
) -> Panel:
    """The methods side by side at each class; a class that the backbone has met in no form is shaded."""
    rows = _class_rows(scores, reference)
    points = _class_points(name_vectors(rows, semantics_notes))
    if points.empty:
        axes.set_title("(a) unseen classes")
        not_run(axes)
        return Panel([], points, rows)
    classes = points.drop_duplicates("place").sort_values("place")
    handles = [*_side_by_side(axes, points), *_shade_clean(axes, classes)]
    _name_classes(axes, classes)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("mAP of the class")
    judge = points.loc[points["method"] == _judge(points), "label"].iloc[0]
    axes.set_xlabel(f"unseen classes, from the highest mAP of {judge} to its lowest")
    cell = points.iloc[0]
    axes.set_title(f"(a) unseen classes: {block_label(*cell[list(SETTING)])}, {cell['bits']} bits")
    return Panel(handles, points, rows)


def _side_by_side(axes: Axes, points: pd.DataFrame) -> list[Line2D]:
    """The marks of all methods, each beside the other at every class."""
    words = sorted(points["method"].unique(), key=method_order)
    shifts = np.linspace(-REACH, REACH, len(words)) if len(words) > 1 else [0.0]
    parts = [points[points["method"] == word].sort_values("place") for word in words]
    marks = zip(parts, words, shifts, strict=True)
    return [handle for part, word, shift in marks for handle in _class_marks(axes, part, word, shift)]


def _shade_clean(axes: Axes, classes: pd.DataFrame) -> list[Patch]:
    """Shade the clean ones of ``classes`` where others are not; their mark in the legend, if there are any."""
    clean = classes.loc[classes["leak"] == "clean", "place"]
    if len(clean) == len(classes):
        return []
    for place in clean:
        axes.axvspan(place - 0.5, place + 0.5, zorder=0, **CLEAN)
    return [Patch(label="clean class", **CLEAN)] if len(clean) else []


def _name_classes(axes: Axes, classes: pd.DataFrame) -> None:
    """The names below the axis, and lines between the classes."""
    labels = [_class_label(row["class"], row["leak"]) for _, row in classes.iterrows()]
    axes.set_xticks(classes["place"], labels)
    axes.tick_params(axis="x", length=0, rotation=0 if len(classes) <= 12 else 90)
    axes.set_xticks(np.arange(1, len(classes)) - 0.5, minor=True)
    axes.grid(False, axis="x", which="major")
    axes.grid(True, axis="x", which="minor")
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_xlim(-0.5, len(classes) - 0.5)


def _class_label(name: str, leak: str) -> str:
    """The class in narrow lines, and its leak mark below."""
    return "\n".join([*textwrap.wrap(name, 10), f"({leak})"] if leak else textwrap.wrap(name, 10))


def _class_marks(axes: Axes, part: pd.DataFrame, word: str, shift: float) -> list[Line2D]:
    """The marks of one method, with a bar where it has an interval."""
    look = line(word) | {"linestyle": "none"}
    known = part[part["low"].notna()]
    reach = [known["mean"] - known["low"], known["high"] - known["mean"]]
    bars = {"fmt": "none", "ecolor": look["color"], "elinewidth": 0.7, "zorder": 1.5}
    axes.errorbar(known["place"] + shift, known["mean"], reach, **bars)
    return axes.plot(part["place"] + shift, part["mean"], label=part["label"].iloc[0], **look)


def _sweep_panel(
    axes: Axes,
    title: str,
    sweeps: pd.DataFrame,
    parameter: str,
    semantics_notes: pd.DataFrame,
    reference: pd.DataFrame,
) -> Panel:
    """Curves of one varied number; what a curve is stands in the title, or in a legend where there are several."""
    rows = sweeps[sweeps["parameter"] == parameter]
    points = sweep_points(name_vectors(rows, semantics_notes), parameter)
    axes.set_title(title)
    if points.empty:
        not_run(axes)
        return Panel([], points, rows)
    lines = draw_curves(axes, points)
    marks = draw_paper(axes, paper_points(points, parameter, reference), rows, reference)
    values = sorted(points["x"].unique())
    axes.set_xticks(values, [f"{v / 1000:g}k" if values[-1] >= 1000 else f"{v:g}" for v in values])
    axes.set_xlabel(title.partition(" ")[2])
    axes.set_ylim(0, 1.05 * axes.get_ylim()[1])
    axes.set_ylabel("mAP of unseen classes")
    if len(lines) == 1:
        _title(axes, title, str(lines[0].get_label()))
    else:
        axes.legend(handles=lines, fontsize=5.5)
    return Panel(marks, points, rows, paper_value_words(rows, reference) if marks else "")


def _course_rows(history: pd.DataFrame, scores: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """Rows of panel d: the history of MGAH's trainings."""
    rows = history[history["method"] == ours_in(history)]
    return _headline(_chosen(rows, scores, FIGURE6_TRAINING, reference))


def _course_points(rows: pd.DataFrame) -> pd.DataFrame:
    """Loss by epoch, ``x``, summarized over the runs of each course (`mgah.report.courses`), and ``beta``."""
    rows = with_course(rows).rename(columns={"loss": "value", "epoch": "x"})
    return summarize(rows, (*CELL, "course", "x", "beta"))


def _course_panel(
    axes: Axes,
    history: pd.DataFrame,
    scores: pd.DataFrame,
    semantics_notes: pd.DataFrame,
    reference: pd.DataFrame,
) -> Panel:
    """Loss on the left axis, beta on the right one."""
    rows = _course_rows(history, scores, reference)
    points = _course_points(name_vectors(rows, semantics_notes))
    title = "(d) course of the training"
    axes.set_title(title)
    if points.empty:
        not_run(axes)
        return Panel([], points, rows)
    look = line(METHOD) | {"markersize": 3}
    courses = [course for _, course in points.groupby("course")]
    for course in courses:
        axes.plot(course["x"], course["mean"], **look)
        band(axes, course, look["color"])
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel("loss (equation 9)")
    axes.set_ylim(bottom=0)
    _growing_margin(axes.twinx(), courses)
    _title(axes, title, curve_label(tuple(points.iloc[0][list(CELL)])))
    told = "(d) has a line for each way in which trainings raise β from epoch to epoch."
    return Panel([], points, rows, told if len(courses) > 1 else "")


def _growing_margin(axes: Axes, courses: Sequence[pd.DataFrame]) -> None:
    for course in courses:
        axes.plot(course["x"], course["beta"], color=FAINT, linestyle=CURVES[1])
    axes.set_ylabel("β (dashed)", color=FAINT)
    axes.set_ylim(bottom=0)
    axes.grid(False)
    axes.spines["right"].set_visible(True)


def _title(axes: Axes, title: str, label: str) -> None:
    """The title of a narrow panel above what its one curve is, broken at a dot."""
    head, _, tail = label.rpartition(" · ")
    axes.set_title("\n".join(filter(None, (title, head, tail))), fontsize=7)
