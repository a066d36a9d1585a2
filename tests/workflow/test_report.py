"""What a finished run shows: its page, Snakemake's own report, and what is published of it."""

import html
import json
import re
import shutil
import subprocess

import pytest
import yaml

from mgah.errors import InputError
from mgah.io.files import read_json, sha256
from mgah.report.publish import MANIFEST
from mgah.report.publish import main as publish
from tests.workflow.conftest import ROOT, SMALL, SPLITS, copy_sources, snakemake
from workflow import settings

pytestmark = pytest.mark.slow

OUTPUTS = yaml.safe_load((ROOT / SMALL[1]).read_text())["outputs"]


def jobs(folder, *arguments):
    """Jobs of a dry run by rule."""
    status, output = snakemake(folder, "-n", "-q", "rules", *arguments)
    assert status == 0, output
    return dict(re.findall(r"^(\w+)\s+(\d+)$", output, flags=re.M))


def test_the_page_of_the_run_is_silent_and_whole(finished_run, browser):
    page = finished_run / "results/small/report.html"
    assert page.stat().st_size < 4_000_000
    browser.open(page, 400)
    assert browser.complaints() == []
    assert browser.requests() == [page.resolve().as_uri()]
    sections = browser.run("return [...document.querySelectorAll('main > section')].map((s) => s.id)")
    assert set(sections) == {"answer", "all-scores", "provenance", *OUTPUTS["tables"], *OUTPUTS["figures"]}
    assert browser.run("return document.documentElement.scrollWidth") <= 400
    assert browser.run("return [...document.querySelectorAll('main img')].every((i) => i.naturalWidth > 0)")


def test_the_sources_of_the_run_stand_beside_its_page(finished_run):
    record = read_json(finished_run / "results/small/provenance.json")
    assert record["config"]["name"] == "small" and record["config"]["split_seed"] == 0
    stages = [stage["stage"] for stage in record["stages"]]
    assert stages[:2] == ["data", "splits"] and {"gallery", "graphs", "sweeps"} <= set(stages)
    assert {split["split"] for split in record["splits"]} == set(SPLITS)
    assert record["files"]["scores.csv"] == sha256(finished_run / "results/small/scores.csv")


@pytest.fixture(scope="module")
def snakemakes_report(finished_run, tmp_path_factory):
    """Snakemake's report of the finished run, of which no job runs again."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    before = {
        path: path.stat().st_mtime_ns for path in (finished_run / "results").rglob("*") if path.is_file()
    }
    status, output = snakemake(finished_run, "--report", str(file), *SMALL)
    assert status == 0, output
    assert before == {
        path: path.stat().st_mtime_ns for path in (finished_run / "results").rglob("*") if path.is_file()
    }
    return file


def test_snakemakes_report_has_every_output_under_its_category(snakemakes_report):
    text = snakemakes_report.read_text()
    (categories,) = re.findall(r"var categories = (\{.*?\});?\s*\n", text)
    found = json.loads(categories)
    assert set(found) == {"Tables", "Figures", "Results page"}
    assert set(found["Tables"]) == {"Of the paper", "Beside the paper"}
    files = re.findall(r'"name": "([^"]+)"', text)
    expected = [f"{name}{suffix}" for name in OUTPUTS["tables"] for suffix in (".md", ".csv")]
    expected += [f"{name}{suffix}" for name in OUTPUTS["figures"] for suffix in (".png", ".svg")]
    assert {*expected, "report.html"} <= set(files)
    assert "P@H<=2 against code length" in html.unescape(text) and "the run <strong>small</strong>" in text


def test_snakemakes_report_asks_for_nothing(snakemakes_report, browser):
    browser.open(snakemakes_report)
    assert browser.run("return document.body.innerText").startswith("Snakemake")
    assert browser.requests() == [snakemakes_report.as_uri()]


def test_a_finished_run_is_published_and_an_unfinished_one_is_not(own_run, monkeypatch):
    monkeypatch.chdir(own_run)
    to = own_run / "results/published/small"
    command = ["--from", "results/small", "--to", "results/published/small"]
    publish(command)
    names = {path.relative_to(to).as_posix() for path in to.rglob("*") if path.is_file()}
    outputs = {f"tables/{name}{suffix}" for name in OUTPUTS["tables"] for suffix in (".md", ".csv", ".json")}
    outputs |= {f"figures/{name}{suffix}" for name in OUTPUTS["figures"] for suffix in (".png", ".svg")}
    assert names >= outputs | {
        "scores.csv.xz",
        "selections.csv.xz",
        "report.html",
        "provenance.json",
        MANIFEST,
    }
    assert not [name for name in names if name.endswith((".npz", ".npy", ".safetensors"))]
    assert subprocess.run(["sha256sum", "--check", "--quiet", MANIFEST], cwd=to).returncode == 0
    assert jobs(own_run, *SMALL) == {}, "a finished run has nothing to do, published or not"

    (own_run / "results/small/scores.csv").unlink()
    with pytest.raises(InputError, match=r"^results/small is not finished: it has no scores\.csv"):
        publish(command)
    assert (to / "scores.csv.xz").exists()


@pytest.mark.long
def test_published_results_do_not_count_as_done(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    shutil.copytree(ROOT / "results/published", folder / "results/published")
    planned = {rule: int(count) for rule, count in jobs(folder, *SMALL).items()}
    # on three splits 18 methods in one setting and MGAH in two more, and ten variants of the ablation on one
    assert planned["fit"] == 3 * (18 + 2) + 10 and planned["score_codes"] == 18 + 2
    assert planned["render_table"] == len(OUTPUTS["tables"])
    assert planned["render_figure"] == len(OUTPUTS["figures"]) and planned["render_page"] == 1


def test_no_run_is_called_published():
    config = yaml.safe_load((ROOT / SMALL[1]).read_text())
    with pytest.raises(InputError, match=r"config key name: 'published' does not match"):
        settings.checked(config | {"name": "published"})
