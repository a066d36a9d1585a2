"""The workflow on a SLURM of one node, by its profile: the same scores as on one machine, byte for byte."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.fixtures.slurm import Slurm, missing
from tests.workflow.conftest import ROOT, SMALL, SPLITS, snakemake

pytestmark = [
    pytest.mark.slow,
    pytest.mark.slurm,
    pytest.mark.skipif(
        bool(missing()),
        reason=f"{', '.join(missing())} not found (Debian packages munge, slurm-client, slurmctld and slurmd)",
    ),
]

PROFILE = ("--profile", "workflow/profiles/slurm")
#: CPUs that a job may take, half of the node's.
CORES = 2
#: Nobody else waits for the controller, so it is asked often.
HERE = ("--cores", str(CORES), "--slurm-init-seconds-before-status-checks", "1")
HERE += ("--seconds-between-status-checks", "1", "--latency-wait", "5")
SETTING = "digits/pixels/word2vec"
#: Fits to make again: all splits of a method of NumPy, and one of a method that may use a GPU.
FITS = [f"{split}/itq" for split in SPLITS] + [f"{SPLITS[0]}/mgah_itq"]


@pytest.fixture(scope="module")
def plugins(tmp_path_factory) -> str:
    """A folder with the packages of the extra cluster, empty where they are installed.

    Every start of Snakemake takes longer where they are, so the environment of the other tests does without.
    """
    folder = tmp_path_factory.mktemp("plugins")
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps"]
        command += ["--target", str(folder), *project["optional-dependencies"]["cluster"]]
        installed = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if installed.returncode and "No matching distribution" in installed.stderr:
            pytest.skip("pip reaches no package index that has the plugin for SLURM")
        assert installed.returncode == 0, installed.stderr
    return str(folder)


@pytest.fixture
def slurm(tmp_path):
    with Slurm(tmp_path / "slurm") as started:
        yield started


def test_the_profile_makes_on_nodes_what_one_machine_makes(own_run, slurm, plugins):
    made, names = own_run / "results/small", ("scores.csv", "tables/table1.csv")
    expected = {name: (made / name).read_bytes() for name in names}
    for fit in FITS:
        for kind in ("codes", "models"):
            shutil.rmtree(made / kind / SETTING / fit / "seed0")
    # what follows from them is missing as well, else nobody asks for the fits
    for file in (*names, *(f"scores/{SETTING}/{fit.split('/')[1]}.csv" for fit in FITS)):
        (made / file).unlink(missing_ok=True)
    paths = os.pathsep.join([plugins, os.environ.get("PYTHONPATH", "")])
    status, output = snakemake(
        own_run, "table1", *PROFILE, *HERE, *SMALL, **slurm.environment, PYTHONPATH=paths
    )
    assert status == 0, output[-5000:]
    assert {name: (made / name).read_bytes() for name in names} == expected
    assert len(list((made / "codes" / SETTING).glob("*/itq/seed0/*.npz"))) == 4 * len(SPLITS)

    jobs = slurm.jobs()
    # the fits of ITQ, that with a GPU, the two scores, and all that follows
    assert len(jobs) == 4 and {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert sorted(job.get("TresPerJob", "") for job in jobs) == ["", "", "", "gres:gpu:1"]
    assert sorted(int(job["NumCPUs"]) for job in jobs) == [1, 1, CORES, CORES]
    assert all(job["MinMemoryNode"] != "0" and job["TimeLimit"] != "UNLIMITED" for job in jobs)
    # the fits, two scores, the scores of all and their table, counted one by one though they went in groups
    assert re.search(rf"^{len(FITS) + 4} of {len(FITS) + 4} jobs in \d+:\d\d$", output, re.MULTILINE), output[
        -3000:
    ]
