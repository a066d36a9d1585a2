"""``mgah doctor``: what is there, what a config's run would miss, and how to get it."""

import re
import shutil
import tomllib
from collections import namedtuple

import pytest

from mgah import doctor, registry
from mgah.checkout import checkout
from mgah.commands import main


def doctor_says(capsys, *words):
    """What the doctor prints, and whether it is content."""
    with pytest.raises(SystemExit) as end:
        main(["doctor", *map(str, words)])
    return capsys.readouterr().out, not end.value.code


def test_versions_and_processors_are_told_without_a_config(capsys, tmp_path):
    text, content = doctor_says(capsys, "--data-dir", tmp_path)
    assert content
    assert re.search(r"found +torch \d", text) and "Graphics cards" in text
    assert re.search(rf"found +folder {tmp_path}", text)


def test_a_package_that_is_missing_stands_with_the_command_that_gets_it(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "versions", lambda names: dict.fromkeys(names))
    text, content = doctor_says(capsys)
    assert not content, "torch is missing"
    assert re.search(r"optional +faiss-cpu\n +pip install 'mgah-benchmark\[search\]'", text)


def test_the_extras_are_those_of_the_project():
    extras = tomllib.loads((checkout() / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for extra in doctor.PACKAGES.keys() - {""}:
        assert {re.split(r"[<>=]", name)[0] for name in extras[extra]} == set(doctor.PACKAGES[extra])


def test_the_small_run_needs_nothing(capsys, tmp_path):
    text, content = doctor_says(capsys, "small", "--data-dir", tmp_path)
    assert content and "small needs no file that does not come with the project" in text
    assert re.search(r"found +[\d,.]+ GB free in .* takes about \d+\.\d MB", text)


@pytest.mark.slow
def test_what_a_run_misses_stands_with_where_it_comes_from(capsys, tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").touch()
    text, content = doctor_says(capsys, "paper", "--data-dir", tmp_path)
    assert not content
    assert re.search(r"missing +Animals with Attributes 2 \(13 GB\)\n +from https://", text)
    assert re.search(r"found +CIFAR-10", text)
    assert re.search(r"download +weights of alexnet \(233 MB\)\n +the run downloads it from https://", text)
    assert re.search(r"missing +WordNet 3\.0 .*\n.*nltk\.downloader", text)


def test_published_features_that_are_not_there_stand_with_their_archive_and_its_folders(capsys, tmp_path):
    place = tmp_path / "xlsa17/data/SUN"
    place.mkdir(parents=True)
    (place / "res101.mat").touch()
    text, content = doctor_says(capsys, "protocols", "--data-dir", tmp_path)
    assert not content
    assert re.search(
        r"missing +the published features of CUB-200-2011 .*\n.*xlsa17\.zip into CUB or xlsa17/data/CUB", text
    )
    assert re.search(
        r"missing +AwA2's published features .*\n.*xlsa17\.zip into AWA2 or xlsa17/data/AWA2", text
    )
    assert re.search(r"found +the published features of SUN Attributes", text)
    assert re.search(r"missing +attributes of the classes .*\n.*att_splits\.mat.* in xlsa17/data/CUB", text)


def test_a_disk_that_is_too_small_is_told(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: namedtuple("usage", "free")(10**6))
    text, content = doctor_says(capsys, "small", "--data-dir", tmp_path)
    assert not content and re.search(r"missing +0\.0 GB free .*\n +make room", text)


def test_a_config_with_a_fault_is_one_line(error, tmp_path):
    (tmp_path / "own.yaml").write_text("name: own\nsed: 3\n")
    assert "'sed'" in error("doctor", tmp_path / "own.yaml")


def test_a_cell_to_show_that_no_experiment_runs_is_one_line_as_in_a_run(error, tmp_path):
    small = (checkout() / "workflow/config/small.yaml").read_text()
    (tmp_path / "own.yaml").write_text(small + "gallery: {methods: [mgah, lsh]}\n")
    assert "config key gallery.methods: there is no method 'lsh'" in error("doctor", tmp_path / "own.yaml")


def test_a_module_that_is_not_there_is_told_in_any_folder(error, tmp_path, monkeypatch):
    monkeypatch.setenv(registry.VARIABLE, "")
    monkeypatch.chdir(tmp_path)
    text = (checkout() / "workflow/config/small.yaml").read_text()
    (tmp_path / "own.yaml").write_text(f"{text}modules: [nowhere.py]\n")
    told = error("doctor", tmp_path / "own.yaml")
    assert f"config key modules: module {checkout() / 'nowhere.py'} does not exist" in told
