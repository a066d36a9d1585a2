"""Synthetic scores of known answers, what is derived from them, and the published numbers."""

import pandas as pd
import pytest

from mgah.report.paper.published import REFERENCE, read_reference
from mgah.report.submissions import read_submission
from mgah.tables.choices import COLUMNS as SELECTION_COLUMNS
from mgah.tables.comparisons import COUNTS as COMPARISON_COUNTS
from tests.fixtures.submissions import rows, submit
from tests.fixtures.tidy_rows import made_once


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


@made_once
def semantics_notes(make_semantics_notes) -> pd.DataFrame:
    """A note of the vectors of CIFAR-10's class names."""
    return make_semantics_notes({"note": "automobile uses the vector of 'car'"})


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


@made_once
def benchmarks(make_benchmarks) -> pd.DataFrame:
    """Fits of two methods, one of which was too short for some numbers, a scoring, and features."""
    fits = [{"method": "itq", "split": split, "seed": seed} for split in "01" for seed in "01"]
    short = {"method": "mgah", "cpu_seconds": None, "peak_mib": None}
    scoring = {"stage": "evaluation", "split": "", "seed": ""}
    features = {"stage": "features", "semantics": "", "method": "", "split": "", "seed": ""}
    return make_benchmarks(*fits, short, scoring, features)


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


@pytest.fixture
def ours(tmp_path):
    """The submission that others are set beside."""
    return read_submission(submit(tmp_path / "run", rows({"itq": 0.2, "mgah": 0.3, "random_codes": 0.9})))
