"""What jobs took, as one tidy table."""

import json

import pytest

from mgah.errors import InputError
from mgah.report.benchmarks import collect_benchmarks, machine, of_line_up
from mgah.tables.benchmarks import COLUMNS, read_benchmarks, write_benchmarks

FULL = {"seconds": 12.5, "cpu_seconds": 11.0, "peak_mib": 400.25}


def benchmark(folder, place, content=FULL):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_files_of_all_stages(tmp_path):
    benchmark(tmp_path, "hashing/toys/net/words/b/itq/seed0.json")
    benchmark(tmp_path, "hashing/toys/net/words/a/itq/seed10.json", FULL | {"seconds": 13})
    benchmark(tmp_path, "features/toys/net.json")
    benchmark(tmp_path, "evaluation/toys/net/words/itq.json")
    benchmark(tmp_path, "evaluation/comparisons.json")
    benchmark(tmp_path, "report/table1.json")
    write_benchmarks(tmp_path / "all.csv", collect_benchmarks(tmp_path, "a machine"))
    table = read_benchmarks(tmp_path / "all.csv")
    assert tuple(table.columns) == COLUMNS and set(table["machine"]) == {"a machine"}
    names = table[["stage", "split", "method", "seed"]].agg("/".join, axis=1)
    numbers = table[["seconds", "cpu_seconds", "peak_mib"]].to_numpy().tolist()
    assert dict(zip(names, numbers, strict=True)) == {
        "evaluation//itq/": [12.5, 11.0, 400.25],
        "features///": [12.5, 11.0, 400.25],
        "hashing/a/itq/10": [13.0, 11.0, 400.25],
        "hashing/b/itq/0": [12.5, 11.0, 400.25],
    }


@pytest.mark.parametrize("content", [{}, [], {"seconds": 1.0}, FULL | {"peak_mib": "4"}])
def test_files_without_the_numbers_are_refused(content, tmp_path):
    benchmark(tmp_path, "features/toys/net.json", content)
    with pytest.raises(InputError, match=r"net\.json"):
        collect_benchmarks(tmp_path, "a machine")


def test_jobs_of_an_ablation_are_left_out(tmp_path):
    for job in ("itq/seed0", "mgah/seed0", "mgah/seed4", "mgah_1/seed0"):
        benchmark(tmp_path, f"hashing/toys/net/words/a/{job}.json")
    benchmark(tmp_path, "features/toys/net.json")
    table = of_line_up(collect_benchmarks(tmp_path, "a machine"), ["itq", "mgah"], ["0"])
    assert table[["stage", "method", "seed"]].agg("/".join, axis=1).tolist() == [
        "features//",
        "hashing/itq/0",
        "hashing/mgah/0",
    ]


def test_a_run_without_benchmark_files(tmp_path):
    write_benchmarks(tmp_path / "none.csv", collect_benchmarks(tmp_path / "benchmarks", "a machine"))
    assert read_benchmarks(tmp_path / "none.csv").empty


def test_other_files_are_refused(tmp_path):
    (tmp_path / "bad.csv").write_text("a\n1\n")
    with pytest.raises(InputError, match=r"benchmarks .*bad\.csv cannot be used"):
        read_benchmarks(tmp_path / "bad.csv")


def test_the_machine_in_words():
    words = machine("auto")
    assert "cores" in words and words.endswith("device auto")
