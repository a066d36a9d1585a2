"""Jobs that failed: what they said, and what ended them where they could say nothing."""

import re
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from .logs import error_lines, failure_reasons, last_line

#: What the end by a signal usually means.
MEANINGS = {
    "SIGKILL": "the system ends a process so when memory runs out: give the run fewer --cores, or a machine with more "
    "memory",
    "SIGBUS": "the disk was full, or a file that was being read was cut off",
    "SIGSEGV": "a compiled library failed, or memory ran out",
    "SIGABRT": "a compiled library gave up, often because memory ran out",
    "SIGILL": "a compiled library needs a newer processor",
    "SIGFPE": "a compiled library divided by zero",
    "SIGTERM": "it was told to end: by a user, a batch system or a limit of time",
    "SIGINT": "it was told to end from the keyboard",
    "SIGHUP": "its terminal was closed",
    "SIGXCPU": "a limit of processor time (ulimit -t) was reached",
    "SIGXFSZ": "a limit on the size of files (ulimit -f) was reached",
}


class Failure(NamedTuple):
    """A job that failed.

    Attributes:
        rule: its rule.
        logs: its log files.
        status: how its command ended: its exit status, minus the number of the signal that killed it, or 0 where that
            is not known.
    """

    rule: str
    logs: list[Path]
    status: int = 0

    def interrupted(self) -> bool:
        """Whether the keyboard ended the job, as it ends all of a run at once: that is no fault of a job."""
        if any(map(error_lines, self.logs)):
            return False
        if self.status in (-signal.SIGINT, 128 + signal.SIGINT):
            return True
        # 0 where it is not known; Python ends so when a fork of a server is interrupted
        return self.status in (0, 1) and any(last_line(log) == "KeyboardInterrupt" for log in self.logs)

    def lines(self) -> list[str]:
        """Lines that say why the job failed: what it said itself, and the signal that ended it."""
        said = [line for log in self.logs for line in failure_reasons(log)]
        # a shell says 128 and the number of the signal that its command died of
        number = -self.status if self.status < 0 else self.status - 128
        try:
            name = signal.Signals(number).name
        except ValueError:
            return said or [f"a job of {self.rule} failed, and it has no log"]
        meaning = MEANINGS.get(name, "see man 7 signal")
        return [f"error: a job of {self.rule} was ended by {name}: {meaning}", *said]


def failure_lines(failures: Iterable[Failure]) -> list[str]:
    """What the jobs that failed said, each line once; nothing of those that the keyboard ended."""
    faults = (failure for failure in failures if not failure.interrupted())
    return list(dict.fromkeys(line for failure in faults for line in failure.lines()))


def exit_status(message: str) -> int | None:
    """Return the status that Snakemake's ``message`` says a command ended with: minus its number for a signal.

    None for a message that says nothing of that.
    """
    if "CalledProcessError" not in message:
        return None
    if killed := re.search(r"died with (?:<Signals\.\w+: (\d+)>|unknown signal (\d+))", message):
        return -int(killed[1] or killed[2])
    ended = re.search(r"returned non-zero exit status (\d+)", message)
    return int(ended[1]) if ended else None
