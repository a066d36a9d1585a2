"""``python -m mgah.evaluation.compare``: a reference method with every other one, from counts files."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mgah.cli import run
from mgah.errors import InputError
from mgah.evaluation.counts_file import read_counts
from mgah.metrics import statistics
from mgah.metrics.from_counts import expected_average_precision, mean_defined
from mgah.seeds import generator
from mgah.tables.comparisons import COLUMNS, COUNTS, TEXTS, write_comparisons


class Queries(NamedTuple):
    """Image ids of a run's queries, int64 (queries,), and their expected average precision, float64 (queries,)."""

    ids: np.ndarray
    precision: np.ndarray


#: Queries by (split, seed), and what they are of: method and code length.
Runs = Mapping[tuple[str, str], Queries]
Cell = tuple[str, int]
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
    for block, runs in sorted(_experiments(paths).items()):
        others = sorted(cell for cell in runs if cell[0] != reference)
        if others and any(method == reference for method, _ in runs):
            family = [method in baselines and length == bits for method, length in others]
            drawing = generator(seed, "bootstrap", *block)
            table = _comparisons(block, runs, reference, others, np.array(family), drawing)
            names = dict(zip(("dataset", "backbone", "semantics"), block, strict=True))
            tables.append(table.assign(**names, reference=reference))
    return (
        pd.concat(tables, ignore_index=True)[list(COLUMNS)] if tables else pd.DataFrame(columns=list(COLUMNS))
    )


def _experiments(paths: Sequence[Path | str]) -> dict[tuple, dict[Cell, Runs]]:
    """Average precision of every query by experiment, (method, bits) and (split, seed)."""
    found: dict[tuple, dict] = {}
    for path in paths:
        for key, cell in read_counts(path).items():
            *block, split, method, bits, seed = key.split("/")
            precision = expected_average_precision(cell["unseen_cnt"], cell["unseen_rel"])
            runs = found.setdefault(tuple(block), {}).setdefault((method, int(bits)), {})
            runs[split, seed] = Queries(cell["unseen_ids"], precision)
    return found


def _comparisons(
    block: tuple,
    runs: Mapping[Cell, Runs],
    reference: str,
    others: Sequence[Cell],
    family: np.ndarray,
    drawing: np.random.Generator,
) -> pd.DataFrame:
    """Rows of one experiment: each of ``others`` over all splits, and on every split."""
    for cell in others:
        _check_same(block, reference, runs.get((reference, cell[1]), {}), cell, runs[cell])
    pairs = [(_by_split(runs[reference, cell[1]]), _by_split(runs[cell])) for cell in others]
    splits = [
        _defined(np.array([ours[split] - theirs[split] for ours, theirs in pairs])) for split in pairs[0][0]
    ]
    drawn = statistics.bootstrap_means(splits, drawing)
    by_split = [_means(*pair) for pair in pairs]
    found = _summaries(np.array([means["difference"] for means in by_split]), drawn, family)
    sizes = {
        "splits": len(splits),
        "seeds": min(values.shape[1] for values in splits),
        "queries": min(values.shape[2] for values in splits),
    }
    rows = []
    for (method, bits), means, summary in zip(others, by_split, found, strict=True):
        whole = means.drop(columns="split").mean(skipna=False).to_dict()
        rows.append(pd.DataFrame([{"split": ""} | whole | sizes | summary]).assign(method=method, bits=bits))
        rows.append(means.assign(method=method, bits=bits, **dict.fromkeys(TEXTS, "")))
    return pd.concat(rows).astype(dict.fromkeys(COUNTS, "Int64"))


def _by_split(runs: Runs) -> dict[str, np.ndarray]:
    """Average precisions float64 (seeds, queries) of every split, sorted."""
    keys = sorted(runs)
    return {
        split: np.array([runs[split, seed].precision for place, seed in keys if place == split])
        for split in sorted({split for split, _ in keys})
    }


def _defined(differences: np.ndarray) -> np.ndarray:
    """Without the queries that have no relevant item, which are the same for all methods; all where none has one."""
    defined = ~np.isnan(differences).any(axis=(0, 1))
    return differences[:, :, defined] if defined.any() else differences


def _means(ours: Mapping[str, np.ndarray], theirs: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """mAP of both methods on each split, means over seeds, and their difference."""
    columns: dict[str, list] = {"split": list(ours)}
    for name, values in (("reference_mAP", ours), ("mAP", theirs)):
        columns[name] = [mean_defined(values[split].ravel())[0] for split in ours]
    means = pd.DataFrame(columns)
    return means.assign(difference=means["reference_mAP"] - means["mAP"])


def _check_same(block: tuple, reference: str, ours: Runs, cell: Cell, theirs: Runs) -> None:
    if set(ours) != set(theirs) or any(not np.array_equal(ours[run].ids, theirs[run].ids) for run in theirs):
        raise InputError(
            f"{cell[0]} at {cell[1]} bits on {'/'.join(block)} has other splits, seeds or queries than {reference}, "
            "expected the same: score both again from one set of splits"
        )


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
