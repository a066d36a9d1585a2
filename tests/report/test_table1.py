"""Table 1 on scores whose table is known."""

import numpy as np
import pandas as pd
import pytest

from mgah.report.footnotes import numbered
from mgah.report.outputs.tables.table1 import build


def _frame(table, heading: str):
    return next(frame.cells for frame in table.frames if frame.heading.endswith(heading))


def _caption(table, heading: str) -> str:
    return next(frame.caption for frame in table.frames if frame.heading.endswith(heading))


def test_published_ours_and_bold(make_scores, reference, notes):
    scores = make_scores(
        {"value": 0.2},
        {"value": 0.4, "split": "1"},
        {"method": "mgah", "value": 0.1},
        {"method": "mgah", "value": 0.3, "split": "1"},
        {"method": "random_codes", "value": 0.9},
        {"method": "random_codes", "value": 0.9, "split": "1"},
    )
    table = build(scores, reference, notes)
    frame = _frame(table, ": mAP").set_index("Method")
    assert list(frame.columns) == ["8 bits paper", "8 bits ours"]
    assert frame.loc["ITQ"].tolist() == ["0.1382", "**0.300** ± 1.271"]
    assert frame.loc["MGAH"].tolist() == ["0.2490", "0.200 ± 1.271"]
    assert frame.loc["SitNet"].tolist() == ["0.2198", "n/a (not run)"]
    assert list(frame.index) == ["ITQ", "IMH", "KSH", "SDH", "DHN", "DNNH", "TSK", "SitNet", "MGAH"]
    assert _frame(table, ": controls").to_numpy().tolist() == [["RANDOM_CODES", "0.900 ± 0.000"]]
    row = table.data.set_index("method").loc["itq"]
    assert row[["published", "ours"]].tolist() == pytest.approx([0.1382, 0.3])
    assert row["high"] - row["low"] == pytest.approx(0.2 * 12.7062047, rel=1e-6)
    assert table.data.set_index("method").loc["sitnet", "reason"] == "not run"
    assert table.data["ours"].isna().sum() == 7


def test_missing_undefined_incomplete_and_unpublished_cells(make_scores, reference, notes):
    scores = make_scores(
        *({"dataset": "digits", "split": s, "bits": b} for s in "01" for b in (8, 16)),
        {"dataset": "digits", "method": "mgah", "value": np.nan},
        {"dataset": "digits", "method": "ksh", "value": 0.9, "bits": 16},
    )
    frame = _frame(build(scores, reference, notes), ": mAP").set_index("Method")
    assert frame.columns.tolist() == ["8 bits ours", "16 bits ours"]  # the paper has no such dataset
    assert frame.loc["ITQ"].tolist() == ["0.500 ± 0.000", "0.500 ± 0.000"], "no rival on both splits, no bold"
    assert frame.loc["MGAH"].tolist() == ["n/a (undefined in 1 of 1 runs)", "n/a (not run)"]
    assert frame.loc["KSH", "16 bits ours"] == "0.900 (one run) (1 of 2 splits)"


@pytest.fixture
def uneven(make_scores):
    """ITQ and KSH on both splits with two seeds; TSK with one seed, and MGAH on one split, with higher values."""
    sizes = {"itq": (0.2, "01", 2), "ksh": (0.1, "01", 2), "tsk": (0.8, "01", 1), "mgah": (0.9, "0", 2)}
    sizes |= {"cosine": (0.9, "01", 1), "random_codes": (0.9, "01", 3)}
    rows = [
        {"method": method, "split": split, "seed": seed, "value": value}
        | ({"bits": None} if method == "cosine" else {})
        for method, (value, splits, seeds) in sizes.items()
        for split in splits
        for seed in range(seeds)
    ]
    return make_scores(*rows, *(row | {"class": "deer", "leak": "clean"} for row in rows))


