"""One real run of the small benchmark, in a copy of the repository, that the workflow tests share."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from workflow import settings

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = settings.SCHEMA.parent
SOURCES = ("Snakefile", "workflow", "mgah", "baselines")
SMALL = ("--configfile", "workflow/config/small.yaml")
#: Splits of the small benchmark that the tests run: with one unseen class, and with two.
SPLITS = ("three", "zero+eight")
#: Seconds that one call of Snakemake may take; a busy machine needs more.
TIMEOUT = float(os.environ.get("MGAH_TEST_TIMEOUT", "900"))


def load(name: str) -> dict:
    """The config of that name that comes along, checked and with its defaults."""
    return settings.checked(yaml.safe_load((CONFIGS / f"{name}.yaml").read_text()))


def copy_sources(target: Path) -> Path:
    """A checkout without results, tests or history."""
    target.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, target / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, target / name)
    return target


def with_config(folder: Path, change: Callable[[dict], object]) -> Path:
    """Let the config of the small benchmark of a checkout be what ``change`` makes of it in place."""
    file = folder / SMALL[1]
    config = yaml.safe_load(file.read_text())
    change(config)
    file.write_text(yaml.safe_dump(config, sort_keys=False))
    return folder


def with_fewer_splits(folder: Path) -> Path:
    """Let the small benchmark of a checkout run on two of its three splits, and other semantics on the first alone.

    Every method, output and study stays.
    """

    def change(config: dict) -> None:
        config["datasets"]["digits"]["splits"] = list(SPLITS)
        first, *others = config["experiments"]
        config["experiments"] = [first, *(other | {"splits": [SPLITS[0]]} for other in others)]

    return with_config(folder, change)


def start(folder: Path, *arguments: str, **changes) -> subprocess.Popen:
    """Start Snakemake in ``folder`` as a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | changes,
    )


def snakemake(folder: Path, *arguments: str, **changes) -> tuple[int, str]:
    """Run Snakemake in ``folder``: its exit status and all it printed. Past `TIMEOUT` it ends with all its jobs."""
    process = start(folder, *arguments, **changes)
    try:
        output, _ = process.communicate(timeout=TIMEOUT)
    except BaseException:
        end(process)
        raise
    return process.returncode, output


def end(process: subprocess.Popen) -> None:
    """Kill a process that `start` started, and every process of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory) -> Path:
    """A copy of the repository in which the small benchmark `with_fewer_splits` has run; do not change it, copy it.

    One run for all processes of pytest-xdist: the first that gets here makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "finished" / "repository"
    with FileLock(f"{folder.parent}.lock"):
        if not folder.exists():
            running = folder.with_name("running")
            shutil.rmtree(running, ignore_errors=True)  # of another test's attempt that failed
            status, output = snakemake(with_fewer_splits(copy_sources(running)), "--cores", "2", *SMALL)
            assert status == 0, output[-5000:]
            running.rename(folder)
    return folder


@pytest.fixture
def own_run(finished_run, tmp_path) -> Path:
    """A private copy of the finished run, file times kept."""
    return Path(shutil.copytree(finished_run, tmp_path / "repository", symlinks=True))
