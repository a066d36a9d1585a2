"""``python -m mgah.evaluation.compare``: a reference method with every other one, from counts files."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.counts_file import KEY, read_counts
from mgah.metrics import statistics
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.tables.comparisons import COLUMNS, COUNTS, TEXTS, write_comparisons

EXPERIMENT = ("dataset", "backbone", "semantics")
#: What names one query of a method.
_QUERY = ("split", "seed", "query")


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the comparisons; experiments without the reference have none."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.compare", description=__doc__)
    parser.add_argument("counts", nargs="*", type=Path, metavar="COUNTS.npz")
    parser.add_argument(
        "--reference", required=True, help="config word of the method to compare with the others"
    )
    parser.add_argument("--baselines", nargs="*", default=[], help="methods of the family that is decided on")
    parser.add_argument("--bits", required=True, type=int, help="code length of that family")
    parser.add_argument("--output", required=True, type=Path, metavar="COMPARISONS.csv")
    given = parser.parse_args(arguments)
    table = compare(given.counts, given.reference, given.baselines, given.bits)
    write_comparisons(given.output, table)


def compare(paths: Sequence[Path | str], reference: str, baselines: Sequence[str], bits: int) -> pd.DataFrame:
    """The comparisons of counts files, in the form of `mgah.tables.comparisons`.

    A family is one experiment's comparisons with ``baselines`` at ``bits``; the others have an interval and no
    verdict. Raises `InputError` where a method was not run on the reference's splits, seeds and queries.
    """
    tables = []
    for experiment, queries in query_scores(paths).groupby(list(EXPERIMENT), sort=True):
        pairs = _paired(queries, reference)
        if not pairs.empty:
            names = dict(zip(EXPERIMENT, experiment, strict=True))
            tables.append(_comparisons(pairs, baselines, bits).assign(**names, reference=reference))
    return (
        pd.concat(tables, ignore_index=True)[list(COLUMNS)] if tables else pd.DataFrame(columns=list(COLUMNS))
    )


def query_scores(paths: Sequence[Path | str]) -> pd.DataFrame:
    """The expected average precision of every unseen query of counts files, a row a query.

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
    """Rows of all methods of an experiment but the reference, its precision beside theirs in ``ours``."""
    is_reference = queries["method"] == reference
    ours = queries.loc[is_reference, [*_QUERY, "bits", "precision"]].rename(columns={"precision": "ours"})
    theirs = queries[~is_reference] if len(ours) else queries[:0]
    pairs = theirs.merge(ours, on=[*_QUERY, "bits"], how="left", indicator=True)
    wanted = ours["bits"].value_counts()
    for (method, bits), rows in pairs.groupby(["method", "bits"], sort=True):
        if len(rows) != wanted.get(bits, 0) or (rows["_merge"] != "both").any():
            raise InputError(
                f"{method} at {bits} bits on {'/'.join(rows.iloc[0][list(EXPERIMENT)])} has other splits, seeds or "
                f"queries than {reference}, expected the same: score both again from one set of splits"
            )
    return pairs.assign(difference=pairs["ours"] - pairs["precision"])


def _comparisons(pairs: pd.DataFrame, baselines: Sequence[str], length: int) -> pd.DataFrame:
    """Rows of one experiment: each method and code length over all splits, and on every split."""
    cell = ["method", "bits"]
    means = _means(pairs, [*cell, "split"])[["ours", "precision"]]
    means = means.rename(columns={"ours": "reference_mAP", "precision": "mAP"})
    means["difference"] = means["reference_mAP"] - means["mAP"]
    classes = _means(pairs, [*cell, "split", "class"])["difference"].groupby([*cell, "class"]).mean()
    whole = means.groupby(cell).mean(skipna=False)
    found = statistics.paired_difference(
        means["difference"].unstack("split").to_numpy(), classes.unstack("class").to_numpy()
    )
    whole = whole.assign(**found._asdict(), **_sizes(pairs))
    whole["family"] = [
        "yes" if method in baselines and bits == length else "no" for method, bits in whole.index
    ]
    rows = [_decided(whole).assign(split=""), means.reset_index("split").assign(**dict.fromkeys(TEXTS, ""))]
    return pd.concat(rows).reset_index().sort_values([*cell, "split"]).astype(dict.fromkeys(COUNTS, "Int64"))


def _means(pairs: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Means of the defined queries by some of their names, over seeds too."""
    values = pairs.groupby(list(by), sort=True)[["ours", "precision", "difference"]]
    return values.agg(lambda column: mean_defined(column)[0])


def _sizes(pairs: pd.DataFrame) -> dict[str, int]:
    """Number of splits; fewest seeds, and queries that have relevant items, of any; all where no query has one."""
    defined = pairs[pairs["precision"].notna()]
    by_split = (pairs if defined.empty else defined).groupby("split")
    return {"splits": pairs["split"].nunique()} | {
        name: int(by_split[column].nunique().min())
        for name, column in (("seeds", "seed"), ("queries", "query"))
    }


def _decided(comparisons: pd.DataFrame) -> pd.DataFrame:
    """With Holm's p and a verdict for those of the family, and the reason where they are undecided."""
    p = comparisons.loc[comparisons["family"] == "yes", "p"]
    comparisons = comparisons.assign(p_holm=pd.Series(statistics.holm(p), p.index))
    decisions = [_decision(row, len(p)) for row in comparisons.itertuples()]
    return comparisons.assign(
        verdict=[verdict for verdict, _ in decisions], reason=[reason for _, reason in decisions]
    )


def _decision(row: Any, family: int) -> tuple[str, str]:
    if row.family == "no":
        return "", ""
    decided = statistics.verdict(row.p_holm, row.low, row.high)
    if decided != "undecided":
        return decided, ""
    return decided, statistics.why_undecided(row.p_holm, row.low, row.high, row.unit, row.units, family)


if __name__ == "__main__":
    run(main)
