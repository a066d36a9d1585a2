"""Synthetic scores of known answers, and the published numbers."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mgah.evaluation.comparisons import COLUMNS as COMPARISON_COLUMNS
from mgah.evaluation.comparisons import read_comparisons, write_comparisons
from mgah.evaluation.scores import COLUMNS, read_scores, write_scores
from mgah.report.benchmarks import COLUMNS as BENCHMARK_COLUMNS
from mgah.report.benchmarks import read_benchmarks, write_benchmarks
from mgah.report.notes import COLUMNS as NOTE_COLUMNS
from mgah.report.reference import read_reference
from mgah.selection.store import COLUMNS as SELECTION_COLUMNS

REFERENCE = Path(__file__).parents[2] / "workflow" / "config" / "reference.csv"
DEFAULTS = {
    "dataset": "cifar10",
    "backbone": "lite0",
    "semantics": "glove",
    "split": "0",
    "method": "itq",
    "label": "",
    "bits": 8,
    "seed": 0,
    "metric": "mAP",
    "class": "",
    "value": 0.5,
    "leak": "",
}


@pytest.fixture
def make_scores(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Tidy scores from rows that name only what differs from the defaults; written and read on the way."""

    def make(*rows: dict, to: Path | None = None) -> pd.DataFrame:
        filled = [DEFAULTS | row for row in rows]
        frame = pd.DataFrame(filled, columns=list(COLUMNS)).astype({"bits": "Int64"})
        frame["label"] = frame["label"].where(frame["label"] != "", frame["method"].str.upper())
        path = to or tmp_path / "made.csv"
        write_scores(path, frame)
        return read_scores(path)

    return make


@pytest.fixture
def make_notes() -> Callable[..., pd.DataFrame]:
    """Notes from rows that name only what differs from the defaults."""

    def make(*rows: dict) -> pd.DataFrame:
        return pd.DataFrame([DEFAULTS | row for row in rows], columns=list(NOTE_COLUMNS))

    return make


@pytest.fixture
def reference() -> pd.DataFrame:
    return read_reference(REFERENCE)


@pytest.fixture
def benchmark_scores(make_scores) -> pd.DataFrame:
    """Two datasets, two splits, two seeds, all metrics, a control, a line without codes, an own method."""
    rows = []
    for dataset in ("cifar10", "digits"):
        for i, method in enumerate(("itq", "mgah", "mine", "random_codes", "cosine")):
            for split in ("0", "1"):
                for seed in (0, 1):
                    for bits in [None] if method == "cosine" else [8, 16]:
                        cell = dict(dataset=dataset, method=method, split=split, seed=seed, bits=bits)
                        rows += _run(
                            cell, 0.1 + 0.03 * i + 0.02 * int(split) + 0.01 * seed + (bits or 0) / 1000
                        )
    return make_scores(*rows)


@pytest.fixture
def selections() -> pd.DataFrame:
    """Two settings of one method on three splits, two draws each; two splits take the second setting."""
    cell = ("digits", "pixels", "attributes")
    scores = {"a": ((0.2, 0.3), (0.4, 0.5)), "b": ((0.2, 0.2), (0.3, 0.5)), "c": ((0.4, 0.4), (0.1, 0.3))}
    rows = [
        (
            *cell,
            split,
            "dhn_chosen",
            "DHN, chosen",
            32,
            0,
            trial,
            setting,
            held_out,
            mAP,
            (split != "c") == trial,
        )
        for split, trials in scores.items()
        for trial, setting in enumerate(("{}", '{"scale": 0.5, "pair_weights": "balanced"}'))
        for held_out, mAP in zip(('["one"]', '["two"]'), trials[trial], strict=True)
    ]
    return pd.DataFrame(rows, columns=list(SELECTION_COLUMNS))


@pytest.fixture
def notes(make_notes) -> pd.DataFrame:
    """A note of every method of ``benchmark_scores``, and another of one."""
    everyone = ("itq", "mgah", "mine", "random_codes", "cosine")
    cells = [{"dataset": name, "method": method} for name in ("cifar10", "digits") for method in everyone]
    return make_notes(*(cell | {"note": "not tuned"} for cell in cells), {"note": "features are frozen"})


