"""Progress of a run on the screen: stage, jobs done, rate and time left, in place of Snakemake's block for each job.

On a terminal a bar, with the last line that the longest-running job printed; elsewhere a line every half minute.
Warnings, errors and the block of a failed job are shown as Snakemake shows them. With ``--quiet all`` only errors
and the last line are printed. Snakemake's own messages stay with ``--verbose``, ``--printshellcmds``, another
``--quiet``, a logger plugin (``--logger``), and where its handlers are not as this module knows them.
"""

import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TextIO

from tqdm import tqdm

#: Seconds between two lines where there is no terminal.
PAUSE = 30.0
#: Before every shell command of a run whose jobs print to their log files alone.
SILENT = 'set -euo pipefail; tee() {{ cat > "$1"; }}; '
#: The name of the handler that prints Snakemake's own messages.
DEFAULT = "DefaultStreamHandler"


@dataclass(frozen=True)
class Task:
    """One job of the plan: its rule, the stage that it belongs to, and its log file."""

    rule: str
    stage: str
    log: Path


class Pace:
    """Which jobs are done, and how long the others will take. Times are in seconds, of any one clock."""

    def __init__(self, tasks: Mapping[int, Task]) -> None:
        self.tasks = tasks
        self.running: dict[int, float] = {}
        self.done: set[int] = set()
        self._durations: dict[str, list[float]] = {}
        self._began: float | None = None

    def start(self, job: int, now: float) -> None:
        """A job begins, or begins again."""
        self._began = now if self._began is None else self._began
        self.running[job] = now

    def finish(self, job: int, now: float) -> None:
        """A job is done."""
        began = self.running.pop(job, None)
        self.done.add(job)
        if began is not None:
            self._durations.setdefault(self.tasks[job].rule, []).append(now - began)

    def elapsed(self, now: float) -> float:
        """Seconds since the first job began."""
        return 0.0 if self._began is None else now - self._began

    def left(self, now: float) -> float | None:
        """Seconds left, None before the first job is done.

        A job takes the mean of its rule, or of all jobs where none of its rule is done. As many jobs run at a time as
        did so far: the seconds that jobs took by the seconds that passed.
        """
        durations = [seconds for found in self._durations.values() for seconds in found]
        ages = {job: now - began for job, began in self.running.items()}
        worked = sum(durations) + sum(ages.values())
        if not durations or worked <= 0:
            return None
        means = {rule: fmean(found) for rule, found in self._durations.items()}
        overall = fmean(durations)
        remaining = sum(
            max(means.get(task.rule, overall) - ages.get(job, 0.0), 0.0)
            for job, task in self.tasks.items()
            if job not in self.done
        )
        return remaining * self.elapsed(now) / worked

    def stages(self) -> str:
        """The stages at work, each with its jobs done and all its jobs."""
        total = Counter(task.stage for task in self.tasks.values())
        done = Counter(self.tasks[job].stage for job in self.done)
        at_work = dict.fromkeys(self.tasks[job].stage for job in sorted(self.running))
        return ", ".join(f"{stage} {done[stage]}/{total[stage]}" for stage in at_work)

    def rate(self, now: float) -> str:
        """Jobs by time, and the time left, in words."""
        elapsed, left = self.elapsed(now), self.left(now)
        if left is None or elapsed <= 0:
            return "time left not known yet"
        return f"{60 * len(self.done) / elapsed:.3g} jobs/min, {clock(left)} left"


