"""What figures of studies share: curves with a band, a panel without data, and what their footnotes say."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from mgah.report.aggregate import CELL, summarize
from mgah.report.order import in_method_order
from mgah.report.outputs.figures._lines import line
from mgah.report.paper.published import published, stand_ins
from mgah.report.style import CURVES, FAINT, block_label, dataset_label
from mgah.tables.keys import SETTING
from mgah.tables.scores import whole_split

#: How a value of the paper looks beside a curve.
PAPER: dict[str, Any] = {
    "color": FAINT,
    "linestyle": "none",
    "markerfacecolor": "none",
    "alpha": 0.8,
}
#: Of the values for one dataset and the next.
PAPER_MARKERS = "Ds^v"
#: More points of a curve than this are not named one by one.
NAMED = 6
#: What one curve of a sweep is.
CURVE = (*SETTING, "method", "label", "bits")


def sweep_points(sweeps: pd.DataFrame, parameter: str, metric: str = "mAP") -> pd.DataFrame:
    """The summarized points of the curves of one parameter (`mgah.report.aggregate.summarize`), ``x`` float64.

    Where the code length is varied, it is no part of what a curve is. Of a run that several sweeps share, one counts.
    """
    rows = whole_split(sweeps[sweeps["parameter"] == parameter], metric)
    rows = rows.assign(x=rows["setting"].astype("float64"))
    if parameter == "bits":
        rows = rows.assign(bits=pd.array([pd.NA] * len(rows), dtype="Int64"))
    point = (*CELL, "default", "x")
    rows = rows.drop_duplicates([*point, "split", "seed"])
    return in_method_order(summarize(rows, point))


def curves(points: pd.DataFrame) -> list[tuple[tuple, int, pd.DataFrame]]:
    """Each curve of a panel: what it is (`CURVE`), its place among its method's, and its points by x."""
    found, places = [], dict[str, int]()
    for key, curve in points.groupby(list(CURVE), sort=False, dropna=False):
        word = key[CURVE.index("method")]
        found.append((key, places.setdefault(word, 0), curve.sort_values("x")))
        places[word] += 1
    return found


def curve_label(key: tuple) -> str:
    """What a curve is, in words."""
    *block, _, label, bits = key
    return f"{label}, {block_label(*block)}" + ("" if pd.isna(bits) else f", {bits} bits")


def draw_curves(axes: Axes, points: pd.DataFrame) -> list[Line2D]:
    """Draw each curve and, where its points have intervals, a band; an undefined point leaves a gap."""
    lines = []
    for key, place, curve in curves(points):
        look = line(key[CURVE.index("method")], place)
        lines += axes.plot(curve["x"], curve["mean"], label=curve_label(key), **look)
        band(axes, curve, look["color"])
    return lines


def band(axes: Axes, curve: pd.DataFrame, color: str) -> None:
    """The interval of each point of a curve, where it has any."""
    known = curve[curve["low"].notna()]
    if not known.empty:
        axes.fill_between(known["x"], known["low"], known["high"], color=color, alpha=0.15, linewidth=0)


def mark_defaults(axes: Axes, points: pd.DataFrame) -> None:
    """A dotted line at the value that the other fits of the run have."""
    for default in sorted(set(points["default"]) - {""}, key=float):
        axes.axvline(float(default), color=FAINT, linestyle=CURVES[2], linewidth=1, zorder=1)


def paper_points(points: pd.DataFrame, parameter: str, reference: pd.DataFrame) -> pd.DataFrame:
    """Published values of Table 1 at those settings of a sweep that it has: ``dataset``, ``x``, ``published``."""
    key = ["dataset", "backbone", "method", "bits"]
    if points.empty:
        return pd.DataFrame(columns=["dataset", "x", "published"]).astype(
            {"x": "float64", "published": "float64"}
        )
    if parameter == "bits":
        at = points.assign(bits=points["x"].astype("Int64"))
    else:
        at = points[pd.to_numeric(points["default"]) == points["x"]]
    paper = published(reference, "table1", "mAP", points["backbone"])
    return at[[*key, "x"]].merge(paper, on=key)[["dataset", "x", "published"]].drop_duplicates()


