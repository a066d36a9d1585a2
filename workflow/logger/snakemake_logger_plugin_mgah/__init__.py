"""Snakemake logger plugin: progress of a run in place of Snakemake's block for each job.

On a terminal a bar with the stages at work, jobs done, rate, time left and the last line that the longest-running job
wrote to its log; elsewhere a line of the same every half minute. What Snakemake says before the first job, its
warnings and its errors are shown as ever. A dry run shows each job in one line. Snakemake's own messages stay
altogether with ``--verbose``, ``--printshellcmds``, ``--debug-dag`` and with ``--quiet`` and some of its words; with
``--quiet`` alone and ``--quiet all`` errors are all that is shown, but for what Snakemake says of a job that failed:
whoever reads `failed` says that.

All that it knows of a run it takes from the events of snakemake-interface-logger-plugins. It works in any workflow as
``--logger mgah`` where it is installed or on ``PYTHONPATH``; this repository's Snakefile needs no option and no
installation, as ``workflow/snakemake_internals.py`` says.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from tqdm import tqdm

from .failures import Failure, exit_status
from .logs import error_lines, last_line
from .pace import Pace, clock

#: Seconds between two lines where there is no terminal.
PAUSE = 30.0
#: What Snakemake says after a job has failed.
_A_JOB_FAILED = ("Exiting because a job execution failed", "At least one job did not complete successfully")


class LogHandler(LogHandlerBase):
    """Shows the progress of a run from Snakemake's log records.

    Attributes:
        pace: which jobs are planned, at work and done.
        failed: each job that failed, by its id; a job that begins again leaves it.
        instead: gives what to print in place of an error of Snakemake; None where that is to be printed.
        messages: prints what Snakemake itself says.
        estimate: what is to be said of the plan, once there is one.
    """

    writes_to_stream = True
    writes_to_file = False
    has_filter = False
    has_formatter = False
    needs_rulegraph = False
    lock: threading.RLock  # made by logging.Handler

    def __post_init__(self) -> None:
        asked = self.common_settings
        self.now: Callable[[], float] = time.monotonic
        self.stream = sys.stdout if asked.stdout else sys.stderr
        self.messages: logging.Handler = logging.StreamHandler(self.stream)
        self.pace = Pace()
        self.estimate: Callable[[], str] | None = None
        self.instead: Callable[[logging.LogRecord], str | None] = lambda record: None
        self.failed: dict[int, Failure] = {}
        self._statuses: dict[int | None, int] = {}
        self._logs: dict[int, list[Path]] = {}
        self._passes_all = bool(asked.quiet or asked.verbose or asked.printshellcmds or asked.debug_dag)
        self._is_dry = bool(asked.dryrun)
        words = {str(getattr(word, "name", word)).lower() for word in asked.quiet or ()}
        self._is_silent = ("all" in words or {"progress", "rules"} <= words) and not self._is_dry
        self._shown = False
        self._bar: tqdm | None = None
        self._printed = 0.0
        self._ended = threading.Event()

    def setFormatter(self, fmt: logging.Formatter | None) -> None:
        """Format Snakemake's own messages with ``fmt``, as the interface does after the handler is made."""
        super().setFormatter(fmt)
        self.messages.setFormatter(fmt)

    def replace(self, messages: logging.Handler | None) -> None:
        """Take the place of ``messages`` and print through it; without one, take note of the run and print nothing."""
        self._passes_all = self._passes_all or messages is None
        self.messages = messages or logging.NullHandler()
        self.setLevel(self.messages.level)

    def plan(self, planned: Mapping[str, int], stages: Mapping[str, str]) -> None:
        """Count ``planned`` jobs by rule and no others, and show them under the ``stages`` of their rules."""
        with self.lock:
            self.pace.plan(planned, stages)

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of jobs that begin, end and fail; pass on what is no mere information."""
        try:
            event = getattr(record, "event", None)
            if record.levelno >= logging.ERROR and (words := self.instead(record)):
                self._print(words)
            elif self._is_silent:
                if record.levelno >= logging.ERROR and not _is_of_a_job(record):
                    self.messages.emit(record)  # past the filter, which lets nothing through
            elif self._is_dry and not self._passes_all and event == LogEvent.JOB_INFO:
                self._print(_job_line(record))
            elif (
                self._passes_all or self._is_dry or not self.pace.planned or record.levelno >= logging.WARNING
            ):
                with tqdm.external_write_mode(file=self.stream):
                    self.messages.handle(record)
            self._note(record)
            self.show()
        except Exception:  # as every handler: a run does not end because its progress cannot be shown
            self.handleError(record)

    def _note(self, record: Any) -> None:  # whose attributes differ from event to event
        match getattr(record, "event", None):
            case LogEvent.RUN_INFO:
                rules = {rule: count for rule, count in record.stats.items() if rule != "total"}
                self.pace.plan(rules, {})
                if self.estimate and not self._passes_all:
                    # once: a dry run tells its plan a second time at its end
                    estimate, self.estimate = self.estimate, None
                    self._print(estimate())
            case LogEvent.JOB_INFO:
                self.failed.pop(record.jobid, None)
                self._logs[record.jobid] = [Path(log) for log in record.log]
                self.pace.start(record.jobid, record.rule_name, self.now())
                self._begin()
            case LogEvent.JOB_FINISHED:
                self.pace.finish(record.job_id, self.now())
                if self.pace.complete():
                    self.end()
            case LogEvent.ERROR:
                if (status := exit_status(record.getMessage())) is not None:
                    self._statuses[record.thread] = status
            case LogEvent.GROUP_ERROR:
                self._fail(
                    {job["jobid"]: _failure(job["rule_name"], job["log"]) for job in record.job_error_info}
                )
            case LogEvent.JOB_ERROR if not getattr(record, "indent", False):  # indented are those of a group
                # what ended the job's command was said just before, by the same thread
                status = self._statuses.pop(record.thread, 0)
                self._fail({record.jobid: _failure(record.rule_name, record.log, status)})

    def _fail(self, failures: Mapping[int, Failure]) -> None:
        """Jobs that went together failed: to blame are those whose logs say why, else all."""
        blamed = {job: failure for job, failure in failures.items() if any(map(error_lines, failure.logs))}
        self.failed.update(blamed or failures)
        for job in failures:
            self.pace.fail(job)

    def _begin(self) -> None:
        """With the first job: the bar, or the clock of the lines; nothing on a node, where no plan is told."""
        if self._shown or self._passes_all or self._is_dry or not self.pace.planned:
            return
        self._shown = True
        self._printed = self.now()
        if self.stream.isatty():
            style = "{desc} |{bar:24}| {n_fmt}/{total_fmt} jobs{postfix}"
            total = self.pace.planned.total()
            self._bar = tqdm(total=total, file=self.stream, bar_format=style, dynamic_ncols=True, leave=False)
        threading.Thread(target=self._tick, daemon=True).start()

    def show(self) -> None:
        """Draw the bar; where there is no terminal, print a line when it is time for one."""
        now = self.now()
        if not self._shown or self._ended.is_set():
            return
        if self._bar is not None:
            self._bar.n = len(self.pace.done)
            self._bar.set_description_str(self.pace.stages_at_work() or "waiting", refresh=False)
            self._bar.set_postfix_str(f"{self.pace.rate(now)}{self._said(now)}")
        elif now - self._printed >= PAUSE:
            self._printed = now
            stages = self.pace.stages_at_work() or "waiting"
            self._print(f"{stages} | {self._count()}, {self.pace.rate(now)}{self._said(now)}")

    def end(self) -> None:
        """Print how many jobs were done in what time; nothing follows."""
        with self.lock:
            if not self._ended.is_set():
                self._ended.set()
                if self._bar is not None:
                    self._bar.close()
                if self._shown:
                    self._print(f"{self._count()} in {clock(self.pace.elapsed(self.now()))}")

    def close(self) -> None:
        """End, where Snakemake stops for a reason of its own."""
        self.end()
        self.messages.close()
        super().close()

    def _tick(self) -> None:
        while not self._ended.wait(1):
            with self.lock:
                self.show()

    def _count(self) -> str:
        return f"{len(self.pace.done)} of {self.pace.planned.total()} jobs"

    def _print(self, line: str) -> None:
        print(line, file=self.stream, flush=True)

    def _said(self, now: float) -> str:
        """The last line in the log of the job that has run longest, once it has run for ten seconds."""
        job, began = self.pace.longest(now)
        line = (
            next(map(last_line, self._logs.get(-1 if job is None else job, [])), "")
            if now - began >= 10
            else ""
        )
        return f" | {line}" if line else ""


def _failure(rule: str, logs: Iterable[str], status: int = 0) -> Failure:
    return Failure(rule, [Path(log) for log in logs], status)


def _is_of_a_job(record: logging.LogRecord) -> bool:
    """Whether an error says no more than that a job failed."""
    message = record.getMessage()
    return (
        getattr(record, "event", None) in (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR)
        or exit_status(message) is not None
        or any(words in message for words in _A_JOB_FAILED)
    )


def _job_line(record: Any) -> str:
    """A planned job in one line: its rule, its wildcards, and the kinds of reasons to run it."""
    wildcards = "/".join(map(str, record.wildcards.values())) if record.wildcards else ""
    kinds = [reason.split(":")[0].strip() for reason in record.reason.split(";")]
    return f"{record.rule_name:<20} {wildcards:<60} {', '.join(dict.fromkeys(filter(None, kinds)))}".rstrip()