class Progress(logging.Handler):
    """Shows the progress of a run from Snakemake's log records; ``messages`` prints warnings and errors."""

    def __init__(
        self,
        pace: Pace,
        messages: logging.Handler,
        stream: TextIO,
        pause: float = PAUSE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self.pace, self.messages, self.stream, self.pause, self.now = pace, messages, stream, pause, now
        self._bar = None
        if stream.isatty():
            style = "{desc} |{bar:24}| {n_fmt}/{total_fmt} jobs{postfix}"
            total = len(pace.tasks)
            self._bar = tqdm(total=total, file=stream, bar_format=style, dynamic_ncols=True, leave=False)
        self._printed = now()
        self._ended = threading.Event()
        threading.Thread(target=self._tick, daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of jobs that begin and end; pass on what is no mere information."""
        try:
            self._note(record)
            self.show()
        except Exception:  # as every handler: a run does not end because its progress cannot be shown
            self.handleError(record)

    def _note(self, record: logging.LogRecord) -> None:
        event = getattr(record, "event", None)
        if event == "job_started":
            for job in set(record.jobs) & self.pace.tasks.keys():
                self.pace.start(job, self.now())
        elif event == "job_finished" and record.job_id in self.pace.tasks:
            self.pace.finish(record.job_id, self.now())
        elif record.levelno >= logging.WARNING:
            with tqdm.external_write_mode(file=self.stream):
                self.messages.handle(record)

    def show(self) -> None:
        """Draw the bar; where there is no terminal, print a line when it is time for one."""
        now = self.now()
        if self._ended.is_set():
            return
        if self._bar is not None:
            self._bar.n = len(self.pace.done)
            self._bar.set_description_str(self.pace.stages(), refresh=False)
            self._bar.set_postfix_str(f"{self.pace.rate(now)}{self._said(now)}")
        elif now - self._printed >= self.pause:
            self._printed = now
            self._print(f"{self.pace.stages()} | {self._count()}, {self.pace.rate(now)}")

    def end(self) -> None:
        """Print how many jobs were done in what time; nothing follows."""
        with self.lock:
            if not self._ended.is_set():
                self._ended.set()
                if self._bar is not None:
                    self._bar.close()
                self._print(f"{self._count()} in {clock(self.pace.elapsed(self.now()))}")

    def close(self) -> None:
        """Leave no bar behind when Snakemake stops for a reason of its own."""
        self._ended.set()
        if self._bar is not None:
            self._bar.close()
        super().close()

    def _tick(self) -> None:
        while not self._ended.wait(1):
            with self.lock:
                self.show()

    def _count(self) -> str:
        return f"{len(self.pace.done)} of {len(self.pace.tasks)} jobs"

    def _print(self, line: str) -> None:
        print(line, file=self.stream, flush=True)

    def _said(self, now: float) -> str:
        """The last line in the log of the job that has run longest, once it has run for ten seconds."""
        job, began = min(self.pace.running.items(), key=lambda item: item[1], default=(None, now))
        return f" | {last_line(self.pace.tasks[job].log)}" if now - began >= 10 else ""


def begin(manager, shell, planned: Mapping[int, Task]) -> Progress | None:
    """Show the progress of the ``planned`` jobs by id from now on.

    Args:
        manager: Snakemake's logger manager.
        shell: Snakemake's ``shell``; jobs print to their log files alone where their lines would disturb.
        planned: all jobs that will run.

    Returns:
        What shows it, or None where Snakemake's own messages stay, or nothing is to be shown.
    """
    settings, logger = manager.settings, manager.logger
    quiet = {word.name for word in settings.quiet or ()}
    own = [handler for handler in logger.handlers if handler.name == DEFAULT]
    if "ALL" in quiet:
        shell.prefix(SILENT)
    if quiet or settings.verbose or settings.printshellcmds or settings.debug_dag or len(own) != 1:
        return None
    stream = sys.stdout if settings.stdout else sys.stderr
    if stream.isatty():
        shell.prefix(SILENT)
    shown = Progress(Pace(planned), own[0], stream)
    logger.removeHandler(own[0])
    logger.addHandler(shown)
    return shown


def last_line(log: Path) -> str:
    """The last line that a job printed, however it ended it; empty where there is none."""
    try:
        with open(log, "rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - 400))
            lines = stream.read().decode(errors="replace").replace("\r", "\n").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def clock(seconds: float) -> str:
    """Seconds as ``h:mm:ss``, or ``m:ss`` under an hour."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
