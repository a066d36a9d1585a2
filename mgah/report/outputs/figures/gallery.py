"""Retrieved images: what each method finds first for a query of an unseen class.

The large image at the left is the query, the row beside it the images of the database that are nearest to it by Hamming
distance. An image of the query's class has a solid blue frame and a check mark, any other a dashed orange frame and a
cross. Queries were drawn at random, not picked.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from mgah.errors import InputError
from mgah.report.aggregate import with_trained
from mgah.report.figure_words import name_vectors, setting_words
from mgah.report.look import look
from mgah.report.outputs.figures._lines import LINE, footnote
from mgah.report.style import PAGE_WIDTH, block_label, method_order
from mgah.tables.keys import SETTING

#: Frame, dashes and mark of an image of the query's class, and of another class.
RIGHT, WRONG = ("#0072B2", "-", "✓"), ("#D55E00", (0, (3, 1.2)), "✗")
#: Inches: a found image and its name, the query, where found images begin, and spaces.
IMAGE, NAME, QUERY, LEFT = 0.47, 0.12, 0.95, 1.33
STEP, BETWEEN, HEAD = (PAGE_WIDTH - LEFT) / 10, 0.12, 0.32
LETTERS = 11


def draw(
    gallery: pd.DataFrame,
    thumbnails: pd.DataFrame,
    scores: pd.DataFrame,
    semantics_notes: pd.DataFrame,
    reference: pd.DataFrame,
) -> Figure:
    """A block of rows a query, a row a method; the others tell what must be known of the settings."""
    if gallery.empty:
        raise InputError("the gallery has no rows: make it of codes before drawing it")
    images = _images(gallery, thumbnails)
    words = footnote(
        _words(gallery) + setting_words(with_trained(gallery, scores), semantics_notes, reference)
    )
    gallery = name_vectors(gallery, semantics_notes)
    blocks = list(gallery.groupby(list(SETTING), sort=True))
    height = sum(HEAD + _queries(part)[0] * _height(part) for _, part in blocks)
    height += LINE * (2 + words.count("\n"))
    with look():
        figure = Figure(figsize=(PAGE_WIDTH, height))
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, PAGE_WIDTH), ylim=(height, 0))  # places are inches from the top left
        axes.set_axis_off()
        top = 0.0
        for block, part in blocks:
            axes.text(
                PAGE_WIDTH / 2, top + HEAD / 2, block_label(*block), ha="center", va="center", fontsize=8
            )
            top += HEAD
            for _, rows in part.groupby(["split", "query_class", "query_id"], sort=True):
                _query(axes, rows, images, top)
                top += _height(part)
        axes.text(PAGE_WIDTH / 2, top, words, ha="center", va="top", fontsize=6.5, color="#404040")
        return figure


def _images(gallery: pd.DataFrame, thumbnails: pd.DataFrame) -> dict[tuple[str, int], np.ndarray]:
    """The thumbnails by dataset and image id, all that ``gallery`` shows among them."""
    images = {(row.dataset, row.id): _pixels(row.pixels) for row in thumbnails.itertuples()}
    ids = pd.concat([gallery["id"], gallery["query_id"]])
    shown = set(zip(pd.concat([gallery["dataset"]] * 2), ids, strict=True))
    for dataset, image in sorted(shown - images.keys()):
        raise InputError(f"there is no thumbnail of {dataset} {image}: make gallery and thumbnails in one go")
    return images


def _pixels(stored: bytes) -> np.ndarray:
    """A thumbnail, uint8 (side, side, 3)."""
    flat = np.frombuffer(stored, np.uint8)
    side = round((len(flat) / 3) ** 0.5)
    return flat.reshape(side, side, 3)


def _queries(part: pd.DataFrame) -> tuple[int, int]:
    """Number of queries and of methods."""
    return len(part.drop_duplicates(["split", "query_id"])), part["method"].nunique()


def _height(part: pd.DataFrame) -> float:
    """Inches of one query with the rows of all methods."""
    return max(_queries(part)[1] * (IMAGE + NAME), QUERY + NAME) + BETWEEN


def _query(axes: Axes, rows: pd.DataFrame, images: dict, top: float) -> None:
    """One query at the left, and a row of found images for each method."""
    first = rows.iloc[0]
    _image(axes, images[first["dataset"], first["query_id"]], 0.06, top, QUERY)
    name = f"query: {_name(first['query_class'], 20)}"
    axes.text(0.06 + QUERY / 2, top + QUERY + 0.02, name, ha="center", va="top", fontsize=5.5)
    labels = dict(zip(rows["method"], rows["label"], strict=True))
    for word in sorted(labels, key=method_order):
        axes.text(
            LEFT - 0.1, top + IMAGE / 2, labels[word], ha="center", va="center", fontsize=6.5, rotation=90
        )
        for _, found in rows[rows["method"] == word].sort_values("rank").iterrows():
            _found(axes, images[found["dataset"], found["id"]], found, LEFT + STEP * (found["rank"] - 1), top)
        top += IMAGE + NAME


def _found(axes: Axes, pixels: np.ndarray, found: pd.Series, left: float, top: float) -> None:
    """One found image with its frame, its mark and its class."""
    color, dashes, mark = RIGHT if found["right"] else WRONG
    _image(axes, pixels, left, top, IMAGE)
    frame = Rectangle((left, top), IMAGE, IMAGE, fill=False, edgecolor=color, linestyle=dashes, linewidth=1.4)
    axes.add_patch(frame)
    name = f"{mark} {_name(found['class'], LETTERS)}"
    axes.text(left + IMAGE / 2, top + IMAGE + 0.02, name, ha="center", va="top", fontsize=5, color=color)


def _image(axes: Axes, pixels: np.ndarray, left: float, top: float, side: float) -> None:
    axes.imshow(pixels, extent=(left, left + side, top + side, top), interpolation="none", aspect="auto")


def _name(word: str, most: int) -> str:
    """A class as people write it, cut where it is long."""
    word = word.replace("+", " ")
    return word if len(word) <= most else word[: most - 1] + "…"


def _words(gallery: pd.DataFrame) -> str:
    return (
        f"Queries of unseen classes with the first {gallery['rank'].max()} images of the database by Hamming distance, "
        f"{gallery['bits'].iloc[0]} bits. Classes and queries are drawn by the seed, not picked by what is found; "
        "images at equal distance are in an order drawn by the seed, for all methods the same. "
        f"{RIGHT[2]} and a solid frame: the query's class; {WRONG[2]} and a dashed frame: another class. "
        "Table 1 marks classes that the backbone may have seen. "
    )
