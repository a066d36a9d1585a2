"""``mgah report`` and ``mgah publish``: fronts of the modules that make and keep the page."""

import shutil

import pytest

from mgah import checkout
from mgah.io.files import read_json
from mgah.report.publish import MANIFEST
from tests.report.page.conftest import finish


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A finished run; do not change it."""
    return finish(tmp_path_factory.mktemp("made") / "tiny")


@pytest.fixture
def run(made, tmp_path):
    return shutil.copytree(made, tmp_path / "results/tiny")


def test_the_page_is_made_again_of_the_same_files_and_opened(mgah, run, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    before, sources = (run / "report.html").read_text(), read_json(run / "provenance.json")
    (run / "report.html").write_text("old")
    assert mgah("report", run).strip() == str(run / "report.html")
    again = (run / "report.html").read_text()
    assert "<h1" in again and len(again) > len(before) / 2
    assert read_json(run / "provenance.json")["files"] == sources["files"]
    assert opened == []
    mgah("report", run, "--open")
    assert opened == [(run / "report.html").as_uri()]


def test_a_run_whose_tables_changed_has_no_page_made_of_them(error, run):
    (run / "scores.csv").write_text((run / "scores.csv").read_text() + "\n")
    assert "changed after the page was made" in error("report", run)
    assert "changed after the page was made" in error("publish", run)


def test_a_run_is_published_beside_it_by_its_name(mgah, run, monkeypatch):
    monkeypatch.setattr(checkout, "_ROOT", run.parents[1])
    target = run.parent / "published/tiny"
    assert f"files in {target}" in mgah("publish", "tiny")
    assert (target / MANIFEST).is_file() and (target / "report.html").is_file()


def test_a_run_that_is_not_there_is_one_line(error):
    assert "there is no run nowhere" in error("publish", "nowhere")
    assert "there is no run nowhere" in error("report", "nowhere")
