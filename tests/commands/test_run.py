"""``mgah run`` hands a config and everything else to Snakemake, in the checkout."""

import os
import re
import sys

import pytest

from mgah import checkout


@pytest.fixture
def started(monkeypatch):
    """The commands that were started, each with its folder; none is."""
    calls = []
    monkeypatch.setattr(os, "chdir", lambda folder: calls.append(folder))
    monkeypatch.setattr(os, "execv", lambda program, words: calls.append(words))
    return calls


def test_a_short_name_and_all_other_words_go_to_snakemake_in_the_checkout(mgah, started):
    mgah("run", "small", "table1", "-n", "--config", "seed=3")
    folder, command = started
    assert (folder / "Snakefile").is_file()
    file = str(folder / "workflow/config/small.yaml")
    assert command == [
        *(sys.executable, "-m", "snakemake", "table1", "-n", "--config", "seed=3"),
        *("--configfile", file, "--cores", "all"),
    ]


@pytest.mark.parametrize(
    "words", [["--cores", "2"], ["-c2"], ["--cores=2"], ["--profile", "slurm"], ["-j", "9"]]
)
def test_a_number_of_cores_that_is_given_stays(mgah, started, words):
    mgah("run", "small", *words)
    assert "all" not in started[1]


def test_a_file_is_found_from_where_the_command_is_given(mgah, started, tmp_path, monkeypatch):
    (tmp_path / "small.yaml").write_text("name: own")
    monkeypatch.undo()
    monkeypatch.setenv("MGAH_DATA", "raw")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(os, "execv", lambda program, words: started.append(words))
    mgah("run", "small.yaml")
    assert str(tmp_path / "small.yaml") in started[-1]
    assert os.environ["MGAH_DATA"] == str(tmp_path / "raw")


def test_a_config_that_is_not_there_is_one_line_with_those_that_are(error):
    assert re.match(
        r"error: there is no config file smal: expected .*regimes_lengths, semantics, small.*; do you mean small\?",
        error("run", "smal"),
    )


def test_without_the_repository_one_sentence_says_where_the_workflow_is(error, tmp_path, monkeypatch):
    monkeypatch.setattr(checkout, "_ROOT", tmp_path)
    (tmp_path / "own.yaml").write_text("name: own")
    for words in (["run", "small"], ["run", tmp_path / "own.yaml", "-n"], ["doctor", "small"]):
        assert re.match(r"error: the workflow is not part of this installation .*clone", error(*words))


def test_an_option_before_the_config_is_one_line(error):
    assert "mgah run CONFIG -n" in error("run", "-n", "small")
