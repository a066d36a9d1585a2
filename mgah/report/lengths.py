"""Contrasts by code length, from published runs of one setting that have other lengths each."""

from collections.abc import Mapping
from functools import reduce
from pathlib import Path

import pandas as pd

from mgah.errors import InputError
from mgah.evaluation.contrasts import METRICS, contrast
from mgah.io.files import read_json
from mgah.io.packed import packed_file
from mgah.report.contrasts import against_words, heading_of, over_splits, parts_of, trained_labels
from mgah.report.grid import bits_words
from mgah.report.inputs import SCORES
from mgah.report.outputs.tables.significance import interval_text
from mgah.report.page.provenance import PROVENANCE
from mgah.report.paper.claims.words import span
from mgah.report.style import METRICS as METRIC_WORDS
from mgah.report.wording import MISSING
from mgah.report.writers import cells_markdown
from mgah.tables.keys import SETTING
from mgah.tables.scores import COLUMNS, read_scores

#: What one line of the table is.
_LINE = ["part", "metric", "method", "label", "against", "against_labels", "trained"]
#: In place of the code length, the mean over all of them.
_MEAN = 0
_NAMES = ("Difference", "Method", "Minus", "Metric")


def by_length(folder: Path, names: str) -> str:
    """Return the contrasts of runs in ``folder``, ``names`` with commas between them, a column a code length.

    The contrasts of all these runs are computed in each of them that has their methods, in the setting and on the
    splits that all of them have, so that lengths differ in nothing else. One at a single length is left out. The last
    column takes the mean over the lengths of each split, of contrasts that have them all.

    Raises:
        InputError: for a run that is not published there, for runs without one setting in common, and for runs
            without a contrast at two lengths.
    """
    runs = [folder / name for name in names.split(",")]
    asked: list[Mapping] = []
    for run in runs:
        found = read_json(run / PROVENANCE)["config"]["contrasts"]
        asked += [wanted for wanted in found if wanted not in asked]
    tables = [contrast(scores, _possible(asked, scores)) for scores in map(_scores, runs)]
    places = [table[[*SETTING, "split"]].drop_duplicates() for table in tables]
    common = reduce(pd.merge, places)
    settings = common[list(SETTING)].drop_duplicates()
    if len(settings) != 1:
        raise InputError(
            f"{', '.join(map(str, runs))} have {len(settings)} settings in common, expected one: name other runs"
        )
    contrasts = pd.concat(tables, ignore_index=True).merge(common)
    contrasts = contrasts[contrasts.groupby(_LINE)["bits"].transform("nunique") > 1]
    if contrasts.empty:
        raise InputError(
            f"{', '.join(map(str, runs))} have no contrast at two code lengths, expected one or more: name other runs"
        )
    return cells_markdown(_cells(contrasts))


def _scores(run: Path) -> pd.DataFrame:
    file = packed_file(run, SCORES)
    if file is None:
        raise InputError(f"{run} has no {SCORES}, expected a published run: publish it again")
    return read_scores(file)[list(COLUMNS)]


def _possible(asked: list[Mapping], scores: pd.DataFrame) -> list[Mapping]:
    """The contrasts whose methods all have scores."""
    there = set(scores["method"])
    return [wanted for wanted in asked if {wanted["method"], *wanted["against"]} <= there]


def _cells(contrasts: pd.DataFrame) -> pd.DataFrame:
    """The cells of the table: a line for each part, metric and pair of methods, in this order."""
    lengths = sorted(set(contrasts["bits"]))
    headings = {bits: bits_words(bits) for bits in lengths} | {_MEAN: span(lengths)}
    summary = over_splits(pd.concat([contrasts, _means(contrasts, len(lengths))], ignore_index=True))
    summary = summary.assign(label=trained_labels(summary))
    places = {name: place for place, name in enumerate((*parts_of(summary), *METRICS))}
    summary = summary.sort_values(["part", "metric"], key=lambda names: names.map(places), kind="stable")
    lines = []
    for _, rows in summary.groupby(_LINE, sort=False):
        first = rows.iloc[0]
        metric = METRIC_WORDS.get(first["metric"], first["metric"])
        words = (heading_of(first["part"]), first["label"], against_words(first), metric)
        numbers = {headings[row["bits"]]: _number(row) for _, row in rows.iterrows()}
        lines.append(dict(zip(_NAMES, words, strict=True)) | numbers)
    return pd.DataFrame(lines, columns=[*_NAMES, *headings.values()]).fillna(MISSING)


def _means(contrasts: pd.DataFrame, lengths: int) -> pd.DataFrame:
    """The mean over code lengths of each contrast on each split, where there are all ``lengths`` of them."""
    found = contrasts.groupby([*_LINE, "split"])
    means = found["value"].transform(lambda values: values.mean(skipna=False))
    everywhere = found["bits"].transform("nunique") == lengths
    return contrasts.assign(value=means, bits=_MEAN)[everywhere].drop_duplicates([*_LINE, "split"])


def _number(row: pd.Series) -> str:
    return f"{interval_text(row)}, {row['won']}/{row['splits']}"
