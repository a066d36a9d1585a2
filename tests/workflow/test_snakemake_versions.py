"""The workflow runs with the lowest Snakemake that pyproject.toml allows; the other tests run with the newest."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT, SMALL, copy_sources


def lowest() -> str:
    """The lowest version of Snakemake that pyproject.toml allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (version,) = (
        found[1]
        for line in project["dependencies"]
        if (found := re.fullmatch(r"snakemake>=([\d.]+),<10", line))
    )
    return version


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """Python of an environment with the lowest Snakemake, which takes from this one all else that fits it."""
    folder = tmp_path_factory.mktemp("lowest")
    venv.create(folder)
    made = folder / "bin" / "python"
    # behind the environment's own packages, so that what pip installs goes first; pip itself is found there as well
    site = sysconfig.get_path("purelib", vars={"base": str(folder)})
    Path(site, "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    command = [made, "-m", "pip", "install", "-q", "--disable-pip-version-check", f"snakemake=={lowest()}"]
    installed = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if installed.returncode and "No matching distribution" in installed.stderr:
        pytest.skip(f"pip reaches no package index that has Snakemake {lowest()}")
    assert installed.returncode == 0, installed.stderr
    return made


def run(python: Path, folder: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [python, "-m", "snakemake", *arguments, *SMALL],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.long
def test_the_lowest_allowed_snakemake_plans_and_runs_with_progress(python, tmp_path):
    folder = copy_sources(tmp_path / "repository")
    asked = subprocess.run(
        [python, "-m", "snakemake", "--version"], capture_output=True, text=True, check=True
    )
    version = tuple(map(int, asked.stdout.strip().split(".")))
    assert version == tuple(map(int, lowest().split("."))), sys.path
    assert "index_images" in run(python, folder, "splits", "-n", "--cores", "1")
    output = run(python, folder, "splits", "--cores", "1")
    assert re.search(r"^(\d+) of \1 jobs in \d+:\d\d", output, re.MULTILINE), output
    assert "Finished jobid" not in output
    assert output.splitlines()[-1] == "Made in results/small."
    # resources are numbers in old versions and objects in new ones
    run(python, folder, "splits", "-n", "--cores", "1", "--resources", "gpu=2")


def test_rules_use_nothing_that_snakemake_does_not_document():
    files = [ROOT / "Snakefile", *(ROOT / "workflow" / "rules").glob("*.smk")]
    used = {name for file in files for name in re.findall(r"\bworkflow\.(\w+)", file.read_text())}
    modules = {path.stem for path in (ROOT / "workflow").iterdir()}
    assert "basedir" in used
    assert used - modules == {"basedir"}
