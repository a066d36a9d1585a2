"""How jobs are run: as ``python -m`` would, measured, forked from a process that has imported what they need."""

import importlib.util
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workflow.jobs import fork_server, run, servers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="jobs are forked on Linux alone"),
]

#: Modules of jobs, by their names.
MODULES = {
    "told": """
import os, sys
print(sys.argv[1:], os.getcwd(), os.environ["ASKED"], __name__)
print("e", file=sys.stderr)
""",
    "exits": "import sys; sys.exit(int(sys.argv[1]))",
    "refuses": "import sys; sys.exit('error: a sentence')",
    "fails": "raise ValueError('broken')",
    "dies": "import os; os.kill(os.getpid(), 9)",
    "costs": "import time; block = bytearray(200 << 20)\nwhile time.process_time() < 0.5: pass",
    "sleeps": "import os, time; print(os.getpid(), flush=True); time.sleep(60)",
    "parent": "import os; print(os.getppid())",
    "heavy": "print('imported')",
    "uses": "import heavy; print('used')",
    "shared": "from pathlib import Path\nwith Path('shared.log').open('a') as file: print('imported', file=file)",
    "broken": "raise RuntimeError('cannot be imported')",
    "shares": "import shared",
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("modules")
    for name, code in MODULES.items():
        (folder / f"{name}.py").write_text(code)
    return folder


def heed_hangups():
    """Let a hang-up end a process as it does by default, also where the tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Jobs:
    """Runs jobs in a folder: with a server behind the kind ``warm``, and none behind ``cold``."""

    def __init__(self, folder: Path, modules: Path):
        self.folder = folder
        self.environment = os.environ | {
            "PYTHONPATH": str(modules),
            "ASKED": "yes",
            "OMP_NUM_THREADS": "1",
            run.VARIABLE: str(folder),
        }
        server = [sys.executable, fork_server.__file__, str(folder / "warm"), "later", "shared", "broken"]
        self.server = subprocess.Popen(server, stdin=subprocess.PIPE, env=self.environment, cwd=folder)
        wait_for((folder / "warm").exists)

    def start(self, kind: str, *command: object, **options) -> subprocess.Popen:
        words = [
            sys.executable,
            "-I",
            "-S",
            run.__file__,
            kind,
            str(self.folder / "logs/stage/job.log"),
            *command,
        ]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        given = {"env": self.environment, "preexec_fn": heed_hangups} | pipes | options
        return subprocess.Popen(list(map(str, words)), cwd=self.folder, **given)

    def run(self, kind: str, *command: object, **options) -> tuple[int, str, str]:
        process = self.start(kind, *command, **options)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def cost(self) -> dict:
        return json.loads((self.folder / "benchmarks/stage/job.json").read_text())


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def asleep(process: subprocess.Popen) -> int:
    """The process of the job ``sleeps``, when it has begun."""
    return int(process.stdout.readline())


@pytest.fixture
def jobs(tmp_path, modules):
    found = Jobs(tmp_path, modules)
    yield found
    found.server.communicate(timeout=20)


@pytest.fixture(params=["warm", "cold"])
def kind(request):
    return request.param


def test_a_job_gets_arguments_folder_environment_and_streams(jobs, kind):
    told = f"['a', '--b', 'c d'] {jobs.folder} yes __main__\n"
    assert jobs.run(kind, "told", "a", "--b", "c d") == (0, told, "e\n")


@pytest.mark.parametrize(
    ("command", "status", "err"),
    [
        (["exits", "0"], 0, ""),
        (["exits", "3"], 3, ""),
        (["refuses"], 1, "error: a sentence\n"),
        (["fails"], 1, "ValueError: broken\n"),
        (["missing"], 1, "No module named missing\n"),
        (["dies"], -signal.SIGKILL, ""),
    ],
)
def test_a_job_ends_as_its_command_does_and_is_measured_where_it_succeeds(command, status, err, jobs, kind):
    got, out, told = jobs.run(kind, *command)
    assert (got, out) == (status, "") and told.endswith(err) and (err or not told)
    assert (jobs.folder / "benchmarks/stage/job.json").exists() == (status == 0)


def test_what_a_job_took_is_what_the_kernel_counted(jobs, kind):
    assert jobs.run(kind, "costs")[0] == 0
    cost = jobs.cost()
    assert 0.4 < cost["cpu_seconds"] < 5 and cost["seconds"] > 0.4 and 200 < cost["peak_mib"] < 260


def test_what_all_jobs_import_is_imported_once_when_the_first_comes(jobs):
    log = jobs.folder / "shared.log"
    assert not log.exists()
    assert [jobs.run("warm", "shares")[0] for _ in range(2)] == [0, 0]
    assert log.read_text() == "imported\n"
    assert jobs.run("cold", "shares")[0] == 0
    assert log.read_text() == "imported\n" * 2


def test_what_jobs_soon_need_is_imported_before_one_comes(jobs):
    command = [sys.executable, fork_server.__file__, str(jobs.folder / "soon"), "now", "shared"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, env=jobs.environment, cwd=jobs.folder)
    wait_for((jobs.folder / "shared.log").exists)
    assert jobs.run("soon", "shares")[0] == 0
    assert (jobs.folder / "shared.log").read_text() == "imported\n"
    server.communicate(timeout=20)


def test_a_job_that_needs_what_the_server_could_not_import_tells_why(jobs):
    (jobs.folder / "needs_broken.py").write_text("import broken")
    status, _, err = jobs.run("warm", "needs_broken")
    assert status == 1 and err.endswith("RuntimeError: cannot be imported\n")


@pytest.mark.parametrize("module", sorted(set(itertools.chain(*servers.KINDS.values()))))
def test_what_the_kinds_import_is_there(module):
    assert importlib.util.find_spec(module)


def test_what_two_jobs_have_imported_the_next_finds_imported(jobs):
    printed = [jobs.run("warm", "uses")[1] for _ in range(3)]
    assert printed == ["imported\nused\n", "imported\nused\n", "used\n"]


def test_modules_of_the_folder_come_first_in_the_server_as_well(jobs):
    (jobs.folder / "heavy.py").write_text("print('imported here')")
    printed = [jobs.run("warm", "uses")[1] for _ in range(3)]
    assert printed == ["imported here\nused\n", "imported here\nused\n", "used\n"]
    (jobs.folder / "again.py").write_text("import heavy; print(heavy.__file__)")
    assert jobs.run("warm", "again")[1] == f"{jobs.folder / 'heavy.py'}\n"


def test_only_jobs_of_one_thread_are_forked(jobs):
    def parent(**environment):
        return int(jobs.run("warm", "parent", env=jobs.environment | environment)[1])

    assert parent() == jobs.server.pid
    assert parent(OMP_NUM_THREADS="2") != jobs.server.pid


def test_a_job_holds_the_files_that_its_command_would_inherit(jobs):
    read, write = os.pipe()
    process = jobs.start("warm", "sleeps", pass_fds=[write])
    job = asleep(process)
    files = Path(f"/proc/{job}/fd").iterdir()
    assert os.readlink(f"/proc/self/fd/{write}") in {os.readlink(file) for file in files}
    process.terminate()
    process.communicate()
    os.close(read), os.close(write)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_job_ends_with_the_process_that_asked_for_it(number, jobs, kind):
    process = jobs.start(kind, "sleeps")
    asleep(process)
    process.send_signal(number)
    # the pipe ends when the last process that writes to it has ended
    assert process.communicate(timeout=20)[0] == "" and process.returncode != 0


def test_jobs_end_with_the_server_and_the_next_start_a_python_of_their_own(jobs):
    process = jobs.start("warm", "sleeps")
    asleep(process)
    jobs.server.kill()
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (1, "") and err.startswith("error: the process that ran this job")
    assert jobs.run("warm", "exits", "0")[0] == 0


def test_a_server_whose_starter_is_gone_ends_and_leaves_nothing(jobs):
    process = jobs.start("warm", "sleeps")
    asleep(process)
    jobs.server.stdin.close()
    assert jobs.server.wait(timeout=20) == 0
    assert process.wait(timeout=20) == -signal.SIGTERM or process.returncode == 1
    process.communicate()
    assert not (jobs.folder / "warm").exists()
    jobs.server.stdin = None
