"""Synthetic scores of known answers, and the published numbers."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mgah.evaluation.scores import COLUMNS, read_scores, write_scores
from mgah.evaluation.sweeps import COLUMNS as SWEEP_COLUMNS
from mgah.evaluation.sweeps import read_sweeps, write_sweeps
from mgah.hashing.history import COLUMNS as HISTORY_COLUMNS
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
    "notes": "",
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
def make_sweeps(make_scores, tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Sweeps from score rows that also name ``parameter``, ``setting`` and ``default``; written and read on the way."""

    def make(*rows: dict) -> pd.DataFrame:
        filled = [{"sweep": "s", "default": "", "method": "mgah", "bits": 32} | row for row in rows]
        settings = {name: [str(row.pop(name)) for row in filled] for name in SWEEP_COLUMNS[:4]}
        parts = [
            make_scores(row).assign(**{name: settings[name][i] for name in settings})
            for i, row in enumerate(filled)
        ]
        frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(SWEEP_COLUMNS))
        write_sweeps(tmp_path / "sweeps.csv", frame[list(SWEEP_COLUMNS)])
        return read_sweeps(tmp_path / "sweeps.csv")

    return make


@pytest.fixture
def make_history() -> Callable[..., pd.DataFrame]:
    """History from rows that name only what differs from one epoch of MGAH."""
    one = {"dataset": "cifar10", "backbone": "lite0", "semantics": "glove", "split": "0", "method": "mgah"}
    one |= {"label": "MGAH", "bits": 32, "seed": 0, "epoch": 1, "loss": 1.0, "beta": 1.0}
    return lambda *rows: pd.DataFrame([one | row for row in rows], columns=list(HISTORY_COLUMNS))


@pytest.fixture
def ablations(make_scores) -> pd.DataFrame:
    """MGAH, four variants and two margins on the stand-in of AwA2, two splits, at 8 and 16 bits."""
    words = ("mgah", "mgah_1", "mgah_2", "mgah_4", "mgah_graph_off", "mgah_beta2", "mgah_beta5")
    cell = {"dataset": "awa2_mini", "semantics": "attributes"}
    return make_scores(
        *(
            cell
            | run
            | {"method": word, "split": split, "bits": bits, "value": 0.1 + 0.01 * i + 0.02 * int(split)}
            for i, word in enumerate(words)
            for split in ("0", "1")
            for bits in (8, 16)
            for run in ({}, {"class": "panda", "leak": "clean"}, {"class": "seal", "leak": "same"})
        )
    )


@pytest.fixture
def inputs(
    benchmark_scores, reference, selections, ablations, make_sweeps, make_history
) -> dict[str, pd.DataFrame]:
    """Every tidy table that an output may read, by name."""
    runs = [
        {"split": split, "seed": seed, "value": 0.2 + 0.1 * seed} for split in ("0", "1") for seed in (0, 1)
    ]
    sensitivity = {"latent": (32, 512), "alpha": (0, 0.3, 1), "lambda_": (0, 0.9)}
    sizes = {"training": (100, 200), "bits": (2, 8)}
    swept = [
        make_sweeps(
            *(
                run | {"parameter": parameter, "setting": value, "bits": value if parameter == "bits" else 32}
                for parameter, values in table.items()
                for value in values
                for run in runs
            )
        )
        for table in (sensitivity, sizes)
    ]
    history = make_history(*({"epoch": epoch, "loss": 1 / epoch, "beta": epoch} for epoch in (1, 2, 3)))
    tables = {"scores": benchmark_scores, "reference": reference, "selections": selections}
    return tables | {
        "ablations": ablations,
        "sensitivity": swept[0],
        "sizes": swept[1],
        "history": history,
    }


def _run(cell: dict, value: float) -> list[dict]:
    unseen = "deer" if cell["split"] == "0" else "cat"
    cell = cell | {"leak": "clean" if unseen == "deer" else "same", "notes": "not tuned; features are frozen"}
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
