"""The examples of the documentation work as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from mgah import registry
from mgah.semantics.store import ClassSemantics
from workflow import settings, whole_run

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def blocks(page: Path, language: str) -> list[str]:
    """The fenced examples of a page."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), flags=re.S | re.M)


def example_file(page: Path, name: str, folder: Path) -> tuple[str, Path]:
    """The path of the example ``name``, as its first line tells, and the file, written in ``folder``."""
    (source,) = (text for text in blocks(page, "python") if text.splitlines()[0].endswith(f"/{name}.py"))
    told = source.splitlines()[0].removeprefix("# ")
    (folder / told).parent.mkdir(parents=True)
    (folder / told).write_text(source)
    return told, folder / told


@pytest.mark.long
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("docs/own-method.md", "median_bits"),
        ("docs/own-dataset.md", "listed"),
        ("CONTRIBUTING.md", "mean_colors"),
        ("CONTRIBUTING.md", "seen_and_unseen"),
    ],
)
def test_the_example_passes_the_contract_tests_by_the_command_of_its_page(page, name, tmp_path):
    told, file = example_file(ROOT / page, name, tmp_path)
    (command,) = (text.strip() for text in blocks(ROOT / page, "sh") if text.strip().endswith(f"-k {name}"))
    setting, *words = command.split()
    assert setting == f"MGAH_MODULES={told}" and words[0] == ".venv/bin/pytest"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words[1:], "-p", "no:cacheprovider", "-n", "0"],
        cwd=ROOT,
        env=os.environ | {"MGAH_MODULES": str(file)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout).group(1)) >= 3
    assert "failed" not in done.stdout and "skipped" not in done.stdout


def configs() -> list[tuple[str, str]]:
    """Each page with a whole config, and the config."""
    pages = [*sorted(DOCS.glob("*.md")), ROOT / "CONTRIBUTING.md"]
    return [(page.stem, text) for page in pages for text in blocks(page, "yaml") if text.startswith("name:")]


@pytest.mark.parametrize(("page", "text"), configs(), ids=lambda value: value.partition("\n")[0])
def test_the_configs_that_pages_show_are_valid(page, text, tmp_path, monkeypatch):
    config = yaml.safe_load(text)
    given = []
    for module in config.get("modules", ()):
        shown_on = DOCS / ("own-method.md" if page == "CONTRIBUTING" else f"{page}.md")
        _, file = example_file(shown_on, Path(module).stem, tmp_path)
        given.append(str(file))
    monkeypatch.setenv(registry.VARIABLE, registry.joined(given))
    checked = settings.checked(config | {"modules": given})
    assert whole_run.jobs(checked)


def test_five_pages_show_a_whole_config_each_of_a_name_of_its_own():
    pages = {"own-dataset", "own-features", "own-images", "own-method", "CONTRIBUTING"}
    names = [yaml.safe_load(text)["name"] for _, text in configs()]
    assert {page for page, _ in configs()} == pages and len(set(names)) == len(names)


def test_the_example_method_splits_every_feature_in_halves(tmp_path, monkeypatch):
    _, file = example_file(DOCS / "own-method.md", "median_bits", tmp_path)
    monkeypatch.setenv(registry.VARIABLE, str(file))
    features = np.random.default_rng(0).standard_normal((50, 12)).astype(np.float32)
    semantics = ClassSemantics(("a", "b"), np.eye(2))
    method = registry.build("methods", "median_bits", n_bits=8).fit(features, np.arange(50) % 2, semantics)
    np.testing.assert_array_equal(method.encode(features).sum(axis=0), np.zeros(8))


def test_the_pages_are_finished_and_their_links_lead_somewhere():
    for page in (*sorted(ROOT.glob("*.md")), ROOT / "config/README.md", *sorted(DOCS.rglob("*.md"))):
        text = page.read_text()
        assert "@@" not in text, page
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" in link or (page.parent / link).exists(), f"{page}: {link}"


def test_the_examples_of_the_page_on_metrics_run(capsys):
    exec("\n".join(blocks(DOCS / "metrics.md", "python")), {})
    *hamming, asymmetric = [float(number) for number in capsys.readouterr().out.split()]
    assert len(hamming) == 6 and all(1 / 3 < value <= 1 for value in hamming[:3])
    assert hamming[1] < asymmetric <= 1  # mAP@100 of the same queries, not rounded
