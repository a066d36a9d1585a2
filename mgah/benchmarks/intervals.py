"""How often intervals of differences hold the truth, and verdicts are false, by simulation; how much is found.

The difference between two methods varies by split, class, seed and query as published scores do
(`mgah.benchmarks.spread`). Nine baselines are compared with one reference by the very functions that judge a run
(`mgah.metrics.statistics`), and Holm's correction is over the nine.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from mgah.benchmarks.spread import Spread, measure
from mgah.cli import run
from mgah.io.files import atomic_path, make_folder
from mgah.metrics.statistics import ALPHA, PairedDifference, holm, paired_difference
from mgah.tables.scores import read_scores

#: Comparisons of a family.
FAMILY = 9
POWER = 0.8
_BLOCK = 100  # replicates at a time: the working space stays small


class Design(NamedTuple):
    """Splits of so many unseen classes each; they are other classes in every split, or drawn anew from ``pool``."""

    dataset: str
    splits: int
    classes: int
    pool: int = 0


DESIGNS = (
    Design("cifar10", 10, 1),
    Design("cifar10", 9, 1),
    Design("imagenet_mini", 10, 10),
    Design("imagenet_mini", 9, 10),
    Design("imagenet_mini", 1, 10),
    Design("awa2_mini", 10, 5, pool=25),
    Design("awa2_mini", 9, 5, pool=25),
    # ten folds of 25 classes have two or three each
    Design("awa2_mini", 10, 3),
    Design("awa2_mini", 10, 2),
    Design("awa2_mini", 1, 6),
)


class Sample(NamedTuple):
    """Simulated differences: of splits float64 (replicates, `FAMILY`, splits), of classes (..., classes).

    ``shared`` float64 (replicates, `FAMILY`) is what the units are meant to find where methods do not differ in
    expectation: of splits, the mean over the pool of classes; of classes, what the classes of the splits share.
    """

    splits: np.ndarray
    classes: np.ndarray
    shared: np.ndarray


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the spread of published scores, simulate every design and write both tables."""
    given = _parse(arguments)
    spreads = measure(
        read_scores(given.scores),
        read_scores(given.ablations),
        given.reference,
        given.baselines,
        given.bits,
        given.queries,
    )
    of_dataset = {row.pop("dataset"): Spread(**row) for row in spreads.to_dict("records")}
    rows = []
    for design in tqdm(DESIGNS, desc="simulate", unit="design", disable=None):
        for seeds in (1, 3):
            generator = np.random.default_rng([given.seed, *design[1:], seeds])
            sample = simulate(
                design, of_dataset[design.dataset], seeds, given.queries, given.replicates, generator
            )
            names = dict(zip(("dataset", "splits", "classes", "pool"), design, strict=True))
            rows.append(names | {"seeds": seeds} | rates(sample) | {"detectable": detectable(sample)})
    _write(given.output, "spread", spreads)
    _write(given.output, "intervals", pd.DataFrame(rows))


def simulate(
    design: Design,
    spread: Spread,
    seeds: int,
    queries: int,
    replicates: int,
    generator: np.random.Generator,
) -> Sample:
    """Differences of `FAMILY` methods to one reference, of no difference in expectation, all parts normal.

    Every method, the reference too, has half the variance of ``spread``. A split has so many ``queries``.
    """
    half = Spread(*(np.array(spread) / np.sqrt(2)).tolist())
    methods = (replicates, FAMILY + 1)
    shape = (*methods, design.splits, design.classes)

    def normal(deviation: float, size: tuple[int, ...]) -> np.ndarray:
        scores = deviation * generator.standard_normal(size)
        return scores[:, :1] - scores[:, 1:]

    common = normal(np.hypot(half.split, half.seed / np.sqrt(seeds)), (*shape[:3], 1))
    own = np.hypot(half.class_seed / np.sqrt(seeds), half.query / np.sqrt(queries / design.classes))
    if design.pool:
        of_pool = normal(half.class_, (*methods, design.pool))
        order = generator.random((replicates, design.splits, design.pool)).argsort(axis=-1)
        drawn = order[..., : design.classes].reshape(replicates, 1, -1)
        of_classes = np.take_along_axis(of_pool, drawn, axis=-1).reshape(replicates, FAMILY, *shape[2:])
    else:
        of_pool, of_classes = np.zeros((replicates, FAMILY, 1)), normal(half.class_, shape)
    differences = common + of_classes + normal(own, shape)
    splits, classes = differences.mean(axis=-1), differences.reshape(replicates, FAMILY, -1)
    by_classes = paired_difference(splits[:1], classes[:1]).unit == "classes"
    return Sample(splits, classes, common.mean(axis=(2, 3)) if by_classes else of_pool.mean(axis=-1))


