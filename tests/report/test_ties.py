"""The table of tie bands on scores that are known."""

import pandas as pd

from mgah.report.outputs.tables.ties import build


def test_band_expected_and_database_order(make_scores, reference, notes):
    values = {"mAP_min": 0.1, "mAP": 0.2, "mAP_stable": 0.25, "mAP_max": 0.4}
    rows = [{"metric": metric, "value": value} for metric, value in values.items()]
    rows += [{"metric": metric, "value": value + 0.1, "split": "1"} for metric, value in values.items()]
    rows += [{"method": "mgah", "metric": "mAP", "value": 0.3}, {"method": "cosine", "bits": None}]
    table = build(make_scores(*rows), reference, notes)
    (printed,) = table.frames
    caption, frame = printed.caption, printed.cells
    assert caption == "CIFAR-10 · lite0 · glove: mAP and ties\n2 splits."
    assert frame.iloc[0].tolist() == ["ITQ", "8", "0.150", "0.250", "0.300", "0.450", "0.300", "+0.050"]
    assert frame.iloc[1, 2:4].tolist() == ["n/a (undefined or not scored)", "0.300"]
    assert len(frame) == 2, "a line without codes has no ties in Hamming distance"
    assert pd.isna(table.data["width"].iloc[1])
