"""The benchmark compares like with like: its loop scores what the package scores."""

import numpy as np
import pytest

from mgah.benchmarks import scoring as benchmark
from mgah.benchmarks.scoring import measure, measure_for, noisy_codes, table, usual_loop
from mgah.errors import InputError
from mgah.metrics import mean_average_precision


@pytest.mark.slow
def test_the_usual_loop_is_within_the_tie_band():
    codes, labels = noisy_codes(600, 48, 10, seed=1)
    assert set(np.unique(codes)) == {-1, 1} and codes.dtype == np.int8
    floats, one_hot = codes.astype(np.float32), np.eye(10, dtype=np.float32)[labels]
    loop = usual_loop(floats[:50], one_hot[:50], floats[50:], one_hot[50:])
    assert loop == pytest.approx(
        mean_average_precision(codes[:50], labels[:50], codes[50:], labels[50:]), abs=0.02
    )


@pytest.mark.slow
def test_every_candidate_is_measured_and_the_table_gives_ratios(monkeypatch):
    monkeypatch.setattr(benchmark, "N_QUERIES", 20)
    monkeypatch.setattr(benchmark, "N_ITEMS", 300)
    times = measure(n_bits=24, rounds=2)
    assert {"loop", "numpy"} <= times.keys() and all(value > 0 for value in times.values())
    shown = table([("here", 24, {"loop": 300.0, "FAISS": 4.0, "numba": 5.0, "numpy": 10.0})])
    assert shown.splitlines()[-1].split() == ["here", "24", "300", "4.0", "5.0", "10.0", "60", "30", "1.25"]


@pytest.mark.slow
def test_kernels_are_measured_for_another_processor():
    (times,) = measure_for("generic", [8], rounds=1)
    assert times["numba"] > 0
    with pytest.raises(InputError, match="--targets nosuchprocessor: the kernels do not run here"):
        measure_for("nosuchprocessor", [8], rounds=1)
