"""What the tests of faults share: their marker, and a finished run of the smallest config."""

import shutil
from pathlib import Path

import pytest

from tests.workflow.conftest import copy_sources, snakemake

FOLDER = Path(__file__).parent
#: Arguments of Snakemake: a target without pictures, and the config.
TINY = ("evaluation", "table1", "--cores", "2", "--configfile", "tiny.yaml")
RESULTS = "results/tiny"
#: Files that say when and how fast something was made.
_MEASURED = ("logs", "benchmarks")


def pytest_collection_modifyitems(items) -> None:
    """Every test of this folder is one of faults."""
    for item in items:
        if FOLDER in Path(item.path).parents:
            item.add_marker(pytest.mark.faults)


def made(folder: Path) -> dict[str, bytes]:
    """Contents of all files of the run in ``folder``, by their paths, but for those that say how long it took."""
    results = folder / RESULTS
    return {
        str(path.relative_to(results)): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.is_file()
        and path.relative_to(results).parts[0] not in _MEASURED
        and path.name != ".snakemake_timestamp"
    }


def undo(folder: Path, *stages: str) -> None:
    """Remove what the ``stages`` of the run in ``folder`` have made, its scores and tables, and all logs."""
    results = folder / RESULTS
    for name in {*stages, "scores", "tables", "logs"}:
        shutil.rmtree(results / name)
    for name in ("scores.csv", "notes.csv"):
        (results / name).unlink()


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory) -> Path:
    """A copy of the repository in which the smallest config has run; do not change it, copy it."""
    folder = copy_sources(tmp_path_factory.mktemp("tiny") / "repository")
    shutil.copy(FOLDER / "tiny.yaml", folder)
    status, output = snakemake(folder, *TINY)
    assert status == 0, output[-5000:]
    return folder


@pytest.fixture
def own_tiny_run(tiny_run, tmp_path) -> Path:
    """A private copy of the finished run, file times kept."""
    return Path(shutil.copytree(tiny_run, tmp_path / "repository", symlinks=True))
