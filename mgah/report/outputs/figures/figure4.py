"""Figure 4: how similar images of one training batch are to each other, in three graphs.

A square compares two images: bright is similar. The fixed graph (a) knows only the classes, by the similarity of their
semantic vectors; the attention graph (b) is learned from the images themselves; the joint graph (c) mixes both, and is
the one that MGAH passes codes along. Images are sorted by class, so that squares on the diagonal are of one class.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mgah.errors import InputError
from mgah.report.figure_words import name_vectors, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import footnote
from mgah.report.style import PAGE_WIDTH, block_label
from mgah.tables.graphs import asymmetry, matrix

TITLES = {
    "fixed": "(a) fixed graph $S_f$",
    "attention": "(b) attention graph $S_a$",
    "joint": "(c) joint-semantics graph $S$",
}
#: From dark to light also in gray, and the same order of colors to color-blind readers.
COLORS = "cividis"


def draw(graphs: pd.DataFrame, semantics_notes: pd.DataFrame, reference: pd.DataFrame) -> Figure:
    """Heat maps on one color scale; the others tell what must be known of the setting."""
    if graphs.empty:
        raise InputError(
            "there are no similarity graphs to show, expected those of a training of MGAH: run it in an experiment"
        )
    classes = graphs.drop_duplicates("row").sort_values("row")["row_class"].tolist()
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, 4.1), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(1, len(TITLES))
        # attention by softmax can be above 1
        matrices = {name: matrix(graphs, name) for name in TITLES}
        highest = max(1.0, *(float(np.max(values)) for values in matrices.values()))
        maps = []
        for place, (axes, (name, title)) in enumerate(zip(panels, TITLES.items(), strict=True)):
            maps.append(axes.imshow(matrices[name], cmap=COLORS, vmin=0, vmax=highest, interpolation="none"))
            axes.set_title(title, parse_math=True)
            _name_classes(axes, classes, rows=place == 0)
        figure.colorbar(maps[-1], ax=panels, location="bottom", shrink=0.5, aspect=40, label="similarity")
        words = footnote(
            _words(
                graphs,
                setting_words(graphs, semantics_notes, reference),
                semantics_notes,
            )
        )
        below = figure.legend(handles=[], loc="outside lower center", title=words, title_fontsize=6.5)
        below.get_title().set(color="#404040", multialignment="center")
        return figure


def _name_classes(axes: Axes, classes: list[str], rows: bool) -> None:
    """Each class once, in the middle of its images, and lines between classes."""
    begins = [i for i, name in enumerate(classes) if i == 0 or classes[i - 1] != name]
    ends = [*begins[1:], len(classes)]
    middles = [(begin + end - 1) / 2 for begin, end in zip(begins, ends, strict=True)]
    names = [classes[begin].replace("+", " ") for begin in begins]
    for edge in begins[1:]:
        axes.axhline(edge - 0.5, color="white", linewidth=0.4)
        axes.axvline(edge - 0.5, color="white", linewidth=0.4)
    axes.set_xticks(middles, names, rotation=90, fontsize=5.5)
    axes.set_yticks(middles, names if rows else [], fontsize=5.5)
    if not rows:
        axes.set_yticks([])
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)


def _words(graphs: pd.DataFrame, told: str, semantics_notes: pd.DataFrame) -> str:
    """Whose graphs these are, how far S is from its transpose, and what is ``told`` of the setting."""
    cell, images = name_vectors(graphs, semantics_notes).iloc[0], graphs["row"].max() + 1
    place = block_label(cell["dataset"], cell["backbone"], cell["semantics"])
    return (
        f"{cell['label']}, {cell['bits']} bits, {place}, split {cell['split']}, after training. Shown are {images} "
        "images of the last full batch: classes were drawn at random until their images filled the picture, so that "
        "the last class may lack some. S need not be symmetric: the largest difference between the similarity of two "
        f"images one way and the other, |S − Sᵀ|, is {asymmetry(graphs, 'joint'):.4f}. {told}"
    )
