"""``python -m mgah.evaluation.contrasts``: methods minus the best of others, split by split, beside the features' own.

A contrast is computed in every setting in which all of its methods were scored.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from mgah.cli import json_array, json_object, run
from mgah.errors import InputError
from mgah.evaluation.reference_lines import NO_CODING
from mgah.io.records import NAME, TEXTS, check_fields
from mgah.metrics.statistics import mean
from mgah.tables.contrasts import CONTRASTS, write_contrasts
from mgah.tables.keys import SETTING
from mgah.tables.scores import COLUMNS, METHOD_COLUMNS, SCORES, read_scores, whole_split

#: What contrasts are computed of.
METRICS = ("mAP", "P@H<=2")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m mgah.evaluation.contrasts", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "scores", nargs="*", type=Path, metavar="SCORES.csv", help="score files, one a method"
    )
    parser.add_argument(
        "--contrasts",
        required=True,
        type=json_array,
        help="JSON list of objects with part, method and against",
    )
    parser.add_argument(
        "--development",
        default={},
        type=json_object,
        help="JSON object: splits on which defaults of methods were chosen, by dataset",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="CONTRASTS.csv")
    given = parser.parse_args(arguments)
    for number, asked in enumerate(given.contrasts, start=1):
        fields = {"part": NAME, "method": NAME, "against": TEXTS}
        check_fields(asked, fields, f"entry {number} of --contrasts", again="correct it")
    write_contrasts(given.output, contrast(read_all(given.scores), given.contrasts, given.development))


def read_all(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Return the rows of score files, one a method, without their notes; no files give no rows.

    Raises:
        InputError: for a file that is no score file, or a value that two of them hold.
    """
    tables = [read_scores(path, METHOD_COLUMNS)[list(COLUMNS)] for path in paths]
    scores = pd.concat(tables, ignore_index=True) if tables else SCORES.rows([])
    SCORES.validate(scores, f"of {len(tables)} files")
    return scores


def contrast(
    scores: pd.DataFrame,
    contrasts: Sequence[Mapping],
    development: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return the contrasts in score rows (`mgah.tables.scores`) as a table of `mgah.tables.contrasts`.

    A value is ``method`` minus the best of ``against``, the best of each split and metric, each a mean over the seeds
    with which all of them were scored there. There is one for every split and code length with such
    seeds.

    Args:
        scores: the rows of methods, and of the line without coding in each of their settings.
        contrasts: what to compute: ``part``, ``method`` and ``against``, a list of methods.
        development: splits on which defaults of methods were chosen, by dataset.

    Raises:
        InputError: for a contrast whose methods share no setting, split, seed and code length, or for a split without
            the line that ranks without coding.
    """
    tables = [_everywhere(scores, wanted, development or {}) for wanted in contrasts]
    return pd.concat(tables, ignore_index=True) if tables else CONTRASTS.rows([])


def _everywhere(
    scores: pd.DataFrame, wanted: Mapping, development: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """The rows of one contrast in all settings."""
    names = [wanted["method"], *wanted["against"]]
    rows = [
        row
        for setting, part in scores.groupby(list(SETTING), sort=True)
        for row in _in_setting(
            part, wanted, dict(zip(SETTING, setting, strict=True)), development.get(setting[0], ())
        )
    ]
    if not rows:
        raise InputError(
            f"the contrast {wanted['part']} cannot be computed: {', '.join(names)} have no setting, split, seed and "
            "code length in common, expected at least one: score them in one setting"
        )
    return CONTRASTS.rows(rows)


def _in_setting(
    part: pd.DataFrame, wanted: Mapping, setting: Mapping[str, str], development: Sequence[str]
) -> Iterator[dict]:
    """The rows of one contrast in one setting, whose scores are ``part``; none where a method was not run there.

    Some splits of its dataset may be ``development`` splits.
    """
    method, against = wanted["method"], list(wanted["against"])
    labels = part.groupby("method")["label"].first()
    if not {method, *against} <= set(labels.index):
        return
    common = dict(setting) | {
        "part": wanted["part"],
        "method": method,
        "label": labels[method],
        "trained": part.loc[part["method"] == method, "trained"].iloc[0],
        "against": json.dumps(against),
        "against_labels": json.dumps(labels[against].tolist(), ensure_ascii=False),
    }
    strength = whole_split(part[part["method"] == NO_CODING], "mAP").set_index("split")["value"]
    for metric in METRICS:
        shared = _shared(whole_split(part, metric), [method, *against])
        seeds = shared.groupby(["bits", "split"])["seed"].nunique()
        values = _means(shared, [method, *against])
        differences = values[method] - values[against].max(axis=1, skipna=False)
        for (bits, split), value in differences.items():
            if split not in strength:
                raise InputError(
                    f"the setting {'/'.join(setting.values())} has no line {NO_CODING} on split {split}, which tells "
                    "the strength of its features: score its features as well"
                )
            place = {"bits": bits, "metric": metric, "split": split}
            place["development"] = "yes" if split in development else "no"
            place["seeds"] = int(seeds[bits, split])
            yield common | place | {"value": value, "strength": strength[split]}


def _shared(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The rows of the methods ``names`` with seeds that all of them have at a code length of a split."""
    rows = rows[rows["method"].isin(names)]
    there = rows.groupby(["bits", "split", "seed"])["method"].transform("nunique")
    return rows[there == len(set(names))]


def _means(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Means over seeds, a row a (bits, split), a column a method of ``names``."""
    means = rows.groupby(["bits", "split", "method"])["value"].agg(list).map(mean).astype("float64")
    return means.unstack().reindex(columns=names)


if __name__ == "__main__":
    run(main)