def rates(sample: Sample) -> dict[str, str | int | float]:
    """Unit and number of units; shares of intervals that cover, and of families with a false verdict.

    ``coverage`` and ``false_verdicts`` are of what the units speak of; ``coverage_anew`` and ``false_verdicts_anew``
    of the expectation over other splits, classes and seeds.
    """
    first = paired_difference(sample.splits[:1], sample.classes[:1])
    found: dict[str, str | int | float] = {"unit": first.unit, "units": first.units}
    for name, truth in (("", sample.shared), ("_anew", np.zeros_like(sample.shared))):
        low, high, p = _judge(sample, truth)
        false = [_decided(*family).any() for family in zip(p, low, high, strict=True)]
        found |= {
            f"coverage{name}": float(((low <= 0) & (high >= 0)).mean()),
            f"false_verdicts{name}": float(np.mean(false)),
        }
    return found


def detectable(sample: Sample, power: float = POWER) -> float:
    """The difference of one method that gets the verdict with this probability, where the others do not differ.

    NaN where no difference does.
    """
    low, high, p = _judge(sample, sample.shared)
    first = Sample(sample.splits[:, :1], sample.classes[:, :1], sample.shared[:, :1])

    def share(difference: float) -> float:
        *ends, own_p = _judge(first, first.shared - difference)
        judged = [
            _decided(np.append(mine, rest[1:]), bottom, top)[0] and bottom[0] > 0
            for mine, rest, bottom, top in zip(own_p, p, *ends, strict=True)
        ]
        return float(np.mean(judged))

    below, above = 0.0, 20 * float(np.abs(high - low).mean())
    if share(above) < power:
        return np.nan
    for _ in range(12):
        middle = (below + above) / 2
        below, above = (below, middle) if share(middle) >= power else (middle, above)
    return above


def _judge(sample: Sample, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends of intervals and p of the differences less their ``truth``, (replicates, comparisons) each."""
    shift = truth[..., None]
    parts: list[PairedDifference] = [
        paired_difference(
            sample.splits[start : start + _BLOCK] - shift[start : start + _BLOCK],
            sample.classes[start : start + _BLOCK] - shift[start : start + _BLOCK],
        )
        for start in range(0, len(truth), _BLOCK)
    ]
    low, high, p = (np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "high", "p"))
    return low, high, p


def _decided(p: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which comparisons of a family have a verdict, bool; the rule of `mgah.metrics.statistics.verdict`."""
    return (holm(p.tolist()) <= ALPHA) & ((low > 0) | (high < 0))


def _write(folder: Path, name: str, table: pd.DataFrame) -> None:
    make_folder(folder)
    with atomic_path(folder / f"{name}.csv") as path:
        table.to_csv(path, index=False, float_format="%.4f", lineterminator="\n")
    with atomic_path(folder / f"{name}.md") as path:
        path.write_text(table.to_markdown(index=False, floatfmt=".3f") + "\n", encoding="utf-8")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mgah.benchmarks.intervals", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--scores", required=True, type=Path, help="scores of a run (.csv)")
    parser.add_argument(
        "--ablations", required=True, type=Path, help="scores of its ablation, of several seeds"
    )
    parser.add_argument(
        "--reference", default="mgah", help="name in the config of the method that is compared"
    )
    parser.add_argument("--baselines", required=True, nargs="+", help="names in the config of the others")
    parser.add_argument("--bits", type=int, default=32, help="code length")
    parser.add_argument("--queries", type=int, default=1000, help="queries a split")
    parser.add_argument("--replicates", type=int, default=1000, help="simulated runs a design")
    parser.add_argument("--seed", type=int, default=0, help="seed of the simulation")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder of both tables")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
