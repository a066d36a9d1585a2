"""The examples of the documentation work as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mgah import registry
from mgah.semantics.store import ClassSemantics

PAGE = Path(__file__).resolve().parents[1] / "docs/own-method.md"


def blocks(page: Path, language: str) -> list[str]:
    """The fenced examples of a page."""
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(), flags=re.S)


def example_file(page: Path, folder: Path) -> tuple[str, Path]:
    """The first example's own path, as its first line tells, and the file, written in ``folder``."""
    source = blocks(page, "python")[0]
    told = source.splitlines()[0].removeprefix("# ")
    (folder / told).parent.mkdir(parents=True)
    (folder / told).write_text(source)
    return told, folder / told


@pytest.mark.slow
@pytest.mark.parametrize("page", ["own-method", "own-dataset"])
def test_the_example_passes_the_contract_tests_by_the_command_of_its_page(page, tmp_path):
    page = PAGE.with_name(f"{page}.md")
    told, file = example_file(page, tmp_path)
    (command,) = (text.strip() for text in blocks(page, "sh") if "pytest" in text)
    setting, *words = command.split()
    assert setting == f"MGAH_MODULES={told}" and words[0] == ".venv/bin/pytest"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words[1:], "-p", "no:cacheprovider", "-n", "0"],
        cwd=PAGE.parents[1],
        env=os.environ | {"MGAH_MODULES": str(file)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout).group(1)) >= 8
    assert "failed" not in done.stdout and "skipped" not in done.stdout


def test_the_example_method_splits_every_feature_in_halves(tmp_path, monkeypatch):
    _, file = example_file(PAGE, tmp_path)
    monkeypatch.setenv(registry.VARIABLE, str(file))
    features = np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    method = registry.build("methods", "median_bits", n_bits=8).fit(features, np.arange(50) % 2, semantics)
    np.testing.assert_array_equal(method.encode(features).sum(axis=0), np.zeros(8))


def test_the_pages_are_finished_and_their_links_lead_somewhere():
    root = PAGE.parents[1]
    for page in (root / "README.md", *sorted((root / "docs").glob("*.md"))):
        text = page.read_text()
        assert "@@" not in text, page
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in link or (page.parent / link).exists(), f"{page}: {link}"


def test_the_example_of_the_page_on_metrics_runs(capsys):
    (source,) = blocks(PAGE.with_name("metrics.md"), "python")
    exec(source, {})
    printed = [float(number) for number in capsys.readouterr().out.split()]
    assert len(printed) == 6 and all(1 / 3 < value <= 1 for value in printed[:3])
