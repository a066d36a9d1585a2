"""Every published number beside ours: the difference, whether it lies inside our interval, and the order of methods."""

from collections import defaultdict

import pandas as pd

from mgah.metrics.statistics import rank_agreement
from mgah.report.full import Size, fewer_words, full_among, full_size
from mgah.report.grid import blocks, cells, sizes, trained_column, trained_words
from mgah.report.order import in_method_order
from mgah.report.outputs.base import METHOD_COLUMN, Frame, Note, Table
from mgah.report.paper.ablation import with_beta_one
from mgah.report.paper.published import comparable, published
from mgah.report.style import METRICS, block_label
from mgah.report.wording import MISSING, dataset_notes, leak_notes, paper_notes, run_notes, stand_in_words
from mgah.tables.keys import SETTING

NOTES = (
    "Difference: ours minus the published value. Ours is the mean over splits of the mean over seeds, with "
    "the 95 % Student t interval over splits, or over seeds where there is one split. The paper gives no "
    "interval, and no number of splits or seeds.",
    "Inside: whether the published value lies in our interval. It says nothing where the setting differs, and "
    "the interval is of our splits alone.",
    "Order: Kendall's tau-b between the paper's order of methods and ours by their means, 1 the same order "
    "and -1 the reverse, with its exact p against no relation. Descriptive only: so few methods decide "
    "little, and means within each other's intervals have no order.",
)
#: What the heading of an order adds where it leaves out methods on fewer splits or seeds.
FULL_ALONE = "Of the methods on all splits and seeds."
_COLUMNS = [
    "table",
    "metric",
    *SETTING,
    "method",
    "label",
    "bits",
    "trained",
    "published",
    "ours",
    "low",
    "high",
    "difference",
]
_COLUMNS += ["inside", "reason", "methods", "tau_b", "tau_p"]
#: What the tidy table says of an order has no method.
_ORDER = ["methods", "tau_b", "tau_p"]


def build(
    scores: pd.DataFrame, ablations: pd.DataFrame, reference: pd.DataFrame, notes: pd.DataFrame
) -> Table:
    """The numbers of ``reference`` beside ours, of Table 3 those of ``ablations``; see `mgah.report.outputs.base`."""
    frames, data = [], []
    runs = defaultdict(lambda: scores, table3=with_beta_one(ablations))
    for table, metric in sorted(set(zip(reference["table"], reference["metric"], strict=True)), key=_place):
        for block, rows in blocks(comparable(runs[table], reference, table)):
            paper = published(reference, table, metric, block[1:2])
            found = cells(rows, paper, metric).assign(table=table, metric=metric)
            found = found[found["published"].notna()]
            if found["runs"].notna().any():
                name = f"{table[:-1].capitalize()} {table[-1]}, {METRICS.get(metric, metric)}: {block_label(*block)}"
                text = f"{sizes(found)}.{trained_words(found)}{stand_in_words(block[:1], reference)}"
                parting = tuple(note.text for note in paper_notes(rows, reference, table))
                size = full_size(found, rows["split"].nunique())
                ranked = _ranked(found, size.splits)
                numbers, order = _numbers(found), _order(found, ranked)
                alone = "" if len(ranked) == found["mean"].notna().sum() else f"\n{FULL_ALONE}"
                frames += [
                    Frame(f"{name}\n{text}", _cells(numbers, size), block, notes=parting),
                    Frame(f"{name}, order of methods{alone}", _order_cells(order), block),
                ]
                data += [numbers, order]
    if not frames:
        frames = [
            Frame(
                "Nothing to compare", pd.DataFrame({"Dataset": ["the paper has no number for these scores"]})
            )
        ]
        data = [pd.DataFrame(columns=_COLUMNS)]
    told: tuple[str | Note, ...] = (
        *NOTES,
        *dataset_notes(scores),
        *leak_notes(scores),
        *run_notes(scores, notes),
    )
    tidy = (
        pd.concat(data, ignore_index=True)
        .reindex(columns=_COLUMNS)
        .astype({"bits": "Int64", "methods": "Int64"})
    )
    return Table("The paper's numbers and ours", told, tuple(frames), tidy)


