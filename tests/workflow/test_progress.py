"""Progress of a run: time left by hand, lines and bars, quiet mode."""

import io
import logging
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.registry import LoggerPluginRegistry

from tests.fixtures.snakemake_events import PLANNED, STAGES, begins, handler, record, settings
from tests.workflow.conftest import SMALL, copy_sources, snakemake
from workflow import snakemake_internals
from workflow.logger import snakemake_logger_plugin_mgah as plugin
from workflow.logger.snakemake_logger_plugin_mgah.failures import Failure
from workflow.logger.snakemake_logger_plugin_mgah.logs import last_line
from workflow.logger.snakemake_logger_plugin_mgah.pace import Pace, clock


class Terminal(io.StringIO):
    def isatty(self):
        return True


def pace():
    made = Pace()
    made.plan(PLANNED, STAGES)
    return made


def test_time_left_takes_the_mean_of_each_rule():
    seen = pace()
    assert seen.left(0) is None
    seen.start(1, "index_images", 100)
    assert seen.left(105) is None
    seen.finish(1, 110)
    # one job in ten seconds, one at a time: four more of ten seconds each
    assert seen.left(110) == pytest.approx(40)
    seen.start(2, "fit", 110)
    seen.finish(2, 140)
    # two more fits of 30 s; the table as the mean of all, 20 s
    assert seen.left(140) == pytest.approx(80)


def test_time_left_counts_jobs_that_run_and_run_together():
    seen = pace()
    seen.start(1, "index_images", 0)
    seen.start(2, "fit", 0)
    seen.finish(1, 10)
    seen.finish(2, 10)
    seen.start(3, "fit", 10)
    seen.start(4, "fit", 10)
    # 28 s of work in 14 s: two at a time. 2 x 6 s of fits and 10 s of the table are left.
    assert seen.left(14) == pytest.approx(11)
    # a job that takes longer than its rule's mean has nothing left, not less
    assert seen.left(50) == pytest.approx(10 / 2)
    assert seen.stages_at_work() == "hashing 1/3"


def test_a_job_that_begins_again_counts_once():
    seen = pace()
    seen.start(2, "fit", 0)
    seen.fail(2)
    assert seen.stages_at_work() == ""
    seen.start(2, "fit", 5)
    seen.finish(2, 10)
    assert seen.done == {2}
    assert seen.left(10) == pytest.approx(4 * 5 * 10 / 5)


def test_jobs_that_were_not_planned_do_not_count():
    seen = pace()
    seen.start(9, "all", 0)
    seen.finish(9, 1)
    assert seen.done == set() and seen.elapsed(1) == 0


def test_where_there_is_no_terminal_a_line_each_pause():
    now = [0.0]
    stream = io.StringIO()
    shown = handler(stream, lambda: now[0])
    shown.handle(begins(1, "index_images"))
    now[0] = 10
    shown.handle(record("job_finished", job_id=1))
    shown.handle(record(message="Select jobs to execute..."))
    assert stream.getvalue() == ""
    for job, rule in ((2, "fit"), (3, "fit"), (99, "all")):
        shown.handle(begins(job, rule))
    now[0] = 30
    shown.show()
    shown.show()
    # two at work for 20 s each, against a mean of 10 s: left are the fourth fit and the table
    assert stream.getvalue() == "hashing 0/3 | 1 of 5 jobs, 2 jobs/min, 0:12 left\n"
    shown.end()
    shown.end()
    now[0] = 90
    shown.show()
    shown.close()
    assert stream.getvalue().splitlines()[1:] == ["1 of 5 jobs in 0:30"]


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_bar_and_line_tell_what_the_longest_job_says(stream, tmp_path):
    log = tmp_path / "job.log"
    log.write_bytes(b"features: 10 of 40\rfeatures: 20 of 40\r")
    now = [0.0]
    shown = handler(stream, lambda: now[0])
    shown.plan({"extract": 1}, {"extract": "features"})
    shown.handle(begins(1, "extract", log))
    now[0] = 32
    shown.show()
    text = stream.getvalue()
    assert "features 0/1 |" in text
    assert "1 jobs, time left not known yet | features: 20 of 40" in text
    shown.handle(record("job_finished", job_id=1))
    assert stream.getvalue().endswith("1 of 1 jobs in 0:32\n")
    shown.close()


