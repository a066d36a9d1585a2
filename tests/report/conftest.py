"""Synthetic scores of known answers, and the published numbers."""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mgah.report.paper.published import read_reference
from mgah.tables.benchmarks import BENCHMARKS
from mgah.tables.choices import COLUMNS as SELECTION_COLUMNS
from mgah.tables.comparisons import COMPARISONS
from mgah.tables.comparisons import COUNTS as COMPARISON_COUNTS
from mgah.tables.confusion import COLUMNS as CONFUSION_COLUMNS
from mgah.tables.contrasts import CONTRASTS
from mgah.tables.curves import COLUMNS as CURVE_COLUMNS
from mgah.tables.format import RUN_KEY, TableFormat
from mgah.tables.gallery import COLUMNS as GALLERY_COLUMNS
from mgah.tables.graphs import graph_table
from mgah.tables.history import COLUMNS as HISTORY_COLUMNS
from mgah.tables.notes import COLUMNS as NOTE_COLUMNS
from mgah.tables.scores import COLUMNS, read_scores, write_scores
from mgah.tables.semantics_notes import COLUMNS as SEMANTICS_NOTE_COLUMNS
from mgah.tables.sweeps import COLUMNS as SWEEP_COLUMNS
from mgah.tables.sweeps import read_sweeps, write_sweeps
from mgah.tables.trained_features import COLUMNS as TRAINED_COLUMNS
from mgah.tables.trained_features import read_trained_features, write_trained_features

REFERENCE = Path(__file__).parents[2] / "mgah" / "report" / "paper" / "published.csv"
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
    "trained": "",
}


def _maker(table_format: TableFormat, path: Path, defaults: dict) -> Callable[..., pd.DataFrame]:
    """A function that makes a table of rows that say what differs from ``defaults``; written and read on the way."""

    def make(*rows: dict) -> pd.DataFrame:
        filled = pd.DataFrame([defaults | row for row in rows], columns=list(table_format.columns))
        table_format.write(path, filled)
        return table_format.read(path)

    return make


def made_once(make: Callable[..., pd.DataFrame]):
    """A fixture whose table is made for the first test that asks for it; every test gets a copy, its own to change."""
    made = []

    @functools.wraps(make)
    def copied(*arguments, **named) -> pd.DataFrame:
        if not made:
            made.append(make(*arguments, **named))
        return made[0].copy()

    return pytest.fixture(copied)


def _score_rows(rows: list[dict] | tuple[dict, ...]) -> pd.DataFrame:
    """A table of scores of ``rows``, which name only what differs from the defaults."""
    frame = pd.DataFrame([DEFAULTS | row for row in rows], columns=list(COLUMNS)).astype({"bits": "Int64"})
    frame["label"] = frame["label"].where(frame["label"] != "", frame["method"].str.upper())
    return frame


