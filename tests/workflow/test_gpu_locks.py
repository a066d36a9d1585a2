"""One GPU a job: never two jobs on one card, whatever ends them; how many Snakemake starts at once."""

import itertools
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from tests.workflow.conftest import SMALL, copy_sources, snakemake
from workflow import gpu_locks

pytestmark = pytest.mark.slow

PROGRAM = Path(gpu_locks.__file__)
#: Notes when it starts and ends on which GPUs, so that overlaps can be found afterwards.
JOB = """
import os, sys, time
card = os.environ["CUDA_VISIBLE_DEVICES"]
begin = time.monotonic(); time.sleep(0.3); end = time.monotonic()
print(card, begin, end)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An own folder of locks, two GPUs, and no batch system."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a,GPU-b")
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    return tmp_path


def start(count: int, code: str) -> subprocess.Popen:
    command = [sys.executable, "-I", str(PROGRAM), str(count), sys.executable, "-c", code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def output(process: subprocess.Popen) -> str:
    return process.communicate(timeout=60)[0].strip()


SHOW = "import os; print(os.environ['CUDA_VISIBLE_DEVICES'])"
HOLD = "import os, time; print(os.environ['CUDA_VISIBLE_DEVICES'], flush=True); time.sleep(60)"


def test_jobs_share_two_cards_and_never_one(place):
    jobs = [start(1, JOB) for _ in range(8)]
    spans = sorted(
        (card, float(begin), float(end)) for card, begin, end in (output(job).split() for job in jobs)
    )
    assert {card for card, _, _ in spans} == {"GPU-a", "GPU-b"}
    for (card, _, end), (next_card, begin, _) in itertools.pairwise(spans):
        assert card != next_card or end <= begin


def test_a_killed_job_frees_its_card(place):
    holders = [start(1, HOLD) for _ in range(2)]
    held = {job.stdout.readline().strip(): job for job in holders}
    assert set(held) == {"GPU-a", "GPU-b"}
    waiting = start(1, SHOW)
    time.sleep(3 * gpu_locks.PAUSE)
    assert waiting.poll() is None
    held["GPU-b"].send_signal(signal.SIGKILL)
    assert output(waiting) == "GPU-b"
    for job in holders:
        job.kill()
        job.communicate()


def test_a_job_of_several_cards_waits_for_all_and_holds_none_meanwhile(place):
    holder = start(1, HOLD)
    held = holder.stdout.readline().strip()
    both = start(2, SHOW)
    time.sleep(3 * gpu_locks.PAUSE)
    assert both.poll() is None
    assert {held, output(start(1, SHOW))} == {"GPU-a", "GPU-b"}
    holder.kill()
    holder.communicate()
    assert output(both) == "GPU-a,GPU-b"


def test_more_cards_than_there_are_is_one_error(place):
    job = start(3, SHOW)
    assert output(job) == "error: a job asks for 3 GPUs, 2 are here: run with --resources gpu=2"
    assert job.returncode == 1


def test_a_job_that_asks_for_none_sees_what_it_saw(place):
    assert output(start(0, SHOW)) == "GPU-a,GPU-b"


def test_gpus_that_a_batch_system_gave_to_the_job_are_left_to_it(place, monkeypatch):
    """Two batch jobs of one node may both call their card 0."""
    holder = start(1, HOLD)
    holder.stdout.readline()
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a")
    assert output(start(1, SHOW)) == "GPU-a"
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-a,GPU-b")  # an allocation in which a whole run goes on
    assert output(start(1, SHOW)) == "GPU-a"
    holder.kill()
    holder.communicate()


def test_batch_jobs_of_one_node_share_the_cards_that_nobody_gave_them(place, monkeypatch):
    program = place / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: a (UUID: GPU-1f)'; echo 'GPU 1: a (UUID: GPU-2f)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    holder = start(1, HOLD)
    assert holder.stdout.readline().strip() == "GPU-1f"
    monkeypatch.setenv("SLURM_JOB_ID", "8")
    assert output(start(1, SHOW)) == "GPU-2f"
    holder.kill()
    holder.communicate()


def test_the_folder_of_the_locks_is_private(tmp_path, monkeypatch):
    folder = tmp_path / "locks"
    gpu_locks.make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    gpu_locks.make_private(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "file").touch()
    for name in ("link", "file"):
        with pytest.raises(SystemExit, match=f"{name} is no folder of user"):
            gpu_locks.take(["GPU-a"], 1, tmp_path / name)
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(SystemExit, match=r"remove it, or set TMPDIR to a folder of yours"):
        gpu_locks.make_private(folder)
    (folder / "GPU-a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        gpu_locks._lock(folder / "GPU-a")
    assert not (tmp_path / "elsewhere").exists()


LISTED = """GPU 0: NVIDIA A100 (UUID: GPU-1f)
  MIG 3g.20gb     Device  0: (UUID: MIG-2a)
  MIG 3g.20gb     Device  1: (UUID: MIG-2b)
