"""The cost table on jobs whose numbers are known."""

import pytest

from mgah.report.outputs.tables.cost import build


def _frame(table, heading: str):
    return next(frame.cells for frame in table.frames if frame.heading.startswith(heading))


@pytest.fixture
def scores(make_scores):
    """Two methods on three splits, one line without codes."""
    coded = [{"method": method, "split": split} for method in ("itq", "mgah") for split in "012"]
    return make_scores(*coded, *({"method": "cosine", "split": split, "bits": None} for split in "012"))


def test_medians_of_a_method_s_jobs_and_sums_of_a_stage(make_benchmarks, scores):
    fits = [
        {"split": split, "seconds": float(seconds), "peak_mib": 100.0 * seconds}
        for split, seconds in (("0", 1), ("1", 2), ("2", 9))
    ]
    scoring = {"stage": "evaluation", "split": "", "seed": "", "seconds": 4.0}
    left = {"method": "removed", "seconds": 1000.0}  # from an earlier config
    table = build(make_benchmarks(*fits, scoring, scoring | {"method": "cosine"}, left), scores)
    assert table.notes[0].startswith("Machine: A CPU, 2 cores")
    rows = _frame(table, "CIFAR-10").set_index("Method")
    assert rows.loc["ITQ"].tolist() == ["2.0", "1.0", "200", "4.0", "1.0", "300"]
    assert rows.loc["MGAH"].tolist() == ["not measured"] * 6
    assert rows.loc["COSINE"].tolist() == ["–"] * 3 + ["4.0", "1.0", "300"]
    stages = _frame(table, "All stages").set_index("Stage")
    assert stages.loc["hashing"].tolist() == ["CIFAR-10", "3", "12.0", "3.0", "900"]
    assert stages.loc["evaluation", "wall s"] == "8.0"


def test_the_words_on_how_it_was_measured_are_those_of_jobs(make_benchmarks, scores):
    """`workflow.jobs.run` takes the kernel's counts; a fork's time begins after the imports that all jobs share."""
    (note,) = [note for note in build(make_benchmarks(), scores).notes if "Wall time" in note]
    assert "as the kernel counted them" in note and "Snakemake" not in note and "sampled" not in note
    assert "neither the start of Python nor these imports are in their times" in note
    assert "Any other job is a Python of its own, whose start and imports are in its times." in note


def test_the_caption_tells_the_range_of_fits_where_methods_have_other_numbers(make_benchmarks, make_scores):
    splits = [{"method": "itq", "split": split} for split in "012"]
    for more, words in (
        ([], "3 fits a method."),
        ([{"method": "mgah", "split": "0"}], "1 to 3 fits a method."),
    ):
        table = build(make_benchmarks(), make_scores(*splits, *more))
        (text,) = [frame.text for frame in table.frames if frame.heading.startswith("CIFAR-10")]
        assert text == words


def test_jobs_without_a_record_are_counted(make_benchmarks, scores):
    table = build(make_benchmarks({"split": "0"}, {"split": "1", "cpu_seconds": None}), scores)
    rows = _frame(table, "CIFAR-10").set_index("Method")
    assert rows.loc["ITQ", "fit, wall s"] == "2.0 (2 of 3 jobs)"
    row = table.data[(table.data["method"] == "itq") & (table.data["stage"] == "hashing")].iloc[0]
    assert row[["jobs", "measured"]].tolist() == [3, 2]


def test_no_benchmarks_at_all(make_benchmarks, scores):
    table = build(make_benchmarks(), scores)
    assert _frame(table, "All stages").iloc[0].tolist() == ["all", "–", "0", *["not measured"] * 3]
    assert set(_frame(table, "CIFAR-10").set_index("Method").loc["ITQ"]) == {"not measured"}


def test_methods_with_other_numbers_of_fits_have_them_in_a_column(make_benchmarks, make_scores):
    """ITQ has three splits with two seeds, MGAH one split with one; the line without codes has no fits."""
    coded = [{"split": split, "seed": seed} for split in "012" for seed in (0, 1)]
    rows = [
        *coded,
        {"method": "mgah"},
        *({"method": "cosine", "split": split, "bits": None} for split in "012"),
    ]
    (frame,) = build(make_benchmarks(), make_scores(*rows)).frames[1:]
    assert frame.text == "1 to 6 fits a method."
    assert frame.cells.set_index("Method")["Fits"].to_dict() == {"ITQ": "6", "MGAH": "1", "COSINE": "–"}


def test_methods_with_as_many_fits_have_no_such_column(make_benchmarks, scores):
    (frame,) = build(make_benchmarks(), scores).frames[1:]
    assert frame.text == "3 fits a method." and "Fits" not in frame.cells
