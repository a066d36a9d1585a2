"""Where the numbers come from: costs by hand, checksums, files that are not there."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mgah.errors import InputError
from mgah.io.files import read_json
from mgah.report.page import provenance as provenance_module
from mgah.report.page.provenance import PROVENANCE, is_asked, provenance, stage_costs
from tests.report.page.conftest import CONFIG, fill


@pytest.mark.slow
def test_costs_of_the_stages(tiny_run):
    assert stage_costs(tiny_run / "benchmarks", CONFIG) == [
        {"stage": "hashing", "jobs": 2, "wall_hours": 1.5, "cpu_hours": 0.75, "memory_mb": 30.0}
    ]
    assert stage_costs(tiny_run / "none", CONFIG) == []


@pytest.mark.slow
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


@pytest.mark.parametrize(
    "job",
    [
        "awa2_mini/lite0/attributes/other/itq/seed0",
        "awa2_mini/lite0/attributes/s/itq/seed7",
        "awa2_mini/lite0/attributes/s/ksh/seed0",
        "awa2_mini/lite0/word2vec/s/itq/seed0",
        "cifar10/lite0/attributes/s/itq/seed0",
    ],
)
def test_jobs_of_an_earlier_config_are_not_of_the_run(job, tmp_path):
    ours = Path("awa2_mini/lite0/attributes/s/itq/seed0")
    assert is_asked("hashing", ours.with_suffix(".json"), CONFIG)
    for place in (job, ours):
        file = tmp_path / "hashing" / f"{place}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"seconds": 3600, "cpu_seconds": 0, "peak_mib": 3}))
    (cost,) = stage_costs(tmp_path, CONFIG)
    assert cost == {"stage": "hashing", "jobs": 1, "wall_hours": 1.0, "cpu_hours": 0.0, "memory_mb": 3}


@pytest.mark.slow
def test_a_split_of_an_earlier_config_is_not_listed(tmp_path):
    run = tmp_path / "tiny"
    files = fill(run)
    split = json.loads((run / "splits/awa2_mini/s.json").read_text())
    (run / "splits/awa2_mini/earlier.json").write_text(json.dumps(split | {"split": "earlier"}))
    record = provenance(run, CONFIG, 0, files)
    assert [split["split"] for split in record["splits"]] == ["s"]
    renamed = CONFIG | {"datasets": {"awa2_mini": {"splits": ["earlier"]}}}
    assert [split["split"] for split in provenance(run, renamed, 0, files)["splits"]] == ["earlier"]


@pytest.mark.slow
def test_the_commit_is_that_of_the_code(tiny_run):
    root = Path(__file__).parents[3]
    asked = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True)
    expected = asked.stdout.strip() if asked.returncode == 0 else None
    assert read_json(tiny_run / PROVENANCE)["commit"] == expected


def made(folder, *paths):
    """A repository of git in ``folder`` with one commit of the files ``paths``; returns the commit."""

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        return subprocess.run(
            ["git", "-C", folder, *who, *arguments], capture_output=True, text=True, check=True
        ).stdout.strip()

    git("init", "-q")
    git("add", *paths)
    git("commit", "-q", "-m", "first")
    return git("rev-parse", "HEAD")


def test_the_commit_of_another_repository_is_not_that_of_the_code(tmp_path, monkeypatch):
    """As where the package is installed in a project's own environment, or copied into it."""
    place = tmp_path / "site-packages" / "mgah" / "report" / "page" / "provenance.py"
    place.parent.mkdir(parents=True)
    place.touch()
    (tmp_path / "own.txt").touch()
    made(tmp_path, "own.txt")
    monkeypatch.setattr(provenance_module, "__file__", str(place))
    assert provenance_module.commit() == (None, False)
    (tmp_path / "site-packages" / "other.py").touch()
    made(tmp_path / "site-packages", "other.py")
    assert provenance_module.commit() == (None, False), "a repository that does not hold the code"
    shutil.rmtree(tmp_path / "site-packages" / ".git")
    commit = made(tmp_path / "site-packages", "mgah")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    assert provenance_module.commit() == (commit, False)
    place.write_text("changed")
    assert provenance_module.commit() == (commit, True)


def test_a_file_that_is_not_there_is_one_error(tiny_run):
    with pytest.raises(InputError, match=r"the run has no .*table9\.md: finish it"):
        provenance(tiny_run, CONFIG, 0, [tiny_run / "tables/table9.md"])