def draw_paper(
    axes: Axes, published_points: pd.DataFrame, rows: pd.DataFrame, reference: pd.DataFrame
) -> list[Line2D]:
    """Faint marks of `paper_points`, of each dataset others.

    They name the paper's dataset where ``rows`` are of a stand-in, or of several datasets.
    """
    if published_points.empty:
        return []
    stands_for = stand_ins(reference)
    datasets = sorted(rows["dataset"].unique())
    lines = []
    for dataset, points in published_points.groupby("dataset"):
        named = len(datasets) > 1 or dataset in stands_for
        of = f" for {dataset_label(stands_for.get(dataset, dataset))}" if named else ""
        mark = PAPER | {"marker": PAPER_MARKERS[datasets.index(dataset) % len(PAPER_MARKERS)]}
        label = f"the paper's value{of} (Table 1)"
        lines += axes.plot(points["x"], points["published"], label=label, **mark)
    return lines


def split_words(rows: pd.DataFrame) -> str:
    """Which splits ``rows`` are of, a sentence with a space behind it; empty where there are none.

    Examples:
        >>> split_words(pd.DataFrame({"dataset": "digits", "split": ["three", "three"]}))
        'Split: three. '
        >>> split_words(pd.DataFrame({"dataset": ["digits", "cifar10"], "split": ["three", "cat"]}))
        'Splits of CIFAR-10: cat; of digits: three. '
    """
    if rows.empty:
        return ""
    by_dataset = {name: sorted(part["split"].unique()) for name, part in rows.groupby("dataset")}
    if len(by_dataset) > 1:
        told = [f"of {dataset_label(name)}: {', '.join(splits)}" for name, splits in by_dataset.items()]
        return f"Splits {'; '.join(told)}. "
    (splits,) = by_dataset.values()
    return f"{'Split' if len(splits) == 1 else 'Splits'}: {', '.join(splits)}. "


def fewer_point_words(points: pd.DataFrame, letter: str) -> str:
    """Which points of the panel ``letter`` rest on fewer splits, or seeds, than others of it; empty where none does.

    Args:
        points: `CURVE`, ``x``, splits and seeds of each point.
        letter: of the panel.

    Returns:
        Sentences with a space behind each.
    """
    told = ""
    for what in ("splits", "seeds"):
        fewer = points[points[what] < points[what].max()]
        named = [f"{curve_label(key)} at {_listed(curve['x'])}" for key, _, curve in curves(fewer)]
        told += f"On fewer {what} than others of ({letter}): {'; '.join(named)}. " if named else ""
    return told


def _listed(values: pd.Series) -> str:
    """Each of ascending ``values``; of many, such as the epochs of a training, the first and the last."""
    texts = [f"{value:g}" for value in values]
    return f"{texts[0]} to {texts[-1]}" if len(texts) > NAMED else ", ".join(texts)


def not_run(axes: Axes) -> None:
    """Say in a panel that its data was not run, in place of axes that show nothing."""
    axes.text(
        0.5, 0.5, "not run", transform=axes.transAxes, ha="center", va="center", color=FAINT, fontsize=9
    )
    axes.set(xticks=[], yticks=[])


def point_words(points: pd.DataFrame, what: str) -> str:
    """What a point is, and what ``what`` (Bands, Bars) shows, for a footnote; which points are not drawn."""
    kinds = [kind for kind in ("splits", "seeds") if (points["interval"] == kind).any()]
    text = "Mean over splits of the mean over seeds. "
    text += f"{what}: 95 % Student t interval over {' or '.join(kinds)}. " if kinds else ""
    text += "One run has none. " if kinds and (points["interval"] == "none").any() else ""
    text += "" if kinds else "One run a point: there is no interval. "
    lacking = int(points["mean"].isna().sum())
    return text + (f"Undefined and not drawn: {lacking} of {len(points)} points. " if lacking else "")