def test_cells_on_fewer_splits_or_seeds_say_so_and_are_not_the_best(uneven, reference, notes):
    table = build(uneven, reference, notes)
    frame = _frame(table, ": mAP").set_index("Method")["8 bits ours"]
    assert frame[["ITQ", "KSH", "TSK", "MGAH"]].tolist() == [
        "**0.200** ± 0.000",
        "0.100 ± 0.000",
        "0.800 ± 0.000 (1 of 2 seeds)",
        "0.900 ± 0.000 (1 of 2 splits)",
    ]
    caption = _caption(table, ": mAP")
    assert "2 splits × 3 seeds, 2 splits × 2 seeds, 2 splits × 1 seed or 1 split × 2 seeds; ±" in caption
    assert "cells on fewer splits, seeds or clean classes than their frame do not." in str(table.notes)
    assert _frame(table, ": controls")["8 bits ours"].tolist() == ["0.900 ± 0.000"] * 2
    clean = _frame(table, "clean unseen classes only").set_index("Method")["8 bits"]
    assert clean[["ITQ", "TSK", "MGAH"]].tolist() == [
        "**0.200**",
        "0.800 (1 of 2 seeds)",
        "0.900 (1 of 2 splits)",
    ]
    beside = _frame(table, ": beside mAP").set_index("Method")["mAP"]
    assert beside[["ITQ", "TSK"]].tolist() == ["0.200", "0.800 (1 of 2 seeds)"]


def test_seeds_are_not_spoken_of_where_all_methods_have_the_same(make_scores, reference, notes):
    scores = make_scores(*({"method": method, "seed": seed} for method in ("itq", "mgah") for seed in (0, 1)))
    table = build(scores, reference, notes)
    assert "cells on fewer splits or clean classes than their frame do not." in str(table.notes)
    assert _caption(table, ": mAP").partition("\n")[2].startswith("1 split × 2 seeds; ±")


def test_ties_in_print_are_all_bold(make_scores, reference, notes):
    scores = make_scores(
        {"value": 0.2001}, {"method": "mgah", "value": 0.2004}, {"method": "tsk", "value": 0.1994}
    )
    frame = _frame(build(scores, reference, notes), ": mAP").set_index("Method")["8 bits ours"]
    assert frame[["ITQ", "MGAH", "TSK"]].tolist() == [
        "**0.200** (one run)",
        "**0.200** (one run)",
        "0.199 (one run)",
    ]


def test_two_methods_of_one_label_keep_their_rows(make_scores, reference, notes):
    scores = make_scores({"label": "ITQ", "value": 0.1}, {"method": "itq_l2", "label": "ITQ", "value": 0.2})
    frame = _frame(build(scores, reference, notes), ": mAP")
    assert frame.loc[frame["Method"] == "ITQ", "8 bits ours"].tolist() == [
        "0.100 (one run)",
        "**0.200** (one run)",
    ]


def test_a_line_without_codes_stands_in_every_column(make_scores, reference, notes):
    scores = make_scores({"dataset": "digits", "bits": 8}, {"dataset": "digits", "bits": 32}, _cosine(0.3))
    table = build(scores, reference, notes)
    assert _frame(table, ": controls").iloc[0, 1:].tolist() == ["0.300 (one run)"] * 2
    assert "n/a (no codes)" in _frame(table, ": beside mAP").set_index("Method").loc["COSINE"].tolist()
    assert pd.isna(table.data.set_index("method").loc["cosine", "bits"])
    alone = build(make_scores(_cosine(0.3)), reference, notes)
    assert _frame(alone, ": controls").columns.tolist() == ["Method", "no codes ours"]


def _cosine(value: float) -> dict:
    return {"dataset": "digits", "method": "cosine", "bits": None, "value": value}


