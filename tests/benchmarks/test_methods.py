"""The cost benchmark measures what it says, on sizes of no weight."""

import pytest

from mgah import registry
from mgah.benchmarks import methods as benchmark


def test_fits_lengths_together_or_one_by_one(monkeypatch):
    groups = []
    cls = registry.load("methods", "itq")
    original = cls.fit_many.__func__

    def spy(cls, methods, *data):
        groups.append([method.n_bits for method in methods])
        return original(cls, methods, *data)

    monkeypatch.setattr(cls, "fit_many", classmethod(spy))
    for together in (True, False):
        cost = benchmark.measure("itq", 90, 20, [4, 8], {"iterations": 2}, together)
        assert cost["seconds"] > 0
        assert 0.01 < cost["GiB"] < 50
    assert groups == [[4, 8], [4], [8]]


@pytest.mark.slow
def test_prints_a_row_a_method_of_measurements_in_own_processes(capsys, monkeypatch):
    what = {
        "name": "random_projection",
        "n": 120,
        "d": 60,
        "bits": [8, 16],
        "parameters": {},
        "together": True,
    }
    measured = benchmark.measure_apart(**what)
    assert measured.keys() == {"seconds", "GiB", "before"} and measured["seconds"] > 0
    monkeypatch.setattr(benchmark, "measure_apart", lambda **what: measured)
    benchmark.main(["random_projection", "--n", "120", "--d", "60"])
    lines = capsys.readouterr().out.splitlines()
    assert "one core" in lines[0]
    assert [line.split()[0] for line in lines[3:]] == ["random_projection"]
