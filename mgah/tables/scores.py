"""The score file (``.csv``), tidy: one row a metric value. Writer and reader side by side.

Columns: ``dataset``, ``backbone``, ``semantics``, ``split``, ``method``, ``label`` (display name) str; ``bits``
Int64, empty for a line without codes; ``seed`` int64; ``metric`` str; ``class`` str, empty for the whole split;
``value`` float64, written so that it reads back bit for bit, ``nan`` where undefined; ``leak`` str, how the unseen
class is related to the classes the backbone was trained on (`mgah.tables.leaks.MEANING`, or ``mixed`` for a split
whose unseen classes differ), empty where that does not apply; ``trained`` str, what the method trained of the setting's
network, in a few words.

The file of one method has ``notes`` behind them, str, a JSON list of sentences; the scores of a whole run have them
in a table of their own (`mgah.tables.notes`), because every row repeats them.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mgah.io.files import parse_json
from mgah.io.records import INTEGER, TEXTS
from mgah.tables.format import TableFormat, not_shares
from mgah.tables.leaks import MEANING

COLUMNS = (
    *("dataset", "backbone", "semantics", "split", "method", "label", "bits", "seed"),
    *("metric", "class", "value", "leak", "trained"),
)
#: Columns of the file of one method.
METHOD_COLUMNS = (*COLUMNS, "notes")
#: What names one value; two rows with the same key contradict each other.
KEY = ("dataset", "backbone", "semantics", "split", "method", "bits", "seed", "metric", "class")
LEAKS = ("", *MEANING, "mixed")
#: Metrics whose values are no shares from 0 to 1.
NO_SHARES = ("undefined_queries",)
TYPES = dict.fromkeys(COLUMNS, str) | {"bits": int, "seed": int, "value": float}


def contradiction(scores: pd.DataFrame) -> str | None:
    """What is wrong with score rows, as the end of a sentence: contradictions, unknown marks, values that cannot be."""
    if unknown := sorted(set(scores["leak"]) - set(LEAKS)):
        return f"has the leak marks {unknown}, expected some of {list(LEAKS)}"
    lengths = scores["bits"].notna() & (scores["bits"].astype(object) != "")
    if wrong := [bits for bits in scores.loc[lengths, "bits"].unique().tolist() if int(bits) < 1]:
        return f"has codes of {wrong[0]} bits, expected 1 or more"
    if both := set(scores.loc[lengths, "method"]) & set(scores.loc[~lengths, "method"]):
        return f"gives {sorted(both)} with and without a code length, expected one of the two"
    if fault := not_shares(scores[~scores["metric"].isin(NO_SHARES)], ["value"]):
        return fault
    if wrong := [seed for seed in scores["seed"].unique().tolist() if not INTEGER.holds(seed)]:
        return f"has the seed {wrong[0]!r}, expected {INTEGER.words}"
    labels = scores.groupby("method")["label"].unique()
    for method, names in labels[labels.map(len) > 1].items():
        return f"calls the method {method!r} {' and '.join(map(repr, names))}, give it one label"
    return None


def _method_fault(scores: pd.DataFrame) -> str | None:
    for text in scores["notes"].unique():
        if not _is_list_of_texts(text):
            return f"has the notes {text!r}, expected a JSON list of sentences"
    return contradiction(scores)


def _is_list_of_texts(text: str) -> bool:
    try:
        return TEXTS.holds(parse_json(text))
    except ValueError:
        return False


SCORES = TableFormat(
    name="scores",
    columns=TYPES,
    key=KEY,
    optional=("bits", "value"),
    empty=False,
    missing="nan",
    check=contradiction,
)
METHOD_SCORES = SCORES.but(columns=TYPES | {"notes": str}, check=_method_fault)
#: Scores of an ablation: a run without one has none.
ABLATIONS = SCORES.but(empty=True)


def whole_split(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The rows of ``metric`` over the whole split, one a run."""
    return scores[(scores["metric"] == metric) & (scores["class"] == "")]


def join(table_format: TableFormat, paths: Sequence[Path | str]) -> pd.DataFrame:
    """Join files of ``table_format``, that of scores or one like it, into one table in the order of its key.

    The order of ``paths`` does not matter; no files give no rows.

    Raises:
        InputError: for a file that cannot be read, or a value that stands in two of them.
    """
    if not paths:
        return table_format.rows([])
    table = pd.concat([table_format.read(path) for path in paths], ignore_index=True)
    table_format.validate(table, f"collected from {len(paths)} files")
    return table.sort_values(list(table_format.key), ignore_index=True, na_position="last")


def write_scores(target: Path | str, scores: pd.DataFrame, columns: Sequence[str] = COLUMNS) -> None:
    """Write score rows of ``columns``, `COLUMNS` or `METHOD_COLUMNS`; errors as of `TableFormat.write`."""
    (METHOD_SCORES if tuple(columns) == METHOD_COLUMNS else SCORES).write(target, scores)


def read_scores(path: Path | str, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Read score rows of ``columns``, `COLUMNS` or `METHOD_COLUMNS`; errors as of `TableFormat.read`."""
    return (METHOD_SCORES if tuple(columns) == METHOD_COLUMNS else SCORES).read(path)