def test_clean_mean_weighs_classes_equally(make_scores, reference, notes):
    """deer (two seeds, .2 and .4) and frog (.6 in split 1, .8 in split 2) are clean: mean of .3 and .7."""
    rows = [
        {"class": "deer", "value": 0.2, "leak": "clean"},
        {"class": "deer", "value": 0.4, "leak": "clean", "seed": 1},
        {"class": "cat", "value": 0.0, "leak": "same"},
        {"class": "frog", "value": 0.6, "leak": "clean", "split": "1"},
        {"class": "frog", "value": 0.8, "leak": "clean", "split": "2"},
        {"class": "dog", "value": 0.0, "leak": "same", "split": "1"},
        *({"value": 0.1, "split": s} for s in "012"),
    ]
    table = build(make_scores(*rows), reference, notes)
    itq = table.data.set_index("method").loc["itq"]
    assert itq["clean_mean"] == pytest.approx(0.5) and itq["clean_classes"] == 2
    frame = _frame(table, "clean unseen classes only").set_index("Method")
    assert frame.loc["ITQ", "8 bits"] == "0.500" and frame.loc["MGAH", "8 bits"] == "n/a (not run)"
    assert "2 of 4 unseen classes: deer, frog" in _caption(table, "clean unseen classes only")
    marks = _frame(table, "met the unseen classes?")
    assert marks[["Mark", "Unseen classes"]].to_numpy().tolist() == [
        ["same", "cat, dog"],
        ["clean", "deer, frog"],
    ]
    assert marks["Meaning"].str.contains("itself is one of").tolist() == [True, False]


def test_the_best_clean_mean_is_bold_among_rivals(make_scores, reference, notes):
    rows = [{}, {"class": "deer", "value": 0.2, "leak": "clean"}]
    rows += [row | {"method": "mgah", "value": 0.3} for row in rows]
    frame = _frame(build(make_scores(*rows), reference, notes), "clean unseen classes only").set_index(
        "Method"
    )
    assert frame.loc[["ITQ", "MGAH"], "8 bits"].tolist() == ["0.200", "**0.300**"]


def test_a_clean_class_without_a_value_is_left_out_and_named(make_scores, reference, notes):
    """Of frog no image is in the database of split 0, and of deer none in that of any split."""
    clean = {"leak": "clean"}
    by_class = [
        clean | {"class": "cat", "value": 0.2},
        clean | {"class": "frog", "value": np.nan},
        clean | {"class": "frog", "value": 0.6, "split": "1"},
        clean | {"class": "deer", "value": np.nan, "split": "1"},
    ]
    rows = [*({"split": split, "value": 0.3} for split in "01"), *by_class]
    rows += [row | {"method": "mgah", "value": row["value"] / 2} for row in rows]
    table = build(make_scores(*rows), reference, notes)
    itq = table.data.set_index("method").loc["itq"]
    assert itq["clean_mean"] == pytest.approx(0.4) and itq["clean_classes"] == 2
    cells = _frame(table, "clean unseen classes only").set_index("Method")["8 bits"]
    assert cells[["ITQ", "MGAH"]].tolist() == ["**0.400**", "0.200"]
    caption = _caption(table, "clean unseen classes only")
    assert (
        "2 of 3 unseen classes: cat, frog. Clean as well, and left out, as the database holds no image"
        in caption
    )
    assert caption.endswith("no image of them: deer.")
    alone = build(make_scores(*(row for row in rows if row.get("class", "deer") == "deer")), reference, notes)
    (cell,) = _frame(alone, "clean unseen classes only").to_numpy().tolist()
    assert cell == ["no clean class with a value"]
    assert _caption(alone, "clean unseen classes only").endswith("no image of them: deer.")


def test_a_clean_class_whose_value_one_method_lacks_leaves_that_one_undefined(make_scores, reference, notes):
    rows = [{}, *({"class": name, "leak": "clean", "value": 0.2} for name in ("cat", "deer"))]
    rows += [row | {"method": "mgah", "value": np.nan} for row in rows]
    frame = _frame(build(make_scores(*rows), reference, notes), "clean unseen classes only")
    assert frame.set_index("Method").loc[["ITQ", "MGAH"], "8 bits"].tolist() == [
        "0.200",
        "n/a (undefined)",
    ]