"""


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("GPU 0: NVIDIA H100 (UUID: GPU-1f)\nGPU 1: NVIDIA H100 (UUID: GPU-2f)\n", ["GPU-1f", "GPU-2f"]),
        (LISTED, ["MIG-2a", "MIG-2b"]),
        ("No devices found.\n", []),
    ],
)
def test_gpus_are_those_that_nvidia_smi_lists(tmp_path, monkeypatch, listed, expected):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n[ $1 = -L ] && cat <<'END'\n{listed}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert gpu_locks.found() == expected
    for hidden, visible in (("", []), ("-1", []), ("1", ["1"]), ("0, 2", ["0", "2"])):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
        assert gpu_locks.found() == visible


def test_without_nvidia_smi_there_are_none(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpu_locks.found() == []


def test_jobs_that_may_use_a_card_ask_for_one(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    _, none = snakemake(folder, "hashing", "-n", "-p", "--cores", "2", *SMALL, CUDA_VISIBLE_DEVICES="")
    _, two = snakemake(folder, "hashing", "-n", "-p", "--cores", "2", *SMALL, CUDA_VISIBLE_DEVICES="0,1")
    assert "gpu=1" not in none
    asking = [block for block in two.split("\nrule ")[1:] if "gpu=1" in block]
    methods = {re.search(r"method=(\w+)", block)[1] for block in asking}
    assert methods == {"dhn", "dhn_chosen", "dnnh", "sitnet", "doph", "mgah", "mgah_itq"}
    assert {block.split(":")[0] for block in asking} == {"choose", "fit"}, "pixels are no network"


GPU_LOG = """
import os
if os.environ.get("CUDA_VISIBLE_DEVICES") != "0,1":
    with open(os.environ["GPU_LOG"], "a") as log:
        log.write(os.environ["CUDA_VISIBLE_DEVICES"] + "\\n")
"""


@pytest.mark.long
def test_snakemake_starts_no_more_jobs_than_cards(tmp_path):
    """Real jobs on two GPUs that are not there: torch then computes on the CPU."""
    folder = copy_sources(tmp_path / "repository")
    config = yaml.safe_load((folder / "workflow/config/small.yaml").read_text())
    quick = {"parameters": {"trunk": 8, "latent": 8, "epochs": 1}}
    config |= {"bits": [8], "seeds": [0, 1], "methods": {"mgah": quick}, "contrasts": []}
    config["experiments"] = config["experiments"][:1]
    config["datasets"]["digits"]["splits"] = ["three"]
    config["outputs"] = {"tables": [], "figures": []}
    (folder / "gpus.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(GPU_LOG)
    for flags, taken in (((), ["0", "1"]), (("--resources", "gpu=1"), ["0", "0"])):
        status, text = snakemake(
            *(folder, "hashing", "--cores", "4", "--configfile", "gpus.yaml", *flags),
            CUDA_VISIBLE_DEVICES="0,1",
            TMPDIR=str(tmp_path),
            PYTHONPATH=str(tmp_path / "site"),
            GPU_LOG=str(tmp_path / "gpus.log"),
            MGAH_FORK_SERVERS="",  # each job starts a Python, which notes its GPU
        )
        assert status == 0, text[-3000:]
        provided = next(line for line in text.splitlines() if line.startswith("Provided resources:"))
        assert re.search(rf"gpu=\D*{len(set(taken))}\b", provided)
        assert sorted((tmp_path / "gpus.log").read_text().split()) == taken
        (tmp_path / "gpus.log").unlink()
        shutil.rmtree(folder / "results/small/codes")
