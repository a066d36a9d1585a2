"""``python -m mgah.evaluation.compare``: a reference method with every other one, from counts files."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.counts_file import KEY, read_counts
from mgah.metrics import statistics
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.seeds import generator
from mgah.tables.comparisons import COLUMNS, COUNTS, TEXTS, write_comparisons

EXPERIMENT = ("dataset", "backbone", "semantics")
#: What names one query of a method.
_QUERY = ("split", "seed", "query")
#: The decision on a comparison outside the family.
_NONE = {"p_holm": np.nan, "verdict": "", "reason": ""}


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and write the comparisons; experiments without the reference have none."""
    parser = argparse.ArgumentParser(prog="python -m mgah.evaluation.compare", description=__doc__)
    parser.add_argument("counts", nargs="*", type=Path, metavar="COUNTS.npz")
    parser.add_argument(
        "--reference", required=True, help="config word of the method to compare with the others"
    )
    parser.add_argument("--baselines", nargs="*", default=[], help="methods of the family that is decided on")
    parser.add_argument("--bits", required=True, type=int, help="code length of that family")
    parser.add_argument("--seed", type=int, default=0, help="seed of the bootstrap")
    parser.add_argument("--output", required=True, type=Path, metavar="COMPARISONS.csv")
    given = parser.parse_args(arguments)
    table = compare(given.counts, given.reference, given.baselines, given.bits, seed=given.seed)
    write_comparisons(given.output, table)


def compare(
    paths: Sequence[Path | str], reference: str, baselines: Sequence[str], bits: int, *, seed: int = 0
) -> pd.DataFrame:
    """The comparisons of counts files, in the form of `mgah.tables.comparisons`.

    A family is one experiment's comparisons with ``baselines`` at ``bits``; the others have an interval and no
    verdict. Raises `InputError` where a method was not run on the reference's splits, seeds and queries.
    """
    tables = []
    for experiment, queries in query_scores(paths).groupby(list(EXPERIMENT), sort=True):
        pairs = _paired(queries, reference)
        if not pairs.empty:
            drawing = generator(seed, "bootstrap", *experiment)
            table = _comparisons(pairs, baselines, bits, drawing)
            names = dict(zip(EXPERIMENT, experiment, strict=True))
            tables.append(table.assign(**names, reference=reference))
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


def _comparisons(
    pairs: pd.DataFrame, baselines: Sequence[str], length: int, drawing: np.random.Generator
) -> pd.DataFrame:
    """Rows of one experiment: each method and code length over all splits, and on every split."""
    means = (
        pairs.groupby(["method", "bits", "split"], sort=True)[["ours", "precision"]]
        .agg(lambda values: mean_defined(values)[0])
        .rename(columns={"ours": "reference_mAP", "precision": "mAP"})
    )
    means["difference"] = means["reference_mAP"] - means["mAP"]
    splits = [_of_split(rows) for _, rows in pairs.groupby("split", sort=True)]
    by_split = means["difference"].unstack("split")
    family = np.array([method in baselines and bits == length for method, bits in by_split.index])
    found = _summaries(by_split.to_numpy(), statistics.bootstrap_means(splits, drawing), family)
    sizes = {
        "splits": len(splits),
        "seeds": min(values.shape[1] for values in splits),
        "queries": min(values.shape[2] for values in splits),
    }
    rows = []
    for ((method, bits), of_splits), summary in zip(means.groupby(["method", "bits"]), found, strict=True):
        whole = of_splits.mean(skipna=False).to_dict()
        rows.append(pd.DataFrame([{"split": ""} | whole | sizes | summary]).assign(method=method, bits=bits))
        rows.append(of_splits.reset_index().assign(**dict.fromkeys(TEXTS, "")))
    return pd.concat(rows).astype(dict.fromkeys(COUNTS, "Int64"))


def _of_split(pairs: pd.DataFrame) -> np.ndarray:
    """Differences of one split, float64 (comparisons, seeds, queries).

    Without the queries that have no relevant item, which are the same for all methods; all where none has one.
    """
    table = pairs.pivot(index=["method", "bits", "seed"], columns="query", values="difference")
    defined = table.dropna(axis="columns")
    values = (table if defined.empty else defined).to_numpy()
    return values.reshape(-1, pairs["seed"].nunique(), values.shape[1])


def _summaries(means: np.ndarray, drawn: np.ndarray, family: np.ndarray) -> list[dict]:
    """Interval, test and effect of each comparison, and the verdicts of the family.

    ``means`` is float64 (comparisons, splits), ``drawn`` (replicates, comparisons), ``family`` bool (comparisons,).
    """
    low, high = statistics.percentile_interval(drawn)
    p = statistics.sign_flip_p(means)
    p_holm = np.full(len(p), np.nan)
    p_holm[family] = statistics.holm(p[family])
    return [
        {
            "low": low[i],
            "high": high[i],
            "won": int((means[i] > 0).sum()),
            "d_z": statistics.paired_effect(means[i]),
            "p": p[i],
            "family": "yes" if family[i] else "no",
            **(_decision(p_holm[i], low[i], high[i], means.shape[1], family.sum()) if family[i] else _NONE),
        }
        for i in range(len(means))
    ]


def _decision(p_holm: float, low: float, high: float, splits: int, family: int) -> dict[str, float | str]:
    decided = statistics.verdict(p_holm, low, high)
    reason = statistics.why_undecided(p_holm, low, high, splits, family) if decided == "undecided" else ""
    return {"p_holm": p_holm, "verdict": decided, "reason": reason}


if __name__ == "__main__":
    run(main)
