"""Two runs at once: in one folder the second is refused and the first unharmed; in two folders both are right."""

import shutil
import time

import pytest
import yaml

from tests.faults.conftest import FOLDER, RESULTS, TINY, made, undo
from tests.workflow.conftest import TIMEOUT, copy_sources, end, snakemake, start

pytestmark = pytest.mark.whole


def test_a_second_run_in_one_folder_is_refused_and_the_first_ends_well(tiny_run, own_tiny_run):
    undo(own_tiny_run, "codes", "models")
    first = start(own_tiny_run, *TINY)
    try:
        deadline = time.monotonic() + TIMEOUT
        while not (own_tiny_run / RESULTS / "logs").exists():
            assert first.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        status, output = snakemake(own_tiny_run, *TINY)
        assert status != 0
        assert f"another run is writing {RESULTS} (process {first.pid} on" in output
        assert first.wait(TIMEOUT) == 0
    finally:
        end(first)
    assert made(own_tiny_run) == made(tiny_run)


def test_two_clones_read_one_data_folder_at_once(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    config = yaml.safe_load((FOLDER / "tiny.yaml").read_text())
    clones = [copy_sources(tmp_path / name / "repository") for name in ("one", "two")]
    shutil.copy(clones[0] / "mgah/semantics/digits/word-vectors.txt", data / "vectors.txt")
    config["datasets"]["digits"]["semantics"] = {"word2vec": {"file": "vectors.txt"}}
    config["methods"] = {"itq": {}}
    config["experiments"][0]["methods"] = ["itq"]
    for clone in clones:
        (clone / "tiny.yaml").write_text(yaml.safe_dump(config))
    runs = [start(clone, *TINY, MGAH_DATA=str(data)) for clone in clones]
    try:
        outputs = [run.communicate(timeout=TIMEOUT)[0] for run in runs]
    finally:
        for run in runs:
            if run.poll() is None:
                end(run)
    assert [run.returncode for run in runs] == [0, 0], outputs
    assert made(clones[0]) == made(clones[1])
    assert [path.name for path in data.iterdir()] == ["vectors.txt"]
