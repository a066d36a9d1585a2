"""Runs that are killed at a random place go on where they were, and end with the same files, byte by byte."""

import os
import random
import signal
import time

import psutil
import pytest

from mgah.io.processes import is_alive
from tests.faults.conftest import RESULTS, TINY, made, undo
from tests.workflow.conftest import TIMEOUT, snakemake, start

#: Twenty kills: each signal, to the main process or to all of the run's processes, at places of their own.
KILLS = [
    pytest.param(kind, whole, seed, id=f"{kind.name}-{'group' if whole else 'main'}-{seed}")
    for seed, (kind, whole) in enumerate(
        [
            (kind, whole)
            for kind in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
            for whole in (False, True)
        ]
        * 3
    )
][:20]
#: What is made again, with all that follows from it, and the number of jobs that write a log on the way.
STAGES = {("features", "splits", "semantics", "codes", "models"): 9, ("codes", "models"): 5, ("scores",): 3}


def started(folder) -> int:
    """Jobs that have begun: each opens its log."""
    return sum(path.is_file() for path in (folder / RESULTS / "logs").rglob("*"))


def left(folder) -> list[psutil.Process]:
    """Processes that work in ``folder``."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def ends(folder, seconds: float = 60.0) -> bool:
    """Whether all processes that work in ``folder`` end in time."""
    deadline = time.monotonic() + seconds
    while left(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture
def signals():
    """Ctrl-C and hang-ups reach what is started also where this process ignores them, as under nohup."""
    before = {
        kind: signal.signal(kind, signal.default_int_handler) for kind in (signal.SIGINT, signal.SIGHUP)
    }
    yield
    for kind, handler in before.items():
        signal.signal(kind, handler)


@pytest.mark.whole
@pytest.mark.parametrize(("kind", "whole", "seed"), KILLS)
def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(
    kind, whole, seed, tiny_run, own_tiny_run, signals
):
    random_ = random.Random(seed)
    stages = random_.choice(list(STAGES))
    undo(own_tiny_run, *stages)
    jobs, pause = random_.randint(0, STAGES[stages] - 1), random_.random() * 2
    process = start(own_tiny_run, *TINY)
    deadline = time.monotonic() + TIMEOUT
    while started(own_tiny_run) <= jobs and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(pause)
    killed = process.poll() is None
    if killed:
        (os.killpg if whole else os.kill)(process.pid, kind)
    output, _ = process.communicate(timeout=TIMEOUT)
    assert killed, f"the run ended before it could be killed: {output[-2000:]}"
    assert process.returncode != 0
    assert ends(own_tiny_run), left(own_tiny_run)
    assert not is_alive(process.pid)
    status, output = snakemake(own_tiny_run, *TINY)
    assert status == 0, output[-3000:]
    assert not list((own_tiny_run / RESULTS).rglob(".*.tmp*"))
    assert made(own_tiny_run) == made(tiny_run)
