"""Progress of a run: time left by hand, lines and bars, quiet mode."""

import io
import logging
from enum import Enum
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.workflow.conftest import SMALL, copy_sources, snakemake
from workflow.progress import DEFAULT, SILENT, Pace, Progress, Task, begin, clock, last_line

LOG = Path("none.log")
TASKS = {
    1: Task("index_images", "data", LOG),
    2: Task("fit", "hashing", LOG),
    3: Task("fit", "hashing", LOG),
    4: Task("fit", "hashing", LOG),
    5: Task("render_table", "report", LOG),
}


class Terminal(io.StringIO):
    def isatty(self):
        return True


def record(event=None, level=logging.INFO, message="", **more):
    made = logging.LogRecord("snakemake", level, __file__, 1, message, (), None)
    made.__dict__.update({"event": event} | more)
    return made


def test_time_left_takes_the_mean_of_each_rule():
    pace = Pace(TASKS)
    assert pace.left(0) is None
    pace.start(1, 100)
    assert pace.left(105) is None
    pace.finish(1, 110)
    # one job in ten seconds, one at a time: four more of ten seconds each
    assert pace.left(110) == pytest.approx(40)
    pace.start(2, 110)
    pace.finish(2, 140)
    # two more fits of 30 s; the table as the mean of all, 20 s
    assert pace.left(140) == pytest.approx(80)


def test_time_left_counts_jobs_that_run_and_run_together():
    pace = Pace(TASKS)
    pace.start(1, 0)
    pace.start(2, 0)
    pace.finish(1, 10)
    pace.finish(2, 10)
    pace.start(3, 10)
    pace.start(4, 10)
    # 28 s of work in 14 s: two at a time. 2 x 6 s of fits and 10 s of the table are left.
    assert pace.left(14) == pytest.approx(11)
    # a job that takes longer than its rule's mean has nothing left, not less
    assert pace.left(50) == pytest.approx(10 / 2)
    assert pace.stages() == "hashing 1/3"


def test_a_job_that_begins_again_counts_once():
    pace = Pace(TASKS)
    pace.start(2, 0)
    pace.start(2, 5)
    pace.finish(2, 10)
    assert pace.done == {2}
    assert pace.left(10) == pytest.approx(4 * 5 * 10 / 5)


def test_where_there_is_no_terminal_a_line_each_pause():
    now = [0.0]
    stream = io.StringIO()
    shown = Progress(Pace(TASKS), logging.NullHandler(), stream, pause=30, now=lambda: now[0])
    shown.handle(record("job_started", jobs=[1]))
    now[0] = 10
    shown.handle(record("job_finished", job_id=1))
    shown.handle(record(message="Select jobs to execute..."))
    assert stream.getvalue() == ""
    shown.handle(record("job_started", jobs=[2, 3, 99]))
    now[0] = 30
    shown.show()
    shown.show()
    # two at work for 20 s each, against a mean of 10 s: left are the fourth fit and the table
    assert stream.getvalue() == "hashing 0/3 | 1 of 5 jobs, 2 jobs/min, 0:12 left\n"
    shown.end()
    shown.end()
    now[0] = 90
    shown.show()
    assert stream.getvalue().splitlines()[1:] == ["1 of 5 jobs in 0:30"]
    shown.close()


def test_on_a_terminal_a_bar_with_what_the_longest_job_says(tmp_path):
    log = tmp_path / "job.log"
    log.write_bytes(b"features: 10 of 40\rfeatures: 20 of 40\r")
    now = [0.0]
    stream = Terminal()
    shown = Progress(
        Pace({1: Task("extract", "features", log)}), logging.NullHandler(), stream, now=lambda: now[0]
    )
    shown.handle(record("job_started", jobs=[1]))
    now[0] = 12
    shown.show()
    text = stream.getvalue()
    assert "features 0/1 |" in text
    assert "0/1 jobs, time left not known yet | features: 20 of 40" in text
    shown.end()
    assert stream.getvalue().endswith("0 of 1 jobs in 0:12\n")
    shown.close()


def test_errors_are_passed_on_and_information_is_not():
    messages = logging.StreamHandler(io.StringIO())
    shown = Progress(Pace(TASKS), messages, io.StringIO())
    shown.handle(record("job_info", message="rule fit"))
    shown.handle(record("job_error", level=logging.ERROR, message="Error in rule fit"))
    assert messages.stream.getvalue() == "Error in rule fit\n"
    shown.close()


def test_clock_and_last_line(tmp_path):
    assert [clock(s) for s in (0, 59.6, 61, 3600 * 30 + 61)] == ["0:00", "1:00", "1:01", "30:01:01"]
    assert last_line(tmp_path / "none.log") == ""
    (tmp_path / "empty.log").write_text("\n\n")
    assert last_line(tmp_path / "empty.log") == ""


Quiet = Enum("Quiet", "ALL PROGRESS")


def manager(**changes):
    settings = {
        "quiet": set(),
        "verbose": False,
        "printshellcmds": False,
        "debug_dag": False,
        "stdout": False,
    }
    logger = logging.Logger("snakemake")
    handler = logging.NullHandler()
    handler.name = DEFAULT
    logger.addHandler(handler)
    return SimpleNamespace(settings=SimpleNamespace(**settings | changes), logger=logger)


@pytest.mark.parametrize(
    "changes",
    [{"quiet": {Quiet.PROGRESS}}, {"verbose": True}, {"printshellcmds": True}, {"debug_dag": True}],
)
def test_who_asks_for_other_messages_gets_them(changes):
    ours = manager(**changes)
    before = list(ours.logger.handlers)
    assert begin(ours, SimpleNamespace(prefix=pytest.fail), TASKS) is None
    assert ours.logger.handlers == before


def test_quiet_jobs_print_to_their_logs_alone():
    prefixes = []
    assert begin(manager(quiet={Quiet.ALL}), SimpleNamespace(prefix=prefixes.append), TASKS) is None
    assert prefixes == [SILENT]


def test_a_logger_plugin_stays(capsys):
    ours = manager()
    ours.logger.handlers[0].name = "another"
    assert begin(ours, SimpleNamespace(prefix=pytest.fail), TASKS) is None


def test_a_run_shows_its_progress_without_any_flag(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    status, output = snakemake(folder, "data", "--cores", "1", *SMALL)
    assert status == 0, output
    assert "1 of 1 jobs in 0:" in output
    assert "Finished jobid" not in output and "rule index_images:" not in output
    assert output.splitlines()[-1] == "Made in results/small."


def test_quiet_mode_prints_the_last_line_or_the_errors(tmp_path):
    folder = copy_sources(tmp_path / "repository")
    status, output = snakemake(folder, "semantics", "--cores", "1", "--quiet", "all", *SMALL)
    assert status == 0
    assert output == "Made in results/small.\n"
    card = folder / "results/small/data/digits/dataset.json"
    card.write_text("{")
    (folder / "results/small/semantics/digits/wordnet.npz").unlink()
    status, output = snakemake(folder, "semantics", "--cores", "1", "--quiet", "all", *SMALL)
    assert status == 1
    assert output.splitlines()[0] == "The run failed:"
    assert output.splitlines()[1].startswith("error: ")
    assert "dataset.json" in output.splitlines()[1]