def test_snakemake_speaks_until_the_run_is_planned_and_then_in_warnings_and_errors(tmp_path):
    stream = io.StringIO()
    shown = handler(stream)
    shown.plan({}, {})
    shown.handle(record(message="Building DAG of jobs..."))
    shown.handle(record("run_info", message="Job stats:", stats={"fit": 1, "total": 1}))
    shown.handle(record(message="Select jobs to execute..."))
    shown.handle(begins(2, "fit", tmp_path / "fit.log"))
    shown.handle(record(level=logging.WARNING, message="Beware."))
    shown.handle(
        record(
            "job_error",
            level=logging.ERROR,
            message="Error in rule fit",
            jobid=2,
            rule_name="fit",
            log=["fit.log"],
        )
    )
    assert shown.failed == {2: Failure("fit", [Path("fit.log")])}
    shown.handle(begins(2, "fit", tmp_path / "fit.log"))
    assert shown.failed == {}
    shown.handle(record("job_finished", job_id=2))
    assert stream.getvalue().splitlines() == [
        "Building DAG of jobs...",
        "Job stats:",
        "Beware.",
        "Error in rule fit",
        "1 of 1 jobs in 0:00",
    ]
    shown.close()


def test_a_group_counts_its_jobs_and_has_one_event_that_it_starts_with():
    now = [0.0]
    stream = io.StringIO()
    shown = handler(stream, lambda: now[0])
    shown.handle(record("job_started", jobs=["8a1f-of-the-group"]))
    shown.handle(record("group_info", message="Group job fits", group_id="fits", jobs=[]))
    for job in (1, 2, 3):
        shown.handle(begins(job, "fit"))
    now[0] = 30
    shown.show()
    assert stream.getvalue() == "hashing 0/3 | 0 of 5 jobs, time left not known yet\n"
    now[0] = 60
    for job in (1, 2, 3):
        shown.handle(record("job_finished", job_id=job))
    assert shown.pace.done == {1, 2, 3}
    now[0] = 90
    shown.show()
    # three jobs took a minute each in one and a half: two more at twice that pace
    assert stream.getvalue().splitlines()[-1] == "waiting | 3 of 5 jobs, 2 jobs/min, 1:00 left"
    shown.close()


def test_on_a_node_where_no_plan_is_told_nothing_is_counted():
    stream = io.StringIO()
    shown = handler(stream)
    shown.plan({}, {})
    shown.handle(begins(1, "index_images"))
    shown.handle(record("job_finished", message="Finished.", job_id=1))
    shown.close()
    assert stream.getvalue() == "rule index_images\nFinished.\n"


@pytest.mark.parametrize(
    "changes",
    [
        {"quiet": {"PROGRESS"}},
        {"quiet": {"RULES", "HOST"}},
        {"verbose": True},
        {"printshellcmds": True},
        {"debug_dag": True},
    ],
)
def test_who_asks_for_other_messages_gets_them(changes):
    stream = io.StringIO()
    shown = handler(stream, **changes)
    shown.handle(begins(1, "index_images"))
    shown.close()
    assert stream.getvalue() == "rule index_images\n"


def test_a_dry_run_shows_each_job_in_one_line_and_the_estimate_once():
    stream = io.StringIO()
    shown = handler(stream, dryrun=True)
    shown.estimate = lambda: "Disk: 3 GB."
    stats = record("run_info", message="Job stats:", stats={"fit": 1, "total": 1})
    shown.handle(stats)
    reason = "Missing output files: a, b; Code has changed since last execution"
    fit = {"wildcards": {"dataset": "digits", "seed": "0"}, "reason": reason}
    shown.handle(record("job_info", message="rule fit:\n  input", jobid=1, rule_name="fit", log=[], **fit))
    shown.handle(stats)
    shown.close()
    lines = stream.getvalue().splitlines()
    assert [line.split() for line in lines] == [
        ["Job", "stats:"],
        ["Disk:", "3", "GB."],
        [
            "fit",
            "digits/0",
            *["Missing", "output", "files,", "Code", "has", "changed", "since", "last", "execution"],
        ],
        ["Job", "stats:"],
    ]


