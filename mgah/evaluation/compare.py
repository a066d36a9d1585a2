"""``python -m mgah.evaluation.compare``: a reference method with every other one, from counts files."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.cli import json_object, run
from mgah.datasets.split_names import Draw, check_distinct, parse
from mgah.errors import InputError
from mgah.evaluation.counts_file import KEY, read_counts
from mgah.metrics import statistics
from mgah.metrics.families import decided
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.tables.comparisons import COLUMNS, COUNTS, TEXTS, write_comparisons
from mgah.tables.keys import SETTING

#: What names one run of a method.
_RUN = ("bits", "split", "seed")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the comparisons; settings without the reference have none."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.compare", description=__doc__)
    parser.add_argument("counts", nargs="*", type=Path, metavar="COUNTS.npz")
    parser.add_argument("--reference", required=True, help="name of the method to compare with the others")
    parser.add_argument("--baselines", nargs="*", default=[], help="methods of the family that is decided on")
    parser.add_argument("--bits", required=True, type=int, help="code length of that family")
    parser.add_argument(
        "--development",
        type=json_object,
        default={},
        help="splits that defaults were chosen on, by dataset, as JSON",
    )
    parser.add_argument("--output", required=True, type=Path, metavar="COMPARISONS.csv")
    given = parser.parse_args(arguments)
    table = compare(given.counts, given.reference, given.baselines, given.bits, given.development)
    write_comparisons(given.output, table)


def compare(
    paths: Sequence[Path | str],
    reference: str,
    baselines: Sequence[str],
    bits: int,
    development: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Compare the reference with the other methods of counts files; returns a table of `mgah.tables.comparisons`.

    Each method is compared on the splits and seeds that it shares with the reference: of each split means over these
    seeds, and no split without one. A family is one setting's comparisons with ``baselines`` at ``bits``; the others
    have an interval and no verdict. Where a setting has some of the ``development`` splits of its dataset, its
    comparisons on the other splits alone are a second family. Raises `InputError` where a method has other queries on a
    split than the reference, or where a draw leaves the classes of another split unseen.
    """
    tables = []
    for setting, queries in query_scores(paths).groupby(list(SETTING), sort=True):
        pairs = _paired(queries, reference)
        if not pairs.empty:
            names = dict(zip(SETTING, setting, strict=True))
            _check_draws(names["dataset"], pairs)
            chosen_on = (development or {}).get(names["dataset"], ())
            found = _comparisons(pairs, baselines, bits, chosen_on)
            tables.append(found.assign(**names, reference=reference))
    return (
        pd.concat(tables, ignore_index=True)[list(COLUMNS)] if tables else pd.DataFrame(columns=list(COLUMNS))
    )


def query_scores(paths: Sequence[Path | str]) -> pd.DataFrame:
    """Return the expected average precision of every unseen query of counts files, a row a query.

    Columns: what names the cell, ``bits`` and ``seed`` int64; ``query`` int64, the image id; ``class`` int64, the
    label; ``precision`` float64, NaN where no item is relevant.
    """
    cells = []
    for path in paths:
        for key, cell in read_counts(path).items():
            names = dict(zip(KEY, key.split("/"), strict=True))
            precision = expected_average_precision(cell["unseen_cnt"], cell["unseen_rel"])
            found = {"query": cell["unseen_ids"], "class": cell["unseen_labels"], "precision": precision}
            cells.append(pd.DataFrame(found).assign(**names))
    columns = [*KEY, "query", "class", "precision"]
    scores = pd.concat(cells, ignore_index=True)[columns] if cells else pd.DataFrame(columns=columns)
    return scores.astype({"bits": "int64", "seed": "int64"})


