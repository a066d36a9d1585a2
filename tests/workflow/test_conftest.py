"""The tests' own way of running Snakemake: a call that takes too long ends with everything that it started."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflow import conftest

#: A job of a job: it outlives its parents unless the whole group is killed.
NESTED = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(str(child.pid))
child.wait()
"""


def state(pid: int) -> str:
    """State letter of a process; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return ""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see processes")
def test_a_call_that_times_out_leaves_no_process_behind(monkeypatch, tmp_path):
    note = tmp_path / "pid"

    def nested(folder, *arguments, **changes):
        command = [sys.executable, "-c", NESTED, str(note)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        while not (note.exists() and note.read_text()):
            time.sleep(0.01)
        return process

    monkeypatch.setattr(conftest, "start", nested)
    monkeypatch.setattr(conftest, "TIMEOUT", 0.1)
    with pytest.raises(subprocess.TimeoutExpired):
        conftest.snakemake(tmp_path)
    deadline = time.monotonic() + 10
    while state(int(note.read_text())) not in ("", "Z") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert state(int(note.read_text())) in ("", "Z")
