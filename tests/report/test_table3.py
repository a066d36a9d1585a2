"""Table 3: components and margins, published values beside ours, one training in both parts."""

import numpy as np
import pytest

from mgah.report.footnotes import numbered
from mgah.report.outputs.tables.table3 import build


def frame(table, word):
    """Caption and frame of the one part whose heading ends with ``word``."""
    (found,) = [(frame.caption, frame.cells) for frame in table.frames if frame.heading.endswith(word)]
    return found


def test_components_beside_the_paper(ablations, reference, notes):
    caption, cells = frame(build(ablations, reference, notes), "components")
    assert cells["Method"].tolist() == [
        *("MGAH", "MGAH_1", "MGAH_2", "MGAH-3", "MGAH_4", "MGAH-5"),
        "MGAH_GRAPH_OFF",
    ]
    assert cells["8 bits paper"].tolist() == ["0.1169", "0.1090", "0.0870", "0.1137", "0.0837", "0.0766", "–"]
    # splits .10 and .12: mean .11, half of the interval 12.706 * .01
    assert cells["8 bits ours"].iloc[0] == "0.110 ± 0.127"
    assert cells["8 bits ours"].tolist()[3] == "n/a (not run)"
    assert "2 splits × 1 seed" in caption and "(clean): 1 of 2" in caption
    assert "awa2-mini is a stand-in" in caption


def test_notes_of_the_fits_are_told(ablations, reference, make_notes):
    place = dict(ablations.iloc[0][["dataset", "backbone", "semantics"]])
    notes = make_notes(*(place | {"method": word, "note": "GloVe"} for word in set(ablations["method"])))
    assert "GloVe." in numbered(build(ablations, reference, notes)).notes


def test_each_row_has_the_footnotes_of_its_own_method(make_scores, make_notes, reference):
    """MGAH is labeled with its growing margin in the second part, and two variants have one label."""
    names = {"mgah": "MGAH", "mgah_1": "MGAH-1", "mgah_2": "Variant", "mgah_3": "Variant"}
    scores = make_scores(*({"method": name, "label": label} for name, label in names.items()))
    notes = make_notes(*({"method": name, "note": f"Of {name}."} for name in ("mgah", "mgah_1", "mgah_3")))
    printed = numbered(build(scores, reference, notes))
    told = {}
    for shown in printed.frames:
        marks = [[printed.footnotes[mark - 1] for mark in row] for row in shown.row_marks]
        told |= {
            (shown.heading.rpartition(" ")[2], name): row
            for name, row in zip(shown.methods, marks, strict=True)
        }
    assert told["components", "mgah_2"] == [] and told["components", "mgah_3"] == ["Of mgah_3."]
    assert told["components", "mgah"] == told["margins", "mgah"] == ["Of mgah."]
    assert told["components", "mgah_1"] == told["margins", "mgah_beta1"] == ["Of mgah_1."]


def test_softmax_and_a_margin_of_one_are_one_training(ablations, reference, notes):
    table = build(ablations, reference, notes)
    _, cells = frame(table, "margins")
    assert cells["Method"].tolist() == [
        *("MGAH, β grows", "MGAH, β = 1", "MGAH_BETA2", "MGAH, β = 3", "MGAH, β = 4", "MGAH_BETA5")
    ]
    _, components = frame(table, "components")
    for column in ("8 bits ours", "16 bits ours", "8 bits paper"):
        assert cells[column].iloc[1].strip("*") == components[column].iloc[1].strip("*")
    data = table.data.set_index(["part", "method", "bits"])["ours"]
    assert data["margins", "mgah_beta1", 8] == data["components", "mgah_1", 8] == pytest.approx(0.12)


def test_a_margin_of_one_that_was_trained_shows_its_own_numbers(make_scores, reference, notes):
    rows = [{"method": word, "value": value} for word, value in (("mgah_1", 0.2), ("mgah_beta1", 0.3))]
    data = build(make_scores(*rows), reference, notes).data.set_index("method")["ours"]
    assert data["mgah_1"] == 0.2 and data["mgah_beta1"] == 0.3


def test_another_entry_of_mgah_that_was_taken_apart_stands_for_it(make_scores, reference, notes):
    rows = [
        {"method": word, "label": word, "dataset": "awa2_mini", "value": 0.2}
        for word in ("mgah_tuned", "mgah_1")
    ]
    table = build(make_scores(*rows), reference, notes)
    _, components = frame(table, "components")
    _, margins = frame(table, "margins")
    assert components.set_index("Method").loc["mgah_tuned"].tolist() == ["0.1169", "**0.200** (one run)"]
    assert margins.set_index("Method").loc["mgah_tuned, β grows"].tolist() == [
        "0.1169",
        "**0.200** (one run)",
    ]
    assert "MGAH" not in set(components["Method"])


def test_one_run_and_undefined_values_are_told(make_scores, reference, notes):
    rows = [{"method": "mgah", "value": 0.2}, {"method": "mgah_2", "value": np.nan}]
    _, cells = frame(build(make_scores(*rows), reference, notes), "components")
    assert cells["8 bits ours"].tolist() == ["0.200 (one run)", "n/a (undefined in 1 of 1 runs)"]


def test_every_dataset_has_its_own_frames(ablations, make_scores, reference, notes):
    import pandas as pd

    both = pd.concat([ablations, make_scores({"dataset": "digits", "method": "mgah"})])
    headings = [frame.heading for frame in build(both, reference, notes).frames]
    assert len(headings) == 4 and headings[2].startswith("digits")
