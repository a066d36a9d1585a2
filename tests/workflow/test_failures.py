"""What is said of jobs that fail: their own words, the signal that ended them, and errors in silence."""

import io
import logging
from types import SimpleNamespace

import pytest

from tests.fixtures.snakemake_events import begins, handler, record
from workflow.logger.snakemake_logger_plugin_mgah.failures import Failure, exit_status, failure_lines
from workflow.logger.snakemake_logger_plugin_mgah.logs import failure_reasons


def group_fails(*logs):
    """The events of a group of fits that failed, one log each."""
    jobs = [
        {"jobid": job, "rule_name": "fit", "log": [str(log)], "indent": True} for job, log in enumerate(logs)
    ]
    yield record("group_error", level=logging.ERROR, message="Error in group", job_error_info=jobs)
    for job in jobs:
        yield record("job_error", level=logging.ERROR, message="Error in rule", **job)


def test_of_a_group_that_failed_those_jobs_are_named_that_say_why(tmp_path):
    logs = [tmp_path / name for name in ("good.log", "bad.log", "never.log")]
    logs[0].write_text("50 of 50\n")
    logs[1].write_text("error: no such file\n")
    shown = handler(io.StringIO())
    for job in range(3):
        shown.handle(begins(job, "fit"))
    for event in group_fails(*logs):
        shown.handle(event)
    assert shown.failed == {1: Failure("fit", [logs[1]])} and not shown.pace.running
    shown.handle(begins(1, "fit"))
    assert shown.failed == {}
    logs[1].write_text("")
    for event in group_fails(*logs):
        shown.handle(event)
    nodes_died = {job: Failure("fit", [log]) for job, log in enumerate(logs)}
    assert shown.failed == nodes_died, "a node that ended leaves no reason"
    shown.close()


def test_a_failed_job_tells_its_error_lines_or_its_last_line_and_where_the_rest_is(tmp_path):
    log = tmp_path / "job.log"
    log.write_text("step 1\nerror: no such file\nerror: no such file\nstep 2\n")
    assert failure_reasons(log) == ["error: no such file"]
    log.write_text("Traceback (most recent call last):\nKeyError: 'x'\n")
    assert failure_reasons(log) == [f"KeyError: 'x' ({log})"]
    assert failure_reasons(tmp_path / "none.log") == [f"no log was written ({tmp_path / 'none.log'})"]
    log.write_text("")
    assert failure_reasons(log) == [f"the log is empty ({log})"]


def test_a_job_without_a_log_tells_that_its_disk_is_full(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=4096))
    log = tmp_path / "logs" / "fit.log"
    assert failure_reasons(log) == [
        f"no log was written: No space left on device, 4096 bytes are free on the disk of {tmp_path} ({log})"
    ]


KILLED = "RuleException:\nCalledProcessError in file train.smk, line 3:\nCommand 'a; b' "


def failure(words, status):
    """What a job's end says: the error that Snakemake shows, and the job's own."""
    yield record("error", level=logging.ERROR, message=f"{KILLED}{words}", exception="RuleException")
    yield record("job_error", level=logging.ERROR, message="E", jobid=status, rule_name="fit", log=[])


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (
            "died with <Signals.SIGKILL: 9>.",
            -9,
            "ended by SIGKILL: the system ends a process so when memory runs out",
        ),
        ("returned non-zero exit status 137.", 137, "ended by SIGKILL: the system ends"),
        ("returned non-zero exit status 135.", 135, "ended by SIGBUS: the disk was full"),
        ("died with <Signals.SIGTERM: 15>.", -15, "ended by SIGTERM: it was told to end"),
        ("died with <Signals.SIGUSR1: 10>.", -10, "ended by SIGUSR1: see man 7 signal"),
        ("returned non-zero exit status 1.", 1, "a job of fit failed, and it has no log"),
        ("returned non-zero exit status 255.", 255, "a job of fit failed, and it has no log"),
    ],
)
def test_a_job_that_a_signal_ended_is_named_with_the_signal(words, status, said):
    shown = handler(io.StringIO())
    for event in failure(words, 1):
        shown.handle(event)
    shown.close()
    assert shown.failed[1].status == exit_status(KILLED + words) == status
    assert said in "\n".join(failure_lines(shown.failed.values()))


@pytest.mark.parametrize("quiet", [{"ALL"}, {"PROGRESS", "RULES"}])
def test_silence_shows_errors_and_leaves_those_of_jobs_to_the_end(quiet):
    stream = io.StringIO()
    shown = handler(stream, quiet=quiet)
    shown.messages.addFilter(lambda record: False)  # as Snakemake's own with --quiet all
    shown.handle(record(message="Building DAG of jobs..."))
    shown.handle(record(level=logging.WARNING, message="Beware."))
    shown.handle(begins(1, "fit", "fit.log"))
    for event in failure("returned non-zero exit status 1.", 1):
        shown.handle(event)
    shown.handle(record("error", level=logging.ERROR, message="OSError: [Errno 30] Read-only file system"))
    shown.handle(
        record("error", level=logging.ERROR, message="At least one job did not complete successfully.")
    )
    shown.close()
    assert stream.getvalue() == "OSError: [Errno 30] Read-only file system\n"
    assert list(shown.failed) == [1]


def test_an_error_can_be_said_in_other_words():
    stream = io.StringIO()
    shown = handler(stream, quiet={"ALL"})
    shown.instead = lambda record: "ours" if record.exception == "LockException" else None
    for name in ("LockException", "WorkflowError"):
        shown.handle(record("error", level=logging.ERROR, message="theirs", exception=name))
    shown.close()
    assert stream.getvalue() == "ours\ntheirs\n"


@pytest.mark.parametrize(
    "status, said", [(-2, ""), (130, "half of it"), (1, "Traceback ...\nKeyboardInterrupt")]
)
def test_jobs_that_the_keyboard_ended_are_no_faults(status, said, tmp_path):
    interrupted, broken, both = (tmp_path / f"{name}.log" for name in ("interrupted", "broken", "both"))
    interrupted.write_text(f"{said}\n")
    broken.write_text("error: no such class\n")
    both.write_text(f"error: no such file\n{said}\n")
    stopped = Failure("fit", [interrupted], status)
    assert failure_lines([stopped, stopped]) == []
    assert failure_lines([stopped, Failure("data", [broken], 1)]) == ["error: no such class"]
    assert "error: no such file" in failure_lines([stopped, Failure("fit", [both], status)])
    killed = Failure("fit", [interrupted], -9)
    assert "was ended by SIGKILL" in failure_lines([killed])[0]
