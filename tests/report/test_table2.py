"""Table 2 on scores whose table is known."""

import pytest

from mgah.report.footnotes import numbered
from mgah.report.outputs.tables.table2 import build
from mgah.report.writers import write_table


def _frame(table, heading: str):
    return next(frame.cells for frame in table.frames if frame.heading.endswith(heading))


def _both(row: dict, value: float) -> list[dict]:
    """mAP, and twice its value as P@H<=2."""
    return [row | {"metric": "mAP", "value": value}, row | {"metric": "P@H<=2", "value": 2 * value}]


def test_both_metrics_beside_the_published_values_on_googlenet(make_scores, reference, notes):
    scores = make_scores(
        *_both({"backbone": "googlenet", "method": "mgah"}, 0.3),
        *_both({"backbone": "googlenet", "method": "doph"}, 0.2),
        *_both({"backbone": "googlenet", "method": "itq"}, 0.4),
        *_both({"backbone": "lite0", "method": "mgah"}, 0.1),
    )
    table = build(scores, reference, notes)
    headings = [frame.heading for frame in table.frames]
    assert headings == ["CIFAR-10 · googlenet · glove: mAP", "CIFAR-10 · googlenet · glove: P@H≤2"]
    assert _frame(table, ": mAP").to_numpy().tolist() == [
        ["DOPH", "0.3402", "0.200 (one run)"],
        ["MGAH†", "0.2716", "**0.300** (one run)"],
    ]
    assert _frame(table, ": P@H≤2").to_numpy().tolist() == [
        ["DOPH", "0.3227", "0.400 (one run)"],
        ["MGAH†", "0.2515", "**0.600** (one run)"],
    ]
    numbers = table.data.set_index(["metric", "method"])[["published", "ours"]]
    assert numbers.loc[("P@H<=2", "mgah")].tolist() == pytest.approx([0.2515, 0.6])
    assert len(numbers) == 4


def test_a_dataset_without_googlenet_is_shown_on_what_it_has_and_says_so(make_scores, reference, notes):
    scores = make_scores(
        *_both({"backbone": "googlenet", "method": "mgah"}, 0.3),
        *_both({"backbone": "lite0", "method": "mgah"}, 0.1),
        *_both({"dataset": "awa2_mini", "semantics": "attributes", "method": "mgah"}, 0.2),
    )
    table = build(scores, reference, notes)
    frame = _frame(table, "awa2-mini · lite0 · attributes: mAP").set_index("Method")
    assert frame.loc["MGAH"].tolist() == ["0.1611", "0.200 (one run)"]
    assert frame.loc["DOPH"].tolist() == ["0.1578", "n/a (not run)"]
    footnotes = numbered(table).footnotes
    assert sum("ours are of the backbone `lite0`" in note and "stand-in" in note for note in footnotes) == 1
    frame = _frame(table, "All datasets: P@H≤2").set_index(["Method", "Backbone"])
    assert frame.to_dict("index") == {
        ("MGAH", "lite0"): {"awa2-mini, 8 bits": "0.400 (0.0738)", "CIFAR-10, 8 bits": "–"},
        ("MGAH†", "googlenet"): {"awa2-mini, 8 bits": "–", "CIFAR-10, 8 bits": "0.600 (0.2515)"},
    }


def test_scores_of_other_methods_alone_leave_nothing_to_compare(make_scores, reference, notes, tmp_path):
    table = build(make_scores({"method": "itq"}), reference, notes)
    (frame,) = table.frames
    assert frame.heading == "Nothing to compare" and frame.block is None
    assert frame.cells.to_numpy().tolist() == [["neither MGAH nor DOPH was run"]]
    full = build(make_scores({"method": "mgah"}), reference, notes)
    assert list(table.data) == list(full.data) and table.data.empty
    markdown, csv, _ = write_table(table, tmp_path / "table2")
    assert "neither MGAH nor DOPH was run" in markdown.read_text(encoding="utf-8")
    assert csv.read_text(encoding="utf-8").startswith("dataset,backbone,semantics,method,label,bits,")
