"""Confusion: which classes are found near queries of each unseen class.

A bar parts the images nearest to the queries of one class by their own classes: first, dark, the query's class, so that
a long dark part is good; then the three classes that are found in its place most often; then all others together. The
white line shows how long the dark part would be in a random order.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from mgah.errors import InputError
from mgah.report.aggregate import of_block, run_means, with_trained
from mgah.report.figure_words import name_vectors, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import fewer_words, footnote
from mgah.report.style import PAGE_WIDTH, block_label, method_order
from mgah.tables.keys import SETTING

#: Classes with a part of their own, beside the query's.
NAMED = 3
#: From dark to light: the own class, the named ones, all others. Also apart in gray.
COLORS = ("#332288", "#E69F00", "#F2C45A", "#F8E0A6", "#F4F4F4")
#: Inches: a bar, the space between classes, the space of a panel's title and axis.
BAR, GAP, HEAD = 0.145, 0.08, 0.55


def draw(
    confusion: pd.DataFrame, scores: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame
) -> Figure:
    """A panel a dataset; ``scores``, ``semantics_notes`` and ``reference`` tell what must be known of the settings."""
    if confusion.empty:
        raise InputError("there are no shares: make them of codes before drawing confusion")
    told = setting_words(with_trained(confusion, scores), semantics_notes, reference)
    confusion = name_vectors(confusion, semantics_notes)
    words = _words(confusion) + _fewer(confusion) + told
    shares = _shares(confusion)
    chance = _means(confusion, [*SETTING, "query_class", "class"], "database_share")
    blocks = list(shares.groupby(list(SETTING), sort=True))
    heights = [_height(part) for _, part in blocks]
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, sum(heights) + HEAD * len(blocks) + 0.75), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(blocks), 1, squeeze=False, gridspec_kw={"height_ratios": heights})[:, 0]
        for axes, (block, part) in zip(panels, blocks, strict=True):
            own = of_block(chance, block)
            own = own[own["class"] == own["query_class"]].set_index("query_class")["mean"]
            _panel(axes, part, own, _height(part))
            axes.set_title(block_label(*block))
        panels[-1].set_xlabel(f"share of the {confusion['top'].iloc[0]} nearest images")
        _legend(figure, words)
        figure.draw_without_rendering()
        for axes in panels:
            _move_long_names(axes)
        return figure


def _shares(confusion: pd.DataFrame) -> pd.DataFrame:
    """``mean``, over splits, of each class's share around queries of a class; ``unseen``: in any of these splits."""
    cell = [*SETTING, "query_class", "class"]
    unseen = confusion.groupby(cell, as_index=False)["unseen"].any()
    return _means(confusion, [*cell, "method", "label"], "share").merge(unseen, on=cell)


