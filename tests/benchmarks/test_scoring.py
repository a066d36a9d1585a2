"""The benchmark compares like with like: its loop scores what the package scores."""

import numpy as np
import pytest

from mgah.benchmarks import scoring as benchmark
from mgah.benchmarks.scoring import compare, noisy_codes, usual_loop
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


def test_table(monkeypatch):
    monkeypatch.setattr(benchmark, "N_QUERIES", 20)
    monkeypatch.setattr(benchmark, "N_ITEMS", 300)
    table = compare(rounds=2)
    assert "usual loop" in table and "numpy, end to end" in table