def _paired(queries: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Rows of all methods of a setting but the reference, its precision beside theirs in ``ours``.

    A row is a query of a split that both were run on with one seed or more, means over the seeds that both have;
    ``seeds`` is their number. Runs of one split and seed draw the same random numbers, those of other seeds do not.
    """
    is_reference = queries["method"] == reference
    ours = queries.loc[is_reference, [*_RUN, "query", "class", "precision"]]
    ours = ours.rename(columns={"precision": "ours"})
    wanted = ours.groupby(list(_RUN)).size().rename("wanted").reset_index()
    theirs = queries[~is_reference].merge(wanted, on=list(_RUN))
    pairs = theirs.merge(ours, on=[*_RUN, "query", "class"], how="left", indicator=True)
    found = pairs.groupby(["method", *_RUN])["query"].transform("size")
    other = pairs[(pairs["_merge"] != "both") | (found != pairs["wanted"])]
    if not other.empty:
        first, setting = other.iloc[0], queries.iloc[0][list(SETTING)]
        raise InputError(
            f"{first['method']} at {first['bits']} bits on {'/'.join(setting)} has other queries on split "
            f"{first['split']} than {reference}, expected the same: score both again from one set of splits"
        )
    return _over_seeds(pairs)


def _check_draws(dataset: str, pairs: pd.DataFrame) -> None:
    """Refuse a draw of the classes that another split leaves unseen; splits of a dataset's own may share them."""
    unseen = pairs.groupby("split", sort=True)["class"].agg(frozenset)
    drawn = [isinstance(parse(dataset, split), Draw) for split in unseen.index]
    named = unseen[~np.array(drawn)].drop_duplicates()
    check_distinct(dataset, named.to_dict() | unseen[drawn].to_dict())


def _over_seeds(pairs: pd.DataFrame) -> pd.DataFrame:
    """Mean precisions of each query over its seeds, their number ``seeds``, and the ``difference`` of the means."""
    by = pairs.groupby(["method", "bits", "split", "query", "class"], sort=True)
    means = by.agg(ours=("ours", "mean"), precision=("precision", "mean"), seeds=("seed", "nunique"))
    return means.reset_index().assign(difference=lambda found: found["ours"] - found["precision"])


def _comparisons(
    pairs: pd.DataFrame, baselines: Sequence[str], length: int, development: Sequence[str]
) -> pd.DataFrame:
    """Rows of one setting: each method and code length over all splits, over the others than ``development``, and on
    every split.
    """
    is_development = pairs["split"].isin(development)
    parts = [_over_splits(pairs, baselines, length).assign(development=_yes(is_development.any()))]
    if 0 < is_development.sum() < len(pairs):
        parts.append(_over_splits(pairs[~is_development], baselines, length).assign(development="no"))
    rows = pd.concat([pd.concat(parts).assign(split=""), _by_split(pairs, development)])
    order = ["method", "bits", "split", "development"]
    rows = rows.sort_values(order, ascending=[True, True, True, False])
    return rows.astype(dict.fromkeys(COUNTS, "Int64"))


def _over_splits(pairs: pd.DataFrame, baselines: Sequence[str], length: int) -> pd.DataFrame:
    """A row a method and code length over all splits of ``pairs``, with the verdicts of one family."""
    whole = []
    for (method, bits), rows in pairs.groupby(["method", "bits"], sort=True):
        means = _split_means(rows)
        classes = _means(rows, ["split", "class"])["difference"].groupby("class").mean()
        found = statistics.paired_difference(means["difference"].to_numpy(), classes.to_numpy())
        family = "yes" if method in baselines and bits == length else "no"
        cell = {"method": method, "bits": bits, "family": family}
        whole.append(means.mean(skipna=False).to_dict() | found.as_row() | _sizes(rows) | cell)
    return decided(pd.DataFrame(whole))


def _by_split(pairs: pd.DataFrame, development: Sequence[str]) -> pd.DataFrame:
    """A row a method, code length and split."""
    splits = [
        _split_means(rows).reset_index().assign(method=method, bits=bits)
        for (method, bits), rows in pairs.groupby(["method", "bits"], sort=True)
    ]
    rows = pd.concat(splits).assign(**dict.fromkeys(TEXTS, ""))
    return rows.assign(development=[_yes(split in development) for split in rows["split"]])


def _split_means(pairs: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by split, of the reference, of the other method, and their difference."""
    return _means(pairs, ["split"]).rename(columns={"ours": "reference_mAP", "precision": "mAP"})


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _means(pairs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Means of the defined queries by some of their names."""
    values = pairs.groupby(list(by), sort=True)[["ours", "precision", "difference"]]
    return values.agg(lambda column: mean_defined(column)[0])


def _sizes(pairs: pd.DataFrame) -> dict[str, int]:
    """Number of splits; fewest seeds, and queries that have relevant items, of any; all where no query has one."""
    defined = pairs[pairs["precision"].notna()]
    by_split = (pairs if defined.empty else defined).groupby("split")
    return {
        "splits": pairs["split"].nunique(),
        "seeds": int(pairs["seeds"].min()),
        "queries": int(by_split["query"].nunique().min()),
    }


if __name__ == "__main__":
    run(main)