@pytest.fixture
def make_comparisons(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Comparisons from rows that name only what differs from the defaults; written and read on the way."""
    defaults = DEFAULTS | {"reference": "mgah", "split": "", "splits": 2, "seeds": 2, "queries": 9, "won": 1}
    defaults |= {"reference_mAP": 0.3, "mAP": 0.2, "difference": 0.1, "low": 0.05, "high": 0.15, "d_z": 1.0}
    defaults |= {"p": 0.5, "family": "no", "p_holm": None, "verdict": "", "reason": ""}

    def make(*rows: dict) -> pd.DataFrame:
        filled = pd.DataFrame([defaults | row for row in rows], columns=list(COMPARISON_COLUMNS))
        write_comparisons(tmp_path / "comparisons.csv", filled)
        return read_comparisons(tmp_path / "comparisons.csv")

    return make


@pytest.fixture
def comparisons(make_comparisons) -> pd.DataFrame:
    """MGAH against the other methods with codes of ``benchmark_scores``, a family of two at 16 bits."""
    rows = []
    for dataset in ("cifar10", "digits"):
        for method in ("itq", "mine", "random_codes"):
            for bits in (8, 16):
                cell = {"dataset": dataset, "method": method, "bits": bits}
                decided = {"family": "yes", "p_holm": 1.0, "verdict": "undecided", "reason": "Holm p > 0.05"}
                rows.append(cell | (decided if bits == 16 and method != "random_codes" else {}))
                empty = dict.fromkeys(("low", "high", "splits", "won", "seeds", "queries", "d_z", "p"))
                rows += [cell | empty | {"split": split, "family": ""} for split in "01"]
    return make_comparisons(*rows)


@pytest.fixture
def make_benchmarks(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Benchmarks from rows that name only what differs from the defaults; written and read on the way."""
    names = {key: DEFAULTS[key] for key in ("dataset", "backbone", "semantics", "method")}
    defaults = names | {
        "stage": "hashing",
        "training": "",
        "split": "0",
        "seed": "0",
        "machine": "A CPU, 2 cores",
    }
    defaults |= {"seconds": 2.0, "cpu_seconds": 1.0, "peak_mib": 300.0}

    def make(*rows: dict) -> pd.DataFrame:
        filled = pd.DataFrame([defaults | row for row in rows], columns=list(BENCHMARK_COLUMNS))
        write_benchmarks(tmp_path / "benchmarks.csv", filled)
        return read_benchmarks(tmp_path / "benchmarks.csv")

    return make


@pytest.fixture
def benchmarks(make_benchmarks) -> pd.DataFrame:
    """Fits of two methods, one of which was too short for some numbers, a scoring, and features."""
    fits = [{"method": "itq", "split": split, "seed": seed} for split in "01" for seed in "01"]
    short = {"method": "mgah", "cpu_seconds": None, "peak_mib": None}
    scoring = {"stage": "evaluation", "split": "", "seed": ""}
    features = {"stage": "features", "semantics": "", "method": "", "split": "", "seed": ""}
    return make_benchmarks(*fits, short, scoring, features)


@pytest.fixture
def inputs(
    benchmark_scores, notes, reference, selections, comparisons, benchmarks
) -> dict[str, pd.DataFrame]:
    """Every tidy table that an output may read, by name."""
    return {
        "scores": benchmark_scores,
        "notes": notes,
        "reference": reference,
        "selections": selections,
        "comparisons": comparisons,
        "benchmarks": benchmarks,
    }


def _run(cell: dict, value: float) -> list[dict]:
    unseen = "deer" if cell["split"] == "0" else "cat"
    cell = cell | {"leak": "clean" if unseen == "deer" else "same"}
    metrics = {
        "mAP": value,
        "chance_mAP": 0.08,
        "undefined_queries": 0,
        "seen_mAP": 0.5,
        "harmonic_mean": 0.3,
    }
    if cell["bits"] is not None:
        metrics |= {"mAP_min": value - 0.02, "mAP_max": value + 0.02, "mAP_stable": value + 0.01}
        metrics |= {"P@H<=2": 2 * value, "P@H<=2_nonempty": 2.5 * value, "empty_ball_share": 0.2}
        metrics |= {"seen_P@H<=2": 0.6, "bit_balance": 0.15}
    whole = [cell | {"metric": metric, "value": number} for metric, number in metrics.items()]
    return [*whole, cell | {"class": unseen, "value": value}]