@pytest.fixture
def make_scores(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Tidy scores from rows that name only what differs from the defaults; written and read on the way."""

    def make(*rows: dict, to: Path | None = None) -> pd.DataFrame:
        path = to or tmp_path / "made.csv"
        write_scores(path, _score_rows(rows))
        return read_scores(path)

    return make


@pytest.fixture
def make_notes() -> Callable[..., pd.DataFrame]:
    """Notes from rows that name only what differs from the defaults."""

    def make(*rows: dict) -> pd.DataFrame:
        return pd.DataFrame([DEFAULTS | row for row in rows], columns=list(NOTE_COLUMNS))

    return make


@made_once
def reference() -> pd.DataFrame:
    return read_reference(REFERENCE)


@made_once
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


@made_once
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
            "dhn",
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


@made_once
def notes(make_notes) -> pd.DataFrame:
    """A note of every method of ``benchmark_scores``, and another of one."""
    everyone = ("itq", "mgah", "mine", "random_codes", "cosine")
    cells = [{"dataset": name, "method": method} for name in ("cifar10", "digits") for method in everyone]
    return make_notes(*(cell | {"note": "not tuned"} for cell in cells), {"note": "features are frozen"})


@pytest.fixture
def make_semantics_notes() -> Callable[..., pd.DataFrame]:
    """Notes of semantics from rows that name only what differs from the defaults."""

    def make(*rows: dict) -> pd.DataFrame:
        return pd.DataFrame([DEFAULTS | row for row in rows], columns=list(SEMANTICS_NOTE_COLUMNS))

    return make


@made_once
def semantics_notes(make_semantics_notes) -> pd.DataFrame:
    """A note of the vectors of CIFAR-10's class names."""
    return make_semantics_notes({"note": "automobile uses the vector of 'car'"})


@pytest.fixture
def make_comparisons(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Comparisons from rows that name only what differs from the defaults; written and read on the way."""
    defaults = DEFAULTS | {"reference": "mgah", "split": "", "development": "no"}
    defaults |= {"splits": 2, "seeds": 2, "queries": 9, "won": 1}
    defaults |= {"reference_mAP": 0.3, "mAP": 0.2, "difference": 0.1, "low": 0.05, "high": 0.15, "d_z": 1.0}
    defaults |= {
        "unit": "splits",
        "units": 2,
        "p": 0.5,
        "family": "no",
        "p_holm": None,
        "verdict": "",
        "reason": "",
    }

    return _maker(COMPARISONS, tmp_path / "comparisons.csv", defaults)


@made_once
def comparisons(make_comparisons) -> pd.DataFrame:
    """MGAH against the other methods with codes of ``benchmark_scores``, a family of two at 16 bits."""
    rows = []
    for dataset in ("cifar10", "digits"):
        for method in ("itq", "mine", "random_codes"):
            for bits in (8, 16):
                cell = {"dataset": dataset, "method": method, "bits": bits}
                decided = {"family": "yes", "p_holm": 1.0, "verdict": "undecided", "reason": "Holm p > 0.05"}
                rows.append(cell | (decided if bits == 16 and method != "random_codes" else {}))
                empty = dict.fromkeys(("low", "high", *COMPARISON_COUNTS, "d_z", "p"))
                rows += [cell | empty | {"split": split, "unit": "", "family": ""} for split in "01"]
    return make_comparisons(*rows)


@pytest.fixture
def make_contrasts(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Contrasts from rows that name only what differs from the defaults; written and read on the way."""
    defaults = DEFAULTS | {"method": "mgah", "label": "MGAH", "trained": "end to end", "bits": 32}
    defaults |= {"part": "lead", "against": '["itq"]', "against_labels": '["ITQ"]', "value": 0.1}
    defaults |= {"strength": 0.2}

    return _maker(CONTRASTS, tmp_path / "contrasts.csv", defaults)


@made_once
def contrasts(make_contrasts) -> pd.DataFrame:
    """Two parts in two settings, one of which has both frozen and trained methods, on two splits."""
    both = {"against": '["itq", "itq_l2"]', "against_labels": '["ITQ", "ITQ, L2"]'}
    frozen = {
        "method": "mgah_frozen",
        "label": "MGAH, frozen",
        "trained": "frozen features, hash layers trained",
    }
    cells = [{}, frozen, {"dataset": "digits", "strength": 0.1} | frozen]
    return make_contrasts(
        *(
            cell | part | {"metric": metric, "split": split, "value": 0.01 * i + 0.02 * int(split)}
            for i, cell in enumerate(cells)
            for part in ({"part": "lead"} | both, {"part": "the graph and all"})
            for metric in ("mAP", "P@H<=2")
            for split in ("0", "1")
        )
    )


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

    return _maker(BENCHMARKS, tmp_path / "benchmarks.csv", defaults)


@made_once
def benchmarks(make_benchmarks) -> pd.DataFrame:
    """Fits of two methods, one of which was too short for some numbers, a scoring, and features."""
    fits = [{"method": "itq", "split": split, "seed": seed} for split in "01" for seed in "01"]
    short = {"method": "mgah", "cpu_seconds": None, "peak_mib": None}
    scoring = {"stage": "evaluation", "split": "", "seed": ""}
    features = {"stage": "features", "semantics": "", "method": "", "split": "", "seed": ""}
    return make_benchmarks(*fits, short, scoring, features)


@made_once
def curves() -> pd.DataFrame:
    """MGAH and ITQ on two datasets: split 0 with one seed, split 1 with two, radius 0 to 3 of 32 bits."""
    runs = {("0", 0): 0.3, ("1", 0): 0.5, ("1", 1): 0.7}
    rows = [
        (
            *(dataset, "lite0", "glove", split, word, word.upper(), seed, 32),
            *(radius, high - (word == "itq") / 10 + radius / 100, radius / 10, 0.5),
        )
        for dataset in ("cifar10", "awa2_mini")
        for word in ("mgah", "itq")
        for (split, seed), high in runs.items()
        for radius in range(4)
    ]
    return pd.DataFrame(rows, columns=list(CURVE_COLUMNS))


@made_once
def graphs() -> pd.DataFrame:
    """Graphs of three images of two classes; S differs from its transpose by 0.25."""
    cell = ("awa2_mini", "lite0", "attributes", "standard", "mgah", "MGAH", 0, 32)
    joint = np.eye(3)
    joint[0, 1] = 0.25
    matrices = {"fixed": 0.5 * np.eye(3), "attention": np.eye(3), "joint": joint}
    cell = dict(zip(RUN_KEY, cell, strict=True)) | {"trained": "end to end"}
    return graph_table(cell, matrices, ["polar+bear", "polar+bear", "zebra"])


@made_once
def confusion() -> pd.DataFrame:
    """Shares of five classes around queries of one, in two splits, of two methods."""
    cell = ("awa2_mini", "lite0", "attributes")
    rows = [
        (*cell, split, word, word.upper(), 0, 32, 100, "bat", name, name == "bat", share, 0.15)
        for word in ("mgah", "itq")
        for split, own in (("0", 0.1), ("1", 0.3))
        for name, share in (("bat", own), ("dog", 0.4), ("cow", 0.2), ("ant", 0.1), ("elk", 0.3 - own))
    ]
    return pd.DataFrame(rows, columns=list(CONFUSION_COLUMNS))


@made_once
def gallery() -> pd.DataFrame:
    """One query, image 1; ITQ finds images 2 and 3, MGAH 3 and 2, of which 2 is right."""
    cell = ("awa2_mini", "lite0", "attributes", "standard")
    classes = {2: "polar+bear", 3: "german+shepherd"}
    rows = [
        (*cell, word, word.upper(), 0, 32, 1, "polar+bear", rank, image, classes[image], rank, image == 2)
        for word, found in (("mgah", (3, 2)), ("itq", (2, 3)))
        for rank, image in enumerate(found, start=1)
    ]
    return pd.DataFrame(rows, columns=list(GALLERY_COLUMNS))


@made_once
def thumbnails() -> pd.DataFrame:
    """Images 1 to 3, gray, each ten times its id."""
    rows = [("awa2_mini", image, bytes([10 * image] * 4 * 4 * 3)) for image in (1, 2, 3)]
    return pd.DataFrame(rows, columns=["dataset", "id", "pixels"])


@pytest.fixture
def make_sweeps(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Sweeps from score rows that also name ``parameter``, ``setting`` and ``default``; written and read on the way."""

    def make(*rows: dict) -> pd.DataFrame:
        filled = [{"sweep": "s", "default": "", "method": "mgah", "bits": 32} | row for row in rows]
        settings = {name: [str(row.pop(name)) for row in filled] for name in SWEEP_COLUMNS[:4]}
        write_sweeps(tmp_path / "sweeps.csv", _score_rows(filled).assign(**settings)[list(SWEEP_COLUMNS)])
        return read_sweeps(tmp_path / "sweeps.csv")

    return make


@pytest.fixture
def make_trained_features(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    """Scores on trained features from score rows that also name ``network``; written and read on the way."""

    def make(*rows: dict) -> pd.DataFrame:
        frame = _score_rows(rows).assign(network=[row["network"] for row in rows])
        path = tmp_path / "trained_features.csv"
        write_trained_features(path, frame[list(TRAINED_COLUMNS)])
        return read_trained_features(path)

    return make


@made_once
def trained_features(make_trained_features) -> pd.DataFrame:
    """ITQ and cosine on the features of MGAH's networks of ``benchmark_scores``, at 16 bits."""
    return make_trained_features(
        *(
            {"network": "mgah", "method": method, "bits": 16, "split": split, "seed": seed, "value": 0.2}
            | {"metric": metric, "trained": "end to end"}
            for method in ("itq", "cosine")
            for split in ("0", "1")
            for seed in (0, 1)
            for metric in ("mAP", "P@H<=2")
            if (method, metric) != ("cosine", "P@H<=2")
        )
    )


@made_once
def measures(make_scores) -> pd.DataFrame:
    """mAP@1000 and mAP among unseen classes of the methods of ``benchmark_scores`` on one of its datasets."""
    return make_scores(
        *(
            {
                "dataset": "digits",
                "method": method,
                "bits": bits,
                "split": split,
                "metric": metric,
                "value": 0.3,
            }
            for method in ("itq", "mgah", "mine", "random_codes")
            for bits in (8, 16)
            for split in ("0", "1")
            for metric in ("mAP@1000", "mAP_among_unseen", "chance_mAP_among_unseen")
        )
    )


@pytest.fixture
def make_history() -> Callable[..., pd.DataFrame]:
    """History from rows that name only what differs from one epoch of MGAH."""
    one = {"dataset": "cifar10", "backbone": "lite0", "semantics": "glove", "split": "0", "method": "mgah"}
    one |= {"label": "MGAH", "bits": 32, "seed": 0, "epoch": 1, "loss": 1.0, "beta": 1.0}
    return lambda *rows: pd.DataFrame([one | row for row in rows], columns=list(HISTORY_COLUMNS))


@made_once
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


@made_once
def sweeps(make_sweeps) -> pd.DataFrame:
    """What Figures 5 and 6 show: two splits with two seeds at each value."""
    runs = [
        {"split": split, "seed": seed, "value": 0.2 + 0.1 * seed} for split in ("0", "1") for seed in (0, 1)
    ]
    vary = {
        "latent": (32, 512),
        "alpha": (0, 0.3, 1),
        "lambda_": (0, 0.9),
        "training": (100, 200),
        "bits": (2, 8),
    }
    return make_sweeps(
        *(
            run | {"parameter": parameter, "setting": value, "bits": value if parameter == "bits" else 32}
            for parameter, values in vary.items()
            for value in values
            for run in runs
        )
    )


@made_once
def history(make_history) -> pd.DataFrame:
    """Three epochs of MGAH."""
    return make_history(*({"epoch": epoch, "loss": 1 / epoch, "beta": epoch} for epoch in (1, 2, 3)))


@pytest.fixture
def inputs(
    benchmark_scores,
    notes,
    semantics_notes,
    reference,
    selections,
    comparisons,
    contrasts,
    benchmarks,
    curves,
    graphs,
    confusion,
    gallery,
    thumbnails,
    ablations,
    sweeps,
    history,
    trained_features,
    measures,
) -> dict[str, pd.DataFrame]:
    """Every tidy table that an output may read, by name."""
    return {
        "scores": benchmark_scores,
        "notes": notes,
        "semantics_notes": semantics_notes,
        "reference": reference,
        # of two methods of the scores
        "selections": selections.assign(
            backbone="lite0", semantics="glove", method="mine", label="MINE", default="mgah"
        ),
        "comparisons": comparisons,
        "contrasts": contrasts,
        "benchmarks": benchmarks,
        "curves": curves,
        "graphs": graphs,
        "confusion": confusion,
        "gallery": gallery,
        "thumbnails": thumbnails,
        "ablations": ablations,
        "ablation_notes": notes,
        "sweeps": sweeps,
        "history": history,
        "trained_features": trained_features,
        "measures": measures,
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