@pytest.fixture
def logger(monkeypatch):
    made = logging.Logger("snakemake")
    monkeypatch.setattr(snakemake_internals, "logger", made)
    return made


def test_the_plugin_takes_the_place_of_snakemakes_own_handler(logger):
    own = logging.StreamHandler(io.StringIO())
    own.name = "DefaultStreamHandler"
    logger.addHandler(own)
    shown = snakemake_internals.use_logger(SimpleNamespace(output_settings=settings()), plugin.LogHandler)
    assert logger.handlers == [shown]
    shown.handle(record(message="Building DAG of jobs..."))
    assert own.stream.getvalue() == "Building DAG of jobs...\n"
    shown.close()


def test_beside_another_plugin_it_takes_note_of_failures_and_prints_nothing(logger, capsys):
    logger.addHandler(other := logging.NullHandler())
    shown = snakemake_internals.use_logger(SimpleNamespace(output_settings=settings()), plugin.LogHandler)
    assert logger.handlers == [other, shown]
    shown.plan(PLANNED, STAGES)
    shown.handle(begins(2, "fit", "fit.log"))
    error = {"jobid": 2, "rule_name": "fit", "log": ["fit.log"]}
    shown.handle(record("job_error", level=logging.ERROR, message="Error", **error))
    shown.close()
    assert shown.failed == {2: Failure("fit", [Path("fit.log")])}
    assert capsys.readouterr() == ("", "")


def test_clock_and_last_line(tmp_path):
    assert [clock(s) for s in (0, 59.6, 61, 3600 * 30 + 61)] == ["0:00", "1:00", "1:01", "30:01:01"]
    assert last_line(tmp_path / "none.log") == ""
    (tmp_path / "empty.log").write_text("\n\n")
    assert last_line(tmp_path / "empty.log") == ""


@pytest.mark.slow
def test_a_run_shows_its_progress_without_any_flag(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    status, output = snakemake(folder, "data", "--cores", "1", *SMALL)
    assert status == 0, output
    assert "1 of 1 jobs in " in output
    assert "Finished jobid" not in output and "rule index_images:" not in output
    assert output.splitlines()[-1] == "Made in results/small."


@pytest.mark.long
def test_quiet_mode_prints_the_last_line_or_the_errors(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    quiet = ("--cores", "1", "--quiet", "all", *SMALL)
    status, output = snakemake(folder, "data", *quiet)
    assert status == 0
    assert output == "Made in results/small.\n"
    card = folder / "results/small/data/digits/dataset.json"
    card.write_text("{")
    status, output = snakemake(folder, "results/small/semantics/digits/word2vec.npz", *quiet)
    assert status == 1
    assert output.splitlines()[0] == "The run failed:"
    assert output.splitlines()[1].startswith("error: ")
    assert "dataset.json" in output.splitlines()[1]


@pytest.mark.long
def test_the_plugin_can_be_chosen_by_name_and_another_one_beside_it(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    other = tmp_path / "snakemake_logger_plugin_other"
    other.mkdir()
    (other / "__init__.py").write_text(
        "from snakemake_interface_logger_plugins.base import LogHandlerBase\n"
        "class LogHandler(LogHandlerBase):\n"
        "    writes_to_stream, writes_to_file, needs_rulegraph = True, False, False\n"
        "    has_filter = has_formatter = True\n"
        "    def emit(self, record):\n"
        "        print('other:', getattr(record, 'event', None))\n"
    )
    path = os.pathsep.join([str(folder / "workflow/logger"), str(tmp_path)])
    status, output = snakemake(folder, "data", "--cores", "1", "--logger", "mgah", *SMALL, PYTHONPATH=path)
    assert status == 0, output
    assert "2 of 2 jobs in " in output and "rule index_images:" not in output
    (folder / "results/small/data/digits/images.csv").unlink()
    status, output = snakemake(folder, "data", "--cores", "1", "--logger", "other", *SMALL, PYTHONPATH=path)
    assert status == 0, output
    assert "other: job_finished" in output and "jobs in " not in output
    assert "Made in results/small." in output.splitlines()


def test_the_plugin_is_what_the_interface_asks_for():
    LoggerPluginRegistry().validate_plugin("snakemake_logger_plugin_mgah", plugin)
