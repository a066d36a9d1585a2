"""Ends what a run has started when the run's main process has ended, be it killed, hung up or done.

``python workflow/reaper.py MARK`` waits until its standard input closes, which the system does when the process at the
other end dies, and then ends all processes whose environment has the variable `VARIABLE` with the value ``MARK``: by
SIGTERM, and after `GRACE` seconds by SIGKILL. It is in a session of its own, so what is sent to the run's process group
does not reach it.
"""

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil

#: Environment variable that all processes of a run inherit.
VARIABLE = "MGAH_RUN"
#: Seconds between SIGTERM and SIGKILL.
GRACE = 5.0
#: Reapers of this process: with the last reference to one its standard input would close.
_kept: list[subprocess.Popen] = []


def start(lock: int | None) -> subprocess.Popen:
    """Mark this process and all that it starts from now on, and start a reaper of them.

    Args:
        lock: descriptor of a locked file; the lock lasts until the reaper, too, has ended.
    """
    os.environ[VARIABLE] = mark = uuid.uuid4().hex
    reaper = subprocess.Popen(
        [sys.executable, "-I", str(Path(__file__).resolve()), mark],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[] if lock is None else [lock],
        start_new_session=True,
    )
    _kept.append(reaper)
    return reaper


def marked(mark: str) -> list[psutil.Process]:
    """Return the processes with ``mark``, but for this one."""
    return [
        process for process in psutil.process_iter() if process.pid != os.getpid() and _has(process, mark)
    ]


def end(mark: str) -> None:
    """End the processes with ``mark``."""
    for send in (psutil.Process.terminate, psutil.Process.kill):
        left = marked(mark)
        for process in left:
            with contextlib.suppress(psutil.Error):
                send(process)
        psutil.wait_procs(left, timeout=GRACE)


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(VARIABLE) == mark
    except (psutil.Error, OSError):  # it has ended, or is another user's
        return False


if __name__ == "__main__":
    sys.stdin.buffer.read()
    end(sys.argv[1])
