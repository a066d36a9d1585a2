"""The table of what other papers print: columns, order of methods, and what is left out."""

import pytest

from mgah.report.outputs.tables.measures import ASYMMETRIC_NOTE, COLUMNS, build
from mgah.report.wording import MISSING

METHODS = ("itq", "ksh", "mgah", "random_codes")


def rows(values, metric):
    found = zip(METHODS, values, strict=False)  # the last may lack a measure
    return [{"method": method, "metric": metric, "value": value, "bits": 32} for method, value in found]


@pytest.fixture
def table(make_scores, notes):
    scores = make_scores(
        *rows([0.1, 0.2, 0.3, 0.9], "mAP"),
        {"method": "cosine", "bits": None, "value": 0.4},
        {"dataset": "other"},
    )
    measures = make_scores(
        *rows([0.2, 0.3, 0.4, 0.0], "mAP@5000"),
        *rows([0.5, 0.4, 0.3, 0.0], "mAP@1000"),
        *rows([0.7, 0.8, 0.75, 0.0], "mAP_among_unseen"),
        *rows([0.5] * 4, "chance_mAP_among_unseen"),
        *rows([0.1] * 4, "P@100"),
    )
    return build(measures, scores, notes)


def test_columns_stand_by_kind_and_rank_and_a_setting_without_measures_has_no_frame(table):
    (frame,) = table.frames
    measures = ["mAP", "mAP@1000", "mAP@5000", "P@100", "mAP among unseen", "chance among unseen"]
    assert [name for name in frame.cells if name in measures] == measures
    assert frame.cells["Method"].tolist() == ["ITQ", "KSH", "MGAH", "RANDOM_CODES", "Order as by mAP"]


def test_the_order_of_methods_is_compared_without_controls(table):
    """mAP@1000 turns the order round; among unseen classes two neighbors change places: 1 - 6 * 2 / (3 * 8)."""
    last = table.frames[0].cells.iloc[-1]
    assert (last["mAP@1000"], last["mAP@5000"], last["mAP among unseen"]) == ("-1.00", "1.00", "0.50")
    assert last["mAP"] == last["chance among unseen"] == MISSING
    orders = table.data.drop_duplicates("metric").set_index("metric")["order"]
    assert orders["mAP_among_unseen"] == pytest.approx(0.5)


def test_the_best_method_is_bold_and_no_control_and_no_chance_is(table):
    cells = table.frames[0].cells
    bold = {name: [row for row, text in enumerate(cells[name]) if "**" in text] for name in cells}
    assert bold["mAP"] == [2] and bold["mAP@1000"] == [0] and bold["mAP among unseen"] == [1]
    assert bold["chance among unseen"] == []


def test_methods_on_fewer_splits_or_seeds_are_neither_bold_nor_ordered(make_scores, notes):
    """KSH on one of two splits and TSK on one of two seeds would lead by mAP, and turn its order round."""
    values = {
        "itq": (0.1, 0.2),
        "dhn": (0.2, 0.3),
        "mgah": (0.3, 0.4),
        "ksh": (0.8, 0.01),
        "tsk": (0.9, 0.02),
    }
    runs = [(split, seed) for split in "01" for seed in (0, 1)]
    kept = {"ksh": runs[:2], "tsk": runs[::2]}
    full = [
        {"method": method, "split": split, "seed": seed, "bits": 32, "value": value, "metric": metric}
        for method, pair in values.items()
        for metric, value in zip(("mAP", "P@100"), pair, strict=True)
        for split, seed in kept.get(method, runs)
    ]
    parts = [[row for row in full if row["metric"] == metric] for metric in ("mAP", "P@100")]
    table = build(make_scores(*parts[1]), make_scores(*parts[0]), notes)
    cells = table.frames[0].cells.set_index("Method")
    assert [name for name in cells.index if "**" in cells.loc[name, "mAP"]] == ["MGAH"]
    assert cells.loc["KSH", "mAP"] == "0.800 ± 0.000 (1 of 2 splits)"
    assert cells.loc["TSK", "mAP"] == "0.900 ± 0.000 (1 of 2 seeds)"
    assert cells.loc["Order as by mAP", "P@100"] == "1.00"
    caption = table.frames[0].caption
    assert "2 splits × 2 seeds, 2 splits × 1 seed or 1 split × 2 seeds; ±" in caption
    assert caption.endswith(". Bold and order: of methods on all splits and seeds.")
    assert set(table.data.columns) == {*COLUMNS, "undefined", "trained"}


def test_asymmetric_measures_stand_last_and_are_empty_for_a_method_without_real_outputs(make_scores, notes):
    scores = make_scores(*rows([0.1, 0.2, 0.3, 0.9], "mAP"))
    measures = make_scores(
        *rows([0.5] * 4, "chance_mAP_among_unseen"),
        *rows([0.6, 0.5, 0.4], "asymmetric_mAP@5000"),
        *rows([0.7, 0.5, 0.6], "asymmetric_mAP"),
    )
    table = build(measures, scores, notes)
    (frame,) = table.frames
    assert list(frame.cells)[-3:] == ["chance among unseen", "mAP, asymmetric", "mAP@5000, asymmetric"]
    assert frame.cells["mAP, asymmetric"].tolist() == [
        "**0.700** (one run)",
        "0.500 (one run)",
        "0.600 (one run)",
        MISSING,
        "-0.50",
    ]
    assert ASYMMETRIC_NOTE in table.notes


def test_nothing_is_said_of_asymmetric_measures_where_there_are_none(table):
    assert ASYMMETRIC_NOTE not in table.notes


def test_map_at_5000_of_datasets_with_attributes_is_not_laid_beside_what_others_print(make_scores, notes):
    scores = make_scores(*({"dataset": name} for name in ("awa2_features", "cifar10", "sun_features")))
    measures = make_scores(
        {"dataset": "awa2_features", "metric": "mAP@5000"},
        {"dataset": "cifar10", "metric": "mAP@5000"},
        {"dataset": "sun_features", "metric": "mAP@1000"},
    )
    warnings = [note for note in build(measures, scores, notes).notes if "COMAE and PIXEL" in str(note)]
    (warning,) = warnings
    assert {block[0] for block, _ in warning.of} == {"awa2_features"}
    assert "no query is in the database" in warning.text


def test_without_measures_the_table_says_so(make_scores, notes):
    empty = make_scores({}).iloc[:0]
    table = build(empty, make_scores({}), notes)
    assert table.frames[0].heading == "No measures" and table.data.empty
