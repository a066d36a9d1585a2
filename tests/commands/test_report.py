"""``mgah report`` and ``mgah publish``: fronts of the modules that make and keep the page."""

import base64
import gzip
import json
import re
import shutil

import pandas as pd
import pytest

from mgah import checkout
from mgah.io.files import read_json, write_json
from mgah.report.publish import MANIFEST
from tests.report.page.conftest import finish

pytestmark = pytest.mark.slow


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
    again = read_json(run / "provenance.json")
    assert again.pop("rendered").keys() == {"commit", "changed"} and again == sources
    assert opened == []
    mgah("report", run, "--open")
    assert opened == [(run / "report.html").as_uri()]


@pytest.fixture
def described(run):
    """The run with splits in its provenance, and a copy of it."""
    counts = {"training": 5, "queries": 2, "seen_queries": 1, "database": 9}
    record = read_json(run / "provenance.json")
    splits = pd.read_csv(run / "scores.csv")[["dataset", "split"]].drop_duplicates().to_dict("records")
    same = {"seed": 0, "counts": counts, "checksum": "a" * 64, "images": "b" * 64}
    write_json(run / "provenance.json", record | {"splits": [split | same for split in splits]})
    return run, shutil.copytree(run, run.with_name("other"))


def test_another_run_stands_beside_one_on_a_page_of_its_own(mgah, described):
    run, other = described
    files = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    assert mgah("report", run, "--merge", f"theirs={other}").strip() == str(run / "leaderboard.html")
    page = (run / "leaderboard.html").read_text()
    assert (
        page.index('<section id="claims"')
        < page.index('<section id="leaderboard"')
        < page.index('id="table1"')
    )
    assert "theirs" in page and "<code>leaderboard.csv</code> beside this page" in page
    packed = re.search(r'id="all-scores-cells">(.*?)</script>', page)[1]
    cells = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert cells["searchPanes"]["columns"] == [0, 1, 2, 3, 4]
    assert all(path.read_bytes() == content for path, content in files.items())


def test_a_published_run_can_be_merged_and_published_again(mgah, described):
    run, other = described
    target = run.parent / "published/tiny"
    mgah("publish", run)
    for _ in range(2):  # beside what the first one has written
        mgah("report", target, "--merge", f"theirs={other}")
    assert (target / "leaderboard.html").is_file()
    mgah("report", target)
    assert "leaderboard" not in (target / MANIFEST).read_text()
    mgah("publish", run)
    assert (target / MANIFEST).is_file() and not (target / "leaderboard.html").exists()


def test_a_run_that_is_not_comparable_has_no_page(error, described):
    run, other = described
    record = read_json(other / "provenance.json")
    record["splits"][0]["checksum"] = "c" * 64
    write_json(other / "provenance.json", record)
    assert "cannot be set beside tiny: the split s of" in error("report", run, "--merge", f"theirs={other}")
    assert "2 sources are called 'tiny'" in error("report", run, "--merge", run)
    for empty in ("", "theirs="):
        assert f"--merge got {empty!r}, which names no folder" in error("report", run, "--merge", empty)
    assert "there is no run nowhere" in error("report", run, "--merge", "theirs=nowhere")
    assert not (run / "leaderboard.html").exists()


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
