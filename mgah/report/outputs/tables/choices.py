"""What the choice of settings on seen classes brought on the unseen ones: each chosen method less its default."""

import pandas as pd

from mgah.metrics.statistics import sign_flip_p
from mgah.report.aggregate import of_block, run_means
from mgah.report.grid import bits_words
from mgah.report.order import in_method_order
from mgah.report.outputs.base import METHOD_COLUMN, Frame, Note, Table
from mgah.report.outputs.tables.significance import interval_text, number_text
from mgah.report.paper.claims.evidence import common_runs, less, of_run
from mgah.report.paper.claims.judging import paired
from mgah.report.sizes import size_columns, size_notes, size_text
from mgah.report.style import METRICS, block_label
from mgah.report.wording import MISSING, dataset_notes, stand_in_marks, without_words
from mgah.tables.comparisons import development_splits
from mgah.tables.keys import SETTING

#: Where rows differ in what was compared.
SIZES_NOTE = (
    "Where rows differ in the splits and seeds that both entries have, a row says on how many it is. Seeds: the fewest "
    "of any of its splits."
)
#: What is compared; each has a frame of its own.
COMPARED = ("mAP", "P@H<=2")
NOTES = (
    "A row is one method at one code length: the entry whose setting was chosen on each split's seen classes less the "
    "entry with the default, on the splits and seeds that both have. How the choice was made and which settings were "
    "tried: in the table hyperparameters, of a run that makes it.",
    "The unseen classes of a split had no part in its choice, so the difference is what the choice brings on them. "
    "On a split that kept the default the two are one training, and the difference is 0.",
    "Interval: 95 % Student t over the units, splits or unseen classes, by the rule of the table significance. p: "
    "two-sided sign flips of the units, not adjusted for the number of rows. Won: units on which the chosen setting is "
    "above.",
)
DEVELOPMENT_NOTE = (
    "Defaults were chosen by a look at the unseen classes of development splits, where a choice on seen classes has a "
    "harder stand: all is given also without them."
)
_KEY = [*SETTING, "method", "label", "default"]
_COLUMNS = [
    *_KEY,
    "bits",
    "metric",
    "without",
    "default_mean",
    "chosen_mean",
    "difference",
    "low",
    "high",
    "p",
]
_COLUMNS += ["unit", "units", "won", "changed", "splits", "seeds"]
_HEADINGS = (METHOD_COLUMN, "Bits", "Default", "Chosen", "Difference", "Won", "p", "Another setting on")


def build(
    selections: pd.DataFrame, scores: pd.DataFrame, comparisons: pd.DataFrame, reference: pd.DataFrame
) -> Table:
    """The table of ``selections`` and ``scores``; ``comparisons`` say which splits are development splits.

    See `mgah.report.outputs.base`.
    """
    pairs = in_method_order(selections[_KEY].drop_duplicates(), SETTING)
    found = [
        row
        for pair in pairs.to_dict("records")
        for row in _rows(pair, selections, scores, development_splits(comparisons, pair["dataset"]))
    ]
    data = pd.DataFrame(found, columns=_COLUMNS)
    frames = _frames(data, reference)
    if not frames:
        frames = [
            Frame(
                "Nothing was chosen, or no default was run beside it", pd.DataFrame(columns=list(_HEADINGS))
            )
        ]
    told: tuple[str | Note, ...] = (
        *NOTES,
        *([DEVELOPMENT_NOTE] if data["without"].any() else []),
        *size_notes(frames, SIZES_NOTE),
        *_without_default(pairs),
        *_without_pairs(pairs, data, scores),
        *dataset_notes(scores),
    )
    return Table("What the choice of settings brought", told, tuple(frames), data)


def _rows(pair: dict, selections: pd.DataFrame, scores: pd.DataFrame, development: list[str]) -> list[dict]:
    """A row a code length, metric and set of splits: all of them, and those that are no development splits."""
    block = [pair[name] for name in SETTING]
    here = of_block(scores, block)
    chosen, default = (here[here["method"] == pair[name]] for name in ("method", "default"))
    taken = of_block(selections, block)
    taken = taken[(taken["method"] == pair["method"]) & taken["chosen"] & (taken["trial"] > 0)]
    rows = []
    for left_out in [[], development] if set(chosen["split"]) & set(development) else [[]]:
        first, second = (part[~part["split"].isin(left_out)] for part in (chosen, default))
        for metric in COMPARED:
            for bits in sorted(set(chosen["bits"].dropna())):
                row = _difference(
                    of_run(first, pair["method"], bits, metric),
                    of_run(second, pair["default"], bits, metric),
                    set(taken["split"]),
                )
                place = {"bits": bits, "metric": metric, "without": " ".join(left_out)}
                rows += [pair | place | row] if row else []
    return rows


