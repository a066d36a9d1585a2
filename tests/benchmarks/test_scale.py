"""The benchmark of growth: its measurements are of what they say, and its exponents of power laws."""

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from jsonschema import Draft202012Validator

from mgah.benchmarks.processes import call_apart, peak_gib, run_apart
from mgah.benchmarks.scale import __main__ as command
from mgah.benchmarks.scale import features, fits, planning, searching
from mgah.benchmarks.scale.growth import growths, power_law
from mgah.benchmarks.scale.measuring import Measurement
from mgah.benchmarks.scale.tables import printed
from mgah.errors import InputError
from mgah.metrics import precision_at_radius

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    Measurement("planning", "snakemake -n", size, size / 100, 0.1 + size / 1e5, 3.0, 0.1)
    for size in (1_000, 10_000, 100_000)
] + [
    Measurement("scoring", engine, size, size**power / 1e6, 0.5, 0.1, 0.2, 0.75)
    for engine, power in (("counts", 1.0), ("FAISS hash", 0.5))
    for size in (10_000, 1_000_000)
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(searching, "N_QUERIES", 20)
    monkeypatch.setattr(searching, "N_CLASSES", 5)
    searching.write_codes(tmp_path, 3_020)
    return tmp_path


@pytest.mark.slow
def test_engines_find_the_same_items_within_the_radius(folder):
    pytest.importorskip("faiss", reason="faiss is not installed")
    codes, labels = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("codes", "labels"))
    given = codes[:20], labels[:20], codes[20:], labels[20:]
    bits = np.unpackbits(codes, axis=1)
    items = int(((bits[:20, None] != bits[None, 20:]).sum(axis=2) <= searching.RADIUS).sum())
    assert items > 50
    for name, engine in searching.ENGINES.items():
        found, precision = engine(*given[2:], 1)(*given[:2])
        if name == "FAISS inverted file":  # it visits some of its lists
            assert 0.5 * items < found <= items
        else:
            assert (found, precision) == (
                items,
                precision_at_radius(*given, radius=searching.RADIUS, n_bits=bits.shape[1]),
            ), name


def test_a_search_tells_what_it_found_and_what_came_before(folder):
    row = Measurement("scoring", "counts", 2_000, **searching.one("counts", str(folder), 2_000, 1))
    assert row.found == 1.0 and row.seconds > 0 and row.gib >= row.before_gib > 0.01


def test_a_plan_is_of_a_config_that_the_schema_takes():
    schema = yaml.safe_load((ROOT / "workflow/config/schema.yaml").read_text())
    Draft202012Validator(schema).validate(planning.config(3))
    assert len(planning.config(3)["experiments"]) == 3


def test_a_plan_needs_the_folder_of_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="has no Snakefile to plan with"):
        list(planning.measure([10]))


@pytest.mark.slow
def test_the_peak_of_a_command_is_its_own():
    own = bytearray(1 << 28)  # a process starts with the memory of its parent
    own[:: 1 << 12] = b"1" * (1 << 16)
    program = "x = bytearray(1 << 26); x[::4096] = b'1' * (1 << 14); print('done')"
    output, seconds, gib = run_apart([sys.executable, "-c", program])
    assert output == "done\n" and seconds > 0
    assert 1 / 16 < gib < 1 / 8 < 1 / 4 < peak_gib()
    with pytest.raises(InputError, match=r"ended with status 3: bad end"):
        run_apart([sys.executable, "-c", "import sys; print('bad end'); sys.exit(3)"])


def test_a_measurement_that_fails_is_one_sentence():
    with pytest.raises(InputError, match=r"python -m no\.such\.module x ended with status 1; see above"):
        call_apart("no.such.module", "x")


@pytest.mark.slow
def test_fits_and_extraction_are_measured_in_processes_of_their_own():
    (fit,) = fits.measure([60], ["random_projection"], 10)
    (extraction,) = features.measure([4], "pixels", 1)
    for row in (fit, extraction):
        assert row.seconds > 0 and row.gib >= row.before_gib > 0.01


def test_exponents_are_those_of_the_power_laws_behind():
    found = power_law([100, 1_000, 10_000], [2.0, 20.0, 400.0])
    slope, intercept = np.polyfit(np.log([100, 1_000, 10_000]), np.log([2.0, 20.0, 400.0]), 1)
    assert found.exponent == pytest.approx(slope) and found.coefficient == pytest.approx(np.exp(intercept))
    assert found.error > 0 and found[3:] == (3, 100, 10_000)
    table = growths(pd.DataFrame(ROWS)).set_index(["what", "of"])
    assert table.loc[("snakemake -n", "memory"), "exponent"] == pytest.approx(1.0)
    assert table.loc[("FAISS hash", "time"), "exponent"] == pytest.approx(0.5)
    assert np.isnan(table.loc[("FAISS hash", "time"), "error"])
    little = growths(pd.DataFrame([row._replace(gib=row.before_gib + 0.01) for row in ROWS]))
    assert set(little.loc[little["of"] == "memory", "points"]) == {0}
    assert power_law([10, 20], [0.0, 1.0]).points == 1


def test_a_billion_codes_follow_the_power_law_or_the_largest_size():
    line = printed(pd.DataFrame(ROWS))["billion"].splitlines()[-1]
    query = 1e9**0.5 / 1e6 / searching.N_QUERIES
    found = ["FAISS hash", f"{query:.4f}", f"{1e3 / 1e6 * 1e3 / searching.N_QUERIES:.4f}", "300", "0.7500"]
    assert [cell.strip() for cell in line.split("|")[1:-1]] == found


@pytest.mark.slow
def test_one_command_prints_and_writes_tables_and_a_figure(tmp_path, monkeypatch, capsys):
    asked = []

    def of(part):
        def measure(given):
            asked.append((part, given.jobs, given.codes))
            return iter([row for row in ROWS if row.part == part])

        return measure

    monkeypatch.setattr(command, "PARTS", {part: of(part) for part in ("planning", "scoring")})
    options = ["--jobs", "1e3", "--codes", "1e4", "100", "--at-once", "2", "--output", str(tmp_path)]
    command.main(["--parts", "planning", "scoring", *options, "--figure", str(tmp_path / "scale.svg")])
    assert sorted(asked) == [("planning", [1_000], [10_000, 100]), ("scoring", [1_000], [10_000, 100])]
    shown = capsys.readouterr().out
    texts = [(tmp_path / f"{name}.md").read_text() for name in ("measured", "growth", "billion")]
    assert "\n".join(texts) == shown
    assert "| planning | snakemake -n | 100,000 | 1000.000 |" in re.sub(" +", " ", shown)
    assert "nan" not in shown and "3 sizes, 1,000 to 100,000" in shown
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "measured.csv"), pd.DataFrame(ROWS))
    command.main(["--measured", str(tmp_path / "measured.csv")])
    assert capsys.readouterr().out == shown
    figure = (tmp_path / "scale.svg").read_text()
    assert "peak memory (GiB)" in figure and "FAISS hash" in figure and len(figure) < 100_000
    words = re.sub("<!--.*?-->", "", figure, flags=re.DOTALL)
    assert "mathdefault" not in words  # a power of ten is drawn, not its formula


@pytest.mark.parametrize("word", ("0", "1.5", "many", "-3"))
def test_a_size_is_a_whole_number(word, capsys):
    with pytest.raises(SystemExit):
        command.main(["--jobs", word])
    assert "is no size: expected a whole number of 1 or more, such as 1e5" in capsys.readouterr().err
