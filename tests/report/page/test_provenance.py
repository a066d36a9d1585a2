"""Where the numbers come from: costs by hand, checksums, files that are not there."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.report.page.provenance import PROVENANCE, provenance, stage_costs
from tests.report.page.conftest import CONFIG


def test_costs_of_the_stages(tiny_run):
    assert stage_costs(tiny_run / "benchmarks") == [
        {"stage": "hashing", "jobs": 2, "wall_hours": 1.5, "cpu_hours": 0.5, "memory_mb": 30.0}
    ]
    assert stage_costs(tiny_run / "none") == []


def test_what_it_holds(tiny_run):
    record = read_json(tiny_run / PROVENANCE)
    assert record["config"] == CONFIG
    assert record["versions"]["snakemake"] and record["versions"]["python"] == sys.version.split()[0]
    (dataset,) = record["datasets"]
    card = tiny_run / "data/awa2_mini/dataset.json"
    assert dataset["archive_sha256"] == "a1" * 32 and dataset["classes"] == 2
    assert dataset["card_sha256"] == hashlib.sha256(card.read_bytes()).hexdigest()
    assert record["splits"][0]["checksum"] == "c3"
    assert record["features"][0]["fingerprint"] == "f6"
    assert (
        record["files"]["tables/table1.md"]
        == hashlib.sha256((tiny_run / "tables/table1.md").read_bytes()).hexdigest()
    )
    assert "scores/awa2_mini/lite0/attributes/itq.csv" in record["files"]
    assert not any("reference" in name for name in record["files"])


def test_the_commit_is_that_of_the_code(tiny_run):
    root = Path(__file__).parents[3]
    asked = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True)
    expected = asked.stdout.strip() if asked.returncode == 0 else None
    assert read_json(tiny_run / PROVENANCE)["commit"] == expected


def test_a_file_that_is_not_there_is_one_error(tiny_run):
    with pytest.raises(InputError, match=r"the run has no .*table9\.md: finish it"):
        provenance(tiny_run, CONFIG, 0, [tiny_run / "tables/table9.md"])
