"""Which process owns a run's results, and whether it is alive.

A run holds a lock on a file for as long as it lives. The system lifts the lock when the process ends, however it ends,
so a lock that can be taken is of a dead run; a process number alone says nothing, as another process may have it. The
file holds the owner's host, process and start, for the words that are said of it.
"""

import fcntl
import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from mgah.io.processes import is_alive

#: Seconds that what a dead run had started is given to end.
GRACE = 15.0


class Ownership:
    """The lock of this process on the results of a run.

    Args:
        file: the file to lock.
        results: the folder of the results, for messages.

    Attributes:
        lock: descriptor of the locked file; None where another process holds the lock, or the file system has none.
        is_held: whether another process holds it.
        owner: host, process and start of the run that was the last owner; empty where none is known.
    """

    def __init__(self, file: Path | str, results: str) -> None:
        self.file, self.results = Path(file), results
        self.lock: int | None = None
        self.is_held = False
        self.owner: dict[str, str | int] = {}

    @property
    def was_here(self) -> bool:
        """Whether the last owner ran on this host."""
        return self.owner.get("host") == socket.gethostname()

    def claim(self) -> bool:
        """Take the lock, and learn of the last owner; say whether it is dead for certain, or this process.

        Where it has died, but not yet all that it had started, this waits for `GRACE` seconds.
        """
        deadline = time.monotonic() + GRACE
        self._try()
        while self.is_held and self._is_gone() and time.monotonic() < deadline:
            time.sleep(0.1)
            self._try()
        return not self.is_held and self._is_gone()

    def sign(self) -> None:
        """Write into the file that this process is the owner."""
        self.owner = {
            "host": socket.gethostname(),
            "process": os.getpid(),
            "since": time.strftime("%Y-%m-%d %H:%M"),
        }
        if self.lock is not None:
            os.ftruncate(self.lock, 0)
            os.pwrite(self.lock, json.dumps(self.owner).encode(), 0)

    def refusal(self, arguments: Sequence[str]) -> str:
        """What to do where Snakemake finds the results locked; ``arguments`` are those of this call of Snakemake."""
        unlock = shlex.join([*_program(arguments[0]), "--unlock", *arguments[1:]])
        who = (
            "process {process} on {host}, since {since}".format(**self.owner)
            if self.owner
            else "process unknown"
        )
        if self.is_held and self.owner:
            end = f"kill {self.owner['process']}" if self.was_here else f"kill it on {self.owner['host']}"
            return (
                f"error: another run is writing {self.results} ({who}): wait until it ends, or end it ({end}), and run "
                "again"
            )
        if self.owner and not self.was_here:
            return (
                f"error: {self.results} is locked by a run on another machine ({who}), and whether it is alive cannot "
                f"be seen from {socket.gethostname()}: where it is not, run `{unlock}` and then this command again"
            )
        return (
            f"error: {self.results} is locked by a run of which no more is known: where no other run writes it, run "
            f"`{unlock}` and then this command again"
        )

    def _try(self) -> None:
        if self.lock is not None:
            return
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:  # not ours to write: whether it may be locked decides Snakemake alone
            return
        self.owner = _record(os.pread(lock, 10_000, 0))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # else the file system has no locks
            self.is_held = isinstance(error, BlockingIOError)
            os.close(lock)
        else:
            self.lock, self.is_held = lock, False

    def _is_gone(self) -> bool:
        """Whether the last owner is known to have ended, or is this process."""
        process = self.owner.get("process")
        return self.was_here and (
            self.lock is not None or process == os.getpid() or not is_alive(int(process or 0))
        )


def _record(content: bytes) -> dict[str, str | int]:
    """The owner in the content of a file; empty where it is none."""
    try:
        owner = json.loads(content)
        return {"host": str(owner["host"]), "process": int(owner["process"]), "since": str(owner["since"])}
    except (ValueError, TypeError, KeyError):
        return {}


def _program(name: str) -> list[str]:
    """How the program with this ``sys.argv[0]`` is called."""
    return [sys.executable, "-m", "snakemake"] if name.endswith(".py") else [name]
