"""All means of a run in one table that filters and sorts: DataTables by the package itables, without a network."""

import base64
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import itables
import pandas as pd
from itables.javascript import get_itables_extension_arguments

from mgah.report.aggregate import CELL, summarize
from mgah.report.order import in_method_order
from mgah.report.style import METRICS, block_label
from mgah.tables.keys import SETTING

#: Columns that a reader chooses from, and the rest; `SOURCE` is among the former where there are several runs.
CHOSEN = ("Method", "Data", "Bits", "Metric")
SOURCE = "Source"
NUMBERS = ("Mean", "±", "Splits", "Seeds")
#: Metrics in this order, then the others by name.
_FIRST = ("mAP", "P@H<=2", "seen_mAP", "harmonic_mean")


@dataclass(frozen=True)
class Interactive:
    """What the page needs for a table: DataTables' arguments as JSON, its script and style, and the table's classes.

    The first three are packed with gzip, as base64: they are more than half of a page otherwise. ``file`` is the tidy
    table behind it.
    """

    arguments: str
    classes: str
    script: str
    style: str
    file: str


def cells(scores: pd.DataFrame) -> pd.DataFrame:
    """The columns `CHOSEN` and `NUMBERS`: a row a setting, method, code length and metric, of whole splits.

    ``±`` is half of the 95 % interval; numbers are texts of four decimals, empty where there is none. Scores of several
    runs have a column ``source``, and the table `SOURCE`.
    """
    whole = scores[scores["class"] == ""]
    source = ["source"] if "source" in scores else []
    summary = in_method_order(summarize(whole, (*CELL, "metric", *source)), SETTING)
    order = {metric: place for place, metric in enumerate(_FIRST)}
    summary = summary.assign(place=summary["metric"].map(order).fillna(len(order)))
    summary = summary.sort_values(["place", "metric"], kind="stable")
    table = pd.DataFrame(
        {
            "Method": summary["label"],
            "Data": _data(summary),
            "Bits": summary["bits"].astype("string").fillna(""),
            "Metric": summary["metric"].replace(METRICS).str.replace("_", " "),
            "Mean": summary["mean"].map(_number).astype(str),
            "±": (summary["high"] - summary["mean"]).map(_number).astype(str),
            "Splits": summary["splits"],
            "Seeds": summary["seeds"],
        }
    )
    if source:
        table.insert(1, SOURCE, summary["source"])
    return table


def _data(summary: pd.DataFrame) -> list[str]:
    """Each row's dataset, with its backbone and semantics where these are not the same in all rows."""
    same = {name: "" for name in SETTING[1:] if summary[name].nunique() == 1}
    blocks = summary[list(SETTING)].assign(**same).itertuples(index=False, name=None)
    return [block_label(*block) for block in blocks]


def _number(value: float) -> str:
    return "" if pd.isna(value) else f"{value:.4f}"


def scores_table(scores: pd.DataFrame) -> Interactive:
    """The table of `cells`; the same for the same scores."""
    shown = cells(scores)
    chosen = [place for place, name in enumerate(shown) if name in (*CHOSEN, SOURCE)]
    arguments, look = get_itables_extension_arguments(
        shown,
        maxBytes=0,
        showIndex=False,
        classes="display compact",
        layout={
            "top1": "searchPanes",
            "topStart": "info",
            "topEnd": "search",
            "bottomStart": "pageLength",
            "bottomEnd": "paging",
        },
        searchPanes={
            "columns": chosen,
            "layout": f"columns-{len(chosen)}",
            "viewCount": False,
            "controls": False,
            "orderable": False,
            "collapse": False,
        },
        language={"searchPanes": {"emptyMessage": "no codes"}},  # type: ignore[dict-item]
        pageLength=10,
        lengthMenu=[10, 25, 100, -1],
        scrollX=True,
        fixedColumns={"start": 1},
        order=[],
    )
    bundle = Path(itables.options.dt_bundle)
    return Interactive(
        arguments=_packed(json.dumps(arguments, sort_keys=True, ensure_ascii=False).encode()),
        classes=look["classes"],
        script=_packed(bundle.read_bytes()),
        style=_packed(bundle.with_suffix(".css").read_bytes()),
        file="leaderboard.csv" if SOURCE in shown else "scores.csv",
    )


def _packed(content: bytes) -> str:
    """``content`` packed with gzip, as base64."""
    return base64.b64encode(gzip.compress(content, mtime=0)).decode("ascii")
