"""What is installed from the wheel: the benchmark and the logger plugin, with all their files, and nothing else."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
#: What a wheel is built from.
SOURCES = ("pyproject.toml", "README.md", "LICENSE", "mgah", "baselines", "workflow/logger")
PLUGIN = "snakemake_logger_plugin_mgah"


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """Names of the files in a wheel that is built of a copy of the sources, without a network."""
    setuptools = pytest.importorskip("setuptools")
    if int(setuptools.__version__.split(".")[0]) < 77:
        pytest.skip("pyproject.toml needs setuptools 77")
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        target = folder / "repository" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, target, symlinks=True, ignore=ignored)
        else:
            shutil.copy(ROOT / name, target)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(folder / "repository")], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def files_of(folder, name):
    """The files in ``folder`` as a wheel names them that has it as ``name``."""
    return {
        f"{name}/{path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_the_benchmark_and_the_logger_plugin_alone(packed):
    tops = {name.split("/")[0] for name in packed if ".dist-info/" not in name}
    assert tops == {"mgah", PLUGIN}


def test_the_wheel_has_every_module_and_data_file(packed):
    expected = files_of(ROOT / "mgah", "mgah") | files_of(ROOT / "workflow/logger" / PLUGIN, PLUGIN)
    expected |= files_of(ROOT / "baselines", "mgah/baselines")
    assert {"mgah/py.typed", "mgah/baselines/itq.py", "mgah/datasets/imagenet1k.txt"} <= expected
    assert not expected - packed
