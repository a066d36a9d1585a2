"""Whose results they are: a lock that dies with its process, and what is said of the owner."""

import json
import os
import subprocess
import sys

import pytest

from workflow.owner import Ownership

OTHER = {"host": "elsewhere", "process": 4000, "since": "2026-01-02 03:04"}
HOLDER = """
import sys
from workflow.owner import Ownership
ownership = Ownership(sys.argv[1], "results/r")
ownership.claim()
ownership.sign()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "owners" / "r.json"


@pytest.fixture
def holder(file):
    """Another process that owns the results until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_who_finds_no_owner_takes_the_lock_and_knows_of_no_dead_run(file):
    ownership = Ownership(file, "results/r")
    assert not ownership.claim()
    assert ownership.lock is not None
    ownership.sign()
    assert ownership.claim()
    assert json.loads(file.read_text())["process"] == os.getpid()


def test_an_owner_that_lives_keeps_the_results_and_one_that_was_killed_does_not(file, holder):
    ownership = Ownership(file, "results/r")
    assert not ownership.claim()
    said = ownership.refusal(["snakemake", "--cores", "2"])
    assert f"another run is writing results/r (process {holder.pid} on " in said
    assert f"or end it (kill {holder.pid}), and run again" in said
    assert "--unlock" not in said
    holder.kill()
    holder.wait()
    assert ownership.claim()


def test_of_a_run_on_another_machine_it_is_said_how_to_unlock(file):
    file.parent.mkdir()
    file.write_text(json.dumps(OTHER))
    ownership = Ownership(file, "results/r")
    assert not ownership.claim()
    said = ownership.refusal([".venv/bin/snakemake", "--config", "name=a b"])
    assert "process 4000 on elsewhere, since 2026-01-02 03:04" in said
    assert "run `.venv/bin/snakemake --unlock --config 'name=a b'` and then this command again" in said


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"process": 1}'])
def test_a_lock_of_which_nothing_is_known_is_not_taken_for_dead(file, content):
    file.parent.mkdir()
    file.write_text(content)
    ownership = Ownership(file, "results/r")
    assert not ownership.claim()
    assert "of which no more is known" in ownership.refusal([f"{os.sep}snakemake{os.sep}__main__.py"])
    assert f"`{sys.executable} -m snakemake --unlock`" in ownership.refusal(["__main__.py"])


def test_a_file_that_cannot_be_written_leaves_the_decision_to_snakemake(tmp_path):
    (tmp_path / "owners").write_text("a file")
    ownership = Ownership(tmp_path / "owners" / "r.json", "results/r")
    assert not ownership.claim() and ownership.lock is None
    ownership.sign()
