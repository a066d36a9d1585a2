"""What a run has started ends with its main process, however that ends."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

#: A main process: a reaper, a job that a shell waits for, and its own death by the signal that it is given.
MAIN = """
import os, subprocess, sys
from workflow import reaper
started = reaper.start(None).pid
job = subprocess.Popen(["bash", "-c", "sleep 100; true"])
print(job.pid, started, flush=True)
sys.stdin.read()
"""


def gone(process, seconds=10.0):
    """Whether a process ends in time; a child that nobody waits for counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGHUP, None])
def test_jobs_end_with_the_main_process(ending):
    main = subprocess.Popen(
        [sys.executable, "-c", MAIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    job, reaper = map(int, main.stdout.readline().split())
    below = [child.pid for child in psutil.Process(job).children()]
    assert psutil.pid_exists(job) and psutil.pid_exists(reaper)
    other = subprocess.Popen(["sleep", "100"], env=os.environ | {"MGAH_RUN": "of another run"})
    try:
        if ending:
            main.send_signal(ending)
        main.communicate()
        assert all(gone(process) for process in (job, *below, reaper))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
