"""Starts the processes that jobs are forked from, and ends them with the run."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from workflow.jobs.run import MEMORY, VARIABLE

#: Kinds of jobs, each with a process of its own, so that a job's memory holds the libraries of its kind alone, and what
#: takes longest to import of what all jobs of the kind import.
KINDS = {
    "data": ("mgah.tables.images",),
    "training": ("mgah.training.fit", "sklearn.decomposition"),
    # the first step of an optimizer of torch imports the last
    "deep_training": ("mgah.training.fit", "mgah.methods.deep.base", "torch._dynamo"),
    "evaluation": ("mgah.evaluation.score", "mgah.metrics.kernels_numba"),
    "report": ("mgah.report.aggregate", "mgah.report.style"),
}
#: Environment variables by which libraries bound their threads, as Snakemake sets them for a job of one thread.
_THREADS = ("OMP", "GOTO", "OPENBLAS", "MKL", "NUMEXPR")
#: Seconds to wait until a process listens; jobs that come before start a Python of their own.
_PATIENCE = 5
_PAUSE = 0.01

_started: list[subprocess.Popen] = []


def start(kinds: Iterable[str] = KINDS, soon: Collection[str] = ()) -> None:
    """Start one process a kind of `KINDS`, and name their folder in the environment, which jobs inherit.

    Those whose jobs come ``soon`` import at once what their kind needs, the others when the first job comes.

    None is started on another system than Linux, nor where the environment has the variable already: empty, it lets
    every job start a Python of its own.
    """
    if not sys.platform.startswith("linux") or VARIABLE in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="mgah-jobs-"))
    one = {f"{name}_NUM_THREADS": "1" for name in _THREADS} | {"VECLIB_MAXIMUM_THREADS": "1"}
    server, sockets = Path(__file__).with_name("fork_server.py"), [folder / kind for kind in kinds]
    for path in sockets:
        when = "now" if path.name in soon else "later"
        command = [sys.executable, str(server), str(path), when, *KINDS[path.name]]
        _started.append(subprocess.Popen(command, stdin=subprocess.PIPE, env=MEMORY | os.environ | one))
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and not all(path.exists() for path in sockets):
        time.sleep(_PAUSE)
    os.environ[VARIABLE] = str(folder)


def stop() -> None:
    """End the processes, and with them the jobs that still run."""
    os.environ.pop(VARIABLE, None)
    for process in _started:
        process.communicate()
    _started.clear()