def _place(published_metric: tuple[str, str]) -> tuple:
    """Tables in the paper's order, mAP before other metrics."""
    table, metric = published_metric
    return table, metric != "mAP", metric


def _numbers(part: pd.DataFrame) -> pd.DataFrame:
    """One row a (method, bits) that the paper has, run or not."""
    inside = (part["low"] <= part["published"]) & (part["published"] <= part["high"])
    reason = part["runs"].isna().map({True: "not run", False: ""}).mask(part["undefined"] > 0, "undefined")
    part = part.rename(columns={"mean": "ours"}).assign(reason=reason)
    return part.assign(
        difference=part["ours"] - part["published"],
        inside=inside.map({True: "yes", False: "no"}).where(part["low"].notna(), ""),
    )


def _ranked(part: pd.DataFrame, splits: int) -> pd.DataFrame:
    """The cells of ``part`` that have a place in an order: the full ones of each code length."""
    full = [here[full_among(here, here, splits)] for _, here in part.groupby("bits", sort=True)]
    return pd.concat(full).dropna(subset="mean")


def _order(part: pd.DataFrame, ranked: pd.DataFrame) -> pd.DataFrame:
    """One row a code length of ``part``: how many are ``ranked``, which both have, Kendall's tau-b and its p."""
    rows = []
    for bits in sorted(part["bits"].unique()):
        both = ranked[ranked["bits"] == bits]
        tau, p = rank_agreement(both["published"], both["mean"])
        rows.append({"bits": bits, "methods": len(both), "tau_b": tau, "tau_p": p})
    place = part[["table", "metric", *SETTING]].iloc[0].to_dict()
    return pd.DataFrame(rows, columns=["bits", *_ORDER]).assign(**place)


def _cells(numbers: pd.DataFrame, size: Size) -> pd.DataFrame:
    numbers = in_method_order(numbers, after=["bits"])
    return pd.DataFrame(
        {
            METHOD_COLUMN: numbers["label"],
            **trained_column(numbers),
            "Bits": numbers["bits"].astype(str),
            "Paper": numbers["published"].map("{:.4f}".format),
            "Ours": [_ours(row, size) for _, row in numbers.iterrows()],
            "Difference": [MISSING if pd.isna(value) else f"{value:+.3f}" for value in numbers["difference"]],
            "Inside": [value or MISSING for value in numbers["inside"]],
        }
    )


def _ours(row: pd.Series, size: Size) -> str:
    """Ours with its interval; a cell on fewer splits or seeds than ``size`` says so."""
    if row["reason"]:
        return f"n/a ({row['reason']})"
    text = f"{row['ours']:.3f}"
    text += f" [{row['low']:.3f}, {row['high']:.3f}]" if pd.notna(row["low"]) else " (one run)"
    return f"{text}{fewer_words(row, size)}"


def _order_cells(order: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Bits": order["bits"].astype(str),
            "Methods": order["methods"].astype(str),
            "tau-b": [MISSING if pd.isna(value) else f"{value:.2f}" for value in order["tau_b"]],
            "p": [MISSING if pd.isna(value) else f"{value:.3f}" for value in order["tau_p"]],
            "In words": [_words(row) for _, row in order.iterrows()],
        }
    )


def _words(row: pd.Series) -> str:
    if row["methods"] < 4 or pd.isna(row["tau_b"]):
        return "too few methods to speak of an order"
    agreement = (
        "agree" if row["tau_b"] > 0 else "disagree" if row["tau_b"] < 0 else "neither agree nor disagree"
    )
    strength = "" if row["tau_b"] == 0 else "strongly " if abs(row["tau_b"]) >= 0.7 else "weakly "
    return f"the orders {agreement} {strength}".strip() + "; descriptive only"