def _means(confusion: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    return run_means(confusion.rename(columns={value: "value"}), by)


def _height(part: pd.DataFrame) -> float:
    """Inches of the bars of one panel."""
    classes, methods = part["query_class"].nunique(), part["method"].nunique()
    return classes * (methods * BAR + GAP)


def _panel(axes: Axes, part: pd.DataFrame, chance: pd.Series, height: float) -> None:
    """Bars of one dataset from top to bottom; places are inches."""
    labels = dict(zip(part["method"], part["label"], strict=True))
    words = sorted(labels, key=method_order)
    ticks, place = [], GAP / 2
    for name, rows in sorted(part.groupby("query_class"), key=lambda group: group[0].lower()):
        axes.text(-0.105, place + BAR * len(words) / 2, _name(name), ha="right", va="center", fontsize=6.5)
        for word in words:
            middle, found = place + BAR / 2, rows[rows["method"] == word]
            if found.empty:
                axes.text(0.008, middle, "n/a (not run)", va="center", fontsize=5)
            else:
                _bar(axes, found, name, middle)
                axes.plot([chance[name]] * 2, [place, place + 0.9 * BAR], color="white", linewidth=0.9)
            ticks.append((middle, labels[word]))
            place += BAR
        place += GAP
    axes.set_yticks([middle for middle, _ in ticks], [label for _, label in ticks], fontsize=5.5)
    axes.set_ylim(height, 0)
    axes.set_xlim(0, 1)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.spines[["left"]].set_visible(False)


def _bar(axes: Axes, rows: pd.DataFrame, own: str, middle: float) -> None:
    """The parts of one bar: the own class, the most frequent others, the rest."""
    ordered = rows.sort_values(["mean", "class"], ascending=[False, True])
    others = ordered[ordered["class"] != own].head(NAMED)
    parts = [("", rows.loc[rows["class"] == own, "mean"].sum(), False)]
    parts += [
        (_name(name), share, unseen) for name, share, unseen in others[["class", "mean", "unseen"]].to_numpy()
    ]
    parts.append(("", 1 - sum(share for _, share, _ in parts), False))
    colors = [COLORS[0], *COLORS[1 : len(parts) - 1], COLORS[-1]]
    begin = 0.0
    for (name, share, unseen), color in zip(parts, colors, strict=True):
        axes.barh(middle, share, 0.9 * BAR, left=begin, color=color, edgecolor="white", linewidth=0.4)
        style = "italic" if unseen else "normal"
        axes.text(
            begin + share / 2, middle, name, ha="center", va="center", fontsize=5, style=style, clip_on=True
        )
        begin += share


def _move_long_names(axes: Axes) -> None:
    """A name that is wider than its part of the bar stands behind the named parts, with the others of its bar."""
    behind: dict[float, list[str]] = {}
    for text, bar in zip([text for text in axes.texts if text.get_clip_on()], axes.patches, strict=True):
        if text.get_window_extent().width > 0.95 * bar.get_window_extent().width:
            behind.setdefault(text.get_position()[1], []).append(text.get_text())
            text.set_visible(False)
    ends = {
        bar.get_y() + bar.get_height() / 2: bar.get_x() for bar in axes.patches if isinstance(bar, Rectangle)
    }  # the last part of each bar
    for middle, end in ends.items():
        names = next((names for place, names in behind.items() if abs(place - middle) < BAR / 2), [])
        axes.text(end + 0.008, middle, ", ".join(names), va="center", fontsize=5, color="#404040")


def _name(word: str) -> str:
    """A class as people write it."""
    return word.replace("+", " ")


def _legend(figure: Figure, words: str) -> None:
    """What the parts of a bar are."""
    names = ("own class", *(f"{number} most frequent other" for number in ("", "2nd", "3rd")), "all others")
    handles = [Patch(facecolor=color, edgecolor="#808080", linewidth=0.4) for color in COLORS]
    made = figure.legend(
        handles,
        [name.strip() for name in names],
        loc="outside lower center",
        ncols=len(names),
        title=footnote(words),
        title_fontsize=6.5,
        fontsize=6.5,
    )
    made.get_title().set(color="#404040", multialignment="center")


def _fewer(confusion: pd.DataFrame) -> str:
    """Which bars rest on fewer splits or seeds than others of their class, in sentences; seeds: fewest of any split."""
    bar = [*SETTING, "query_class", "method", "label"]
    seeds = confusion.groupby([*bar, "split"], as_index=False)["seed"].nunique()
    bars = seeds.groupby(bar, as_index=False).agg(splits=("split", "nunique"), seeds=("seed", "min"))
    bars = bars.assign(**{"class": bars["query_class"].map(_name)})
    return "".join(fewer_words(bars, what, of="class") for what in ("splits", "seeds"))


def _words(confusion: pd.DataFrame) -> str:
    return (
        f"{confusion['bits'].iloc[0]} bits. Expected shares over the random order of equal distances; means over the "
        "queries of an unseen class, then over seeds and splits. White line: the own class's share of the database, "
        "which a random order gives. Italic: another class that is unseen, in "
        "one of the splits at least. Names that do not fit follow in their order. Table 1 marks classes that the "
        "backbone may have seen. "
    )