def test_another_backbone_of_the_paper_shows_no_values_of_this_table(make_scores, reference, notes):
    scores = make_scores(
        {"backbone": "googlenet", "method": "mgah"}, {"backbone": "alexnet"}, {"backbone": "lite0"}
    )
    table = build(scores, reference, notes)
    frame = _frame(table, "googlenet · glove: mAP")
    assert frame.to_numpy().tolist() == [["MGAH", "0.500 (one run)"]]
    assert frame.columns.tolist() == ["Method", "8 bits ours"]
    for backbone in ("alexnet", "lite0"):
        frame = _frame(table, f"{backbone} · glove: mAP").set_index("Method")
        assert frame.loc[["ITQ", "MGAH"], "8 bits paper"].tolist() == ["0.1382", "0.2490"]
    assert table.data.groupby("backbone")["published"].count().to_dict() == {
        "alexnet": 9,
        "googlenet": 0,
        "lite0": 9,
    }


def test_blocks_with_most_methods_come_first(make_scores, reference, notes):
    rows = [{"semantics": "a"}, {"semantics": "b"}, {"semantics": "b", "method": "mgah"}, {"semantics": "c"}]
    table = build(make_scores(*rows), reference, notes)
    headings = [frame.heading for frame in table.frames]
    assert [text.split(" · ")[2] for text in headings if text.endswith(": mAP")] == [
        "b: mAP",
        "a: mAP",
        "c: mAP",
    ]
    assert table.data["semantics"].drop_duplicates().tolist() == ["b", "a", "c"]


def test_no_clean_class(make_scores, reference, notes):
    table = build(make_scores({}, {"class": "cat", "leak": "same"}), reference, notes)
    assert _frame(table, "clean unseen classes only").to_numpy().tolist() == [["no clean class"]]
    assert table.data["clean_mean"].isna().all()


def test_a_method_without_a_score_of_the_clean_class_says_so(make_scores, reference, notes):
    table = build(make_scores({"class": "deer", "leak": "clean"}, {}, {"method": "mgah"}), reference, notes)
    frame = _frame(table, "clean unseen classes only").set_index("Method")
    assert frame.loc["MGAH", "8 bits"] == "n/a (0 of 1 classes)"


def test_what_stands_beside_map(make_scores, reference, notes):
    values = {"mAP_min": 0.1, "mAP_max": 0.3, "P@H<=2": 0.4, "empty_ball_share": 0.25, "seen_mAP": 0.6}
    values |= {"harmonic_mean": 0.33, "bit_balance": 0.42, "P@H<=2_nonempty": np.nan}
    rows = [{"metric": metric, "value": value} for metric, value in values.items()]
    counts = [{"metric": "undefined_queries", "value": n, "seed": seed} for seed, n in enumerate((3, 4))]
    table = build(make_scores({"value": 0.2}, *rows, *counts), reference, notes)
    row = _frame(table, ": beside mAP").iloc[0]
    assert row.to_dict() == {
        "Method": "ITQ",
        "Bits": "8",
        "mAP": "0.200",
        "lowest": "0.100",
        "highest": "0.300",
        "left out": "7",
        "stable order": "n/a (not scored)",
        "P@H≤2": "0.400",
        "empty balls": "0.250",
        "P@H≤2, not empty": "n/a (undefined)",
        "seen mAP": "0.600",
        "seen P@H≤2": "n/a (not scored)",
        "harmonic mean": "0.330",
        "bit balance": "0.420",
    }


@pytest.mark.slow
def test_each_setting_is_a_block_and_says_its_chance_level(benchmark_scores, reference, notes):
    table = build(benchmark_scores, reference, notes)
    headings = [frame.heading for frame in table.frames]
    assert headings[:2] == ["All datasets: mAP", "CIFAR-10 · lite0 · glove: mAP"] and len(headings) == 11
    assert "(a database in random order): 0.080" in _caption(table, "CIFAR-10 · lite0 · glove: mAP")
    printed = numbered(table)
    assert "not tuned." in printed.notes, "a note of every method of every block has no number"
    told = (*printed.notes, *printed.footnotes)
    assert sum("no published number" in note for note in told) == 1
    assert sum("tie band" in text for text in (*told, *headings)) == 1
    assert sum("a test of the whole flow" in note for note in told) == 1


