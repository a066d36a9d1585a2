"""The table of tie bands on scores that are known."""

import numpy as np
import pandas as pd

from mgah.report.outputs.tables.table1 import build as build_table1
from mgah.report.outputs.tables.ties import build


def test_band_expected_and_database_order(make_scores, reference, notes):
    values = {"mAP_min": 0.1, "mAP": 0.2, "mAP_stable": 0.25, "mAP_max": 0.4}
    rows = [{"metric": metric, "value": value} for metric, value in values.items()]
    rows += [{"metric": metric, "value": value + 0.1, "split": "1"} for metric, value in values.items()]
    rows += [{"method": "mgah", "metric": "mAP", "value": 0.3}, {"method": "cosine", "bits": None}]
    table = build(make_scores(*rows), reference, notes)
    (printed,) = table.frames
    caption, frame = printed.caption, printed.cells
    assert caption == "CIFAR-10 · lite0 · glove: mAP and ties\n1 to 2 splits × 1 seed."
    assert frame.iloc[0].tolist() == ["ITQ", "8", "0.150", "0.250", "0.300", "0.450", "0.300", "+0.050"]
    assert frame.iloc[1, 2:4].tolist() == ["n/a (undefined or not scored)", "0.300 (1 of 2 splits)"]
    assert len(frame) == 2, "a line without codes has no ties in Hamming distance"
    assert pd.isna(table.data["width"].iloc[1])


def on_runs(method: str, splits: int, seeds: int, value: float = 0.5, **more: object) -> list[dict]:
    """Score rows of all tie metrics of one method, the same on each of so many splits and seeds."""
    metrics = ("mAP_min", "mAP", "mAP_stable", "mAP_max")
    cell = {"method": method, "value": value} | more
    return [
        cell | {"split": str(split), "seed": seed, "metric": metric}
        for split in range(splits)
        for seed in range(seeds)
        for metric in metrics
    ]


def test_a_number_on_fewer_splits_or_seeds_says_so_as_in_table_1(make_scores, reference, notes):
    rows = [*on_runs("itq", 10, 3), *on_runs("ksh", 10, 3), *on_runs("tsk", 10, 1), *on_runs("mgah", 2, 1)]
    scores = make_scores(*rows)
    table = build(scores, reference, notes)
    (frame,) = table.frames
    assert frame.text == "10 splits × 3 seeds, 10 splits × 1 seed or 2 splits × 1 seed."
    words = {"ITQ": "", "KSH": "", "TSK": " (1 of 3 seeds)", "MGAH": " (2 of 10 splits, 1 of 3 seeds)"}
    cells = frame.cells.set_index("Method")
    assert cells["expected"].to_dict() == {name: f"0.500{told}" for name, told in words.items()}
    assert set(cells.drop(columns=["Bits", "expected", "width", "shift"]).stack()) == {"0.500"}
    beside = build_table1(scores, reference, notes).frames[-1]
    assert beside.heading.endswith("beside mAP")
    assert beside.cells.set_index("Method")["mAP"].to_dict() == cells["expected"].to_dict()
    sizes = table.data.set_index("method")[["splits", "seeds", "runs"]]
    assert sizes.loc["mgah"].tolist() == [2, 1, 2] and sizes.loc["itq"].tolist() == [10, 3, 30]


def test_sizes_are_those_of_each_setting(make_scores, reference, notes):
    """Two splits are all that digits has; a control with more seeds does not decide what a full number is."""
    rows = [*on_runs("itq", 3, 1), *on_runs("itq", 2, 1, dataset="digits")]
    rows += on_runs("random_codes", 2, 3, dataset="digits")
    texts = {
        frame.heading.partition(" ")[0]: (frame.text, frame.cells["expected"].tolist())
        for frame in build(make_scores(*rows), reference, notes).frames
    }
    assert texts["CIFAR-10"] == ("3 splits × 1 seed.", ["0.500"])
    assert texts["digits"] == ("2 splits × 1 to 3 seeds.", ["0.500", "0.500"])


def test_an_undefined_number_has_no_words_about_splits(make_scores, reference, notes):
    rows = [*on_runs("itq", 2, 1), *on_runs("ksh", 1, 1, value=np.nan)]
    (frame,) = build(make_scores(*rows), reference, notes).frames
    assert frame.cells.set_index("Method").loc["KSH", "expected"] == "n/a (undefined or not scored)"
