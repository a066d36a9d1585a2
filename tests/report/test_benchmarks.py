"""Benchmark files of Snakemake as one tidy table."""

import pytest

from mgah.errors import InputError
from mgah.report.benchmarks import collect_benchmarks, machine, of_line_up
from mgah.tables.benchmarks import COLUMNS, read_benchmarks, write_benchmarks

FULL = "s\th:m:s\tmax_rss\tmax_vms\tcpu_time\n12.5\t0:00:12\t400.25\t9.0\t11.0\n"


def benchmark(folder, place, text):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_files_of_all_stages_and_of_other_versions_of_snakemake(tmp_path):
    fits = "hashing/toys/net/words"
    benchmark(tmp_path, f"{fits}/b/itq/seed0.tsv", FULL)
    benchmark(tmp_path, f"{fits}/a/itq/seed10.tsv", "s\tmax_rss\tcpu_time\n0.4\tNA\tNA\n")
    benchmark(tmp_path, f"{fits}/a/ksh/seed0.tsv", "s\th:m:s\n1.5\t0:00:01\n")
    benchmark(tmp_path, f"{fits}/a/sdh/seed0.tsv", "")
    benchmark(tmp_path, f"{fits}/b/ksh/seed0.tsv", "s\tmax_rss\tcpu_time\n0.6\t3.2\t0.0\n")
    benchmark(tmp_path, f"{fits}/b/sdh/seed0.tsv", "s\tmax_rss\tcpu_time\n0.6\t16.0\t0.0\n")
    benchmark(tmp_path, "features/toys/net.tsv", "cpu_time\ts\textra\n-\t3.0\tx\n")
    benchmark(tmp_path, "evaluation/toys/net/words/itq.tsv", FULL)
    benchmark(tmp_path, "evaluation/comparisons.tsv", FULL)
    benchmark(tmp_path, "report/table1.tsv", FULL)
    write_benchmarks(tmp_path / "all.csv", collect_benchmarks(tmp_path, "a machine"))
    table = read_benchmarks(tmp_path / "all.csv")
    assert tuple(table.columns) == COLUMNS and set(table["machine"]) == {"a machine"}
    names = table[["stage", "split", "method", "seed"]].agg("/".join, axis=1)
    numbers = table.astype(object).where(table.notna(), None)[["seconds", "cpu_seconds", "peak_mib"]]
    assert dict(zip(names, numbers.to_numpy().tolist(), strict=True)) == {
        "evaluation//itq/": [12.5, 11.0, 400.25],
        "features///": [3.0, None, None],
        "hashing/a/itq/10": [0.4, None, None],
        "hashing/a/ksh/0": [1.5, None, None],
        "hashing/a/sdh/0": [None, None, None],
        "hashing/b/itq/0": [12.5, 11.0, 400.25],
        "hashing/b/ksh/0": [0.6, None, None],  # the shell alone was sampled
        "hashing/b/sdh/0": [0.6, 0.0, 16.0],
    }


def test_jobs_of_an_ablation_are_left_out(tmp_path):
    for job in ("itq/seed0", "mgah/seed0", "mgah/seed4", "mgah_1/seed0"):
        benchmark(tmp_path, f"hashing/toys/net/words/a/{job}.tsv", FULL)
    benchmark(tmp_path, "features/toys/net.tsv", FULL)
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