@pytest.mark.slow
def test_all_datasets_stand_in_one_frame_with_a_column_group_each(make_scores, reference, notes):
    scores = make_scores(
        {"value": 0.2},
        {"backbone": "alexnet", "value": 0.3},
        {"method": "mgah", "value": 0.1, "split": "0"},
        {"dataset": "awa2_mini", "semantics": "attributes", "value": 0.4},
        {"dataset": "awa2_mini", "semantics": "attributes", "method": "mgah", "value": np.nan},
        {"dataset": "awa2_mini", "semantics": "attributes", "method": "random_codes", "value": 0.9},
        {"dataset": "digits", "semantics": "a", "value": 0.1},
        {"dataset": "digits", "semantics": "b", "value": 0.6, "bits": 16},
    )
    table = build(scores, reference, notes)
    frame = _frame(table, "All datasets: mAP").set_index(["Method", "Backbone"])
    assert frame.index.tolist() == [("ITQ", "lite0"), ("ITQ", "alexnet"), ("MGAH", "lite0")]
    assert frame.to_dict("list") == {
        "awa2-mini, 8 bits": ["0.400 (0.0539)", "–", "n/a (undefined) (0.1169)"],
        "CIFAR-10, 8 bits": ["0.200 (0.1382)", "**0.300** (0.1382)", "0.100 (0.2490)"],
        "digits · a, 8 bits": ["0.100", "–", "–"],
        "digits · b, 16 bits": ["0.600", "–", "–"],
    }
    assert "awa2-mini is a stand-in" in _caption(table, "All datasets: mAP")


def test_a_cell_on_fewer_splits_says_so_and_is_never_the_best_of_all_datasets(make_scores, reference, notes):
    scores = make_scores(
        *({"split": split, "method": method} for split in "01" for method in ("itq", "tsk")),
        {"method": "mgah", "value": 0.9},
        {"dataset": "digits"},
    )
    frame = _frame(build(scores, reference, notes), "All datasets: mAP").set_index("Method")[
        "CIFAR-10, 8 bits"
    ]
    assert frame["MGAH"] == "0.900 (0.2490) (1 of 2 splits)" and frame["ITQ"] == "**0.500** (0.1382)"


def test_a_cell_on_fewer_seeds_says_so_and_is_never_the_best_of_all_datasets(make_scores, reference, notes):
    scores = make_scores(
        *({"seed": seed, "method": method} for seed in (0, 1) for method in ("itq", "tsk")),
        {"method": "mgah", "value": 0.9},
        {"dataset": "digits"},
    )
    frame = _frame(build(scores, reference, notes), "All datasets: mAP").set_index("Method")
    assert frame.loc["MGAH", "CIFAR-10, 8 bits"] == "0.900 (0.2490) (1 of 2 seeds)"
    assert frame.loc["ITQ", "CIFAR-10, 8 bits"] == "**0.500** (0.1382)"


@pytest.mark.slow
def test_a_stand_in_dataset_says_so_wherever_the_papers_values_stand_beside_it(make_scores, reference, notes):
    table = build(make_scores({"dataset": "imagenet_mini", "semantics": "wordnet"}), reference, notes)
    frame = _frame(table, "imagenet-mini · lite0 · wordnet: mAP").set_index("Method")
    assert frame.loc["ITQ", "8 bits paper"] == "0.1294"
    words = "imagenet-mini is a stand-in: the paper's values beside it are of ImageNet, which it is not."
    assert words in _caption(table, "wordnet: mAP")
    assert sum(words in note for note in numbered(table).notes) == 1
    assert "stand-in" not in _caption(build(make_scores({"dataset": "imagenet"}), reference, notes), ": mAP")