def _difference(chosen: pd.DataFrame, default: pd.DataFrame, changed: set[str]) -> dict[str, object]:
    """The paired difference of two methods' runs of one metric at one code length; empty where they share none."""
    chosen, default = common_runs(chosen, default)
    if chosen.empty:
        return {}
    values = less([chosen], [default])
    difference, low, high = paired(values.tolist())
    seeds = chosen.groupby("split")["seed"].nunique()
    return {
        "default_mean": _mean(default),
        "chosen_mean": _mean(chosen),
        "difference": difference,
        "low": low,
        "high": high,
        "p": float(sign_flip_p(values.to_numpy())),
        "unit": {"split": "splits", "class": "classes"}[str(values.index.name)],
        "units": len(values),
        "won": int((values > 0).sum()),
        "changed": len(changed & set(seeds.index)),
        "splits": len(seeds),
        "seeds": int(seeds.min()),
    }


def _mean(runs: pd.DataFrame) -> float:
    """The mean over splits of the mean over seeds; NaN as soon as one run is undefined."""
    return float(run_means(runs[runs["class"] == ""], ["method"])["mean"].iloc[0])


def _frames(data: pd.DataFrame, reference: pd.DataFrame) -> list[Frame]:
    """A frame a block, metric and set of splits."""
    frames = []
    for (*block, metric, without), part in data.groupby([*SETTING, "metric", "without"], sort=False):
        left_out = without_words(without.split())
        units = " or ".join(sorted(set(part["unit"]), reverse=True))  # splits before classes
        text = f"{size_text(part)}; units: {units}. "
        text += stand_in_marks(block[:1], reference)
        caption = f"{block_label(*block)}: {METRICS.get(metric, metric)}, chosen less default{left_out}\n{text.strip()}"
        frames.append(Frame(caption, _cells(part), tuple(block)))
    return frames


def _cells(part: pd.DataFrame) -> pd.DataFrame:
    """The rows for people; with their units and seeds where they differ."""
    rows = [
        (
            row["label"],
            bits_words(row["bits"]),
            number_text(row["default_mean"]),
            number_text(row["chosen_mean"]),
            interval_text(row),
            MISSING if pd.isna(row["difference"]) else f"{row['won']}/{row['units']}",
            MISSING if pd.isna(row["p"]) else f"{row['p']:.4f}",
            f"{row['changed']}/{row['splits']} splits",
        )
        for _, row in part.iterrows()
    ]
    cells = pd.DataFrame(rows, columns=list(_HEADINGS))
    for name, texts in size_columns(part).items():
        cells.insert(cells.columns.get_loc("Won"), name, texts.tolist())
    return cells


def _without_default(pairs: pd.DataFrame) -> list[Note]:
    """A note on each block with chosen methods beside which no default was run."""
    alone = pairs[pairs["default"] == ""]
    return [
        Note(
            f"No entry with the default parameters was run beside {', '.join(part['label'])}.",
            frozenset({(block, "")}),
        )
        for block, part in alone.groupby(list(SETTING), sort=True)
    ]


def _without_pairs(pairs: pd.DataFrame, data: pd.DataFrame, scores: pd.DataFrame) -> list[Note]:
    """A note on each block with code lengths at which a choice and its default share no split and seed."""
    shown = set(data[[*SETTING, "method", "bits"]].itertuples(index=False, name=None))
    found = []
    for pair in pairs[pairs["default"] != ""].to_dict("records"):
        block = (pair["dataset"], pair["backbone"], pair["semantics"])
        here = of_block(scores, block)
        lengths = sorted(set(here.loc[here["method"] == pair["method"], "bits"].dropna()))
        alone = [bits_words(bits) for bits in lengths if (*block, pair["method"], bits) not in shown]
        if alone:
            text = (
                f"{pair['label']} and its default were run on no split with one seed at {', '.join(alone)}."
            )
            found.append(Note(text, frozenset({(block, "")})))
    return found
