"""A process that has imported what jobs of one kind import, and forks itself for each job.

``python workflow/jobs/fork_server.py SOCKET WHEN MODULES...`` waits on the Unix socket SOCKET for
`workflow.jobs.run`, which sends a command with its environment and open files. A fork of this process runs it as
``python -m`` would. MODULES are imported at once where WHEN is ``now``, else when the first command comes. What two
jobs have imported beside them is imported then, so that later jobs have it; this process computes nothing itself. It
ends, and its jobs with it, when its standard input does: that of the process that started it.

Linux alone has what this needs: descriptors of processes, and files in memory.
"""

import contextlib
import ctypes
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Linux's prctl(2): the signal that a process gets when its parent ends.
_PARENT_DEATH_SIGNAL = 1
#: Standard input, output and error stream: the first files that a process that asks sends for its command to inherit.
STREAMS = (0, 1, 2)
#: Most files that it may send, which is Linux's own bound.
_MOST_FILES = 253
#: So many jobs must have imported a module by themselves before the server imports it.
ENOUGH = 2
#: Seconds that a process that asks may take to send its command.
PATIENCE = 10


@dataclass(frozen=True)
class Command:
    """What a forked process runs: a module with its arguments, in a folder and an environment.

    ``imported`` is a file in memory in which it leaves the names of the modules that it imported.
    """

    module: str
    arguments: list[str]
    folder: str
    environment: dict[str, str]
    imported: int


@dataclass(frozen=True)
class Child:
    """A running job: its process, who asked for it, when it began, and the file of `Command.imported`."""

    pid: int
    asker: socket.socket
    began: float
    imported: int


class ForkServer:
    """Forks a process for each command that comes in, and tells who asked how it ended and what it took."""

    def __init__(self, path: Path, modules: Sequence[str] = ()):
        """Listen on the socket ``path``, which must not exist yet; jobs wait until ``modules`` are imported."""
        self.path, self.modules = path, modules
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(128)
        self.events = selectors.DefaultSelector()
        self.children: set[Child] = set()
        self.counted: Counter[str] = Counter()

    def prepare(self) -> None:
        """Import the modules that are not imported yet."""
        for module in self.modules:
            _import(module)
        self.modules = ()

    def serve(self) -> Command | None:
        """Return in each forked process, with its command; in this one, None when the standard input has ended."""
        self.events.register(self.listener, selectors.EVENT_READ)
        self.events.register(sys.stdin, selectors.EVENT_READ)
        while True:
            for key, _ in self.events.select():
                if key.fileobj is sys.stdin:
                    self._end()
                    return None
                if key.fileobj is self.listener:
                    if command := self._accept():
                        return command
                elif key.data in self.children:
                    self._finish(key.data)

    def _accept(self) -> Command | None:
        """Fork for the next command; return it in the new process, None in this one."""
        asker, _ = self.listener.accept()
        asker.settimeout(PATIENCE)
        try:
            _, files, _, _ = socket.recv_fds(asker, 1, _MOST_FILES)
            asked = json.loads(asker.makefile().readline())
        except (OSError, ValueError):
            asker.close()
            return None
        self.prepare()
        command = Command(**asked, imported=os.memfd_create("imported"))
        began = time.perf_counter()
        pid = os.fork()
        if pid:
            for file in files:
                os.close(file)
            self._watch(Child(pid, asker, began, command.imported))
            return None
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        for file, stream in zip(
            files, STREAMS, strict=False
        ):  # the others are held open, as the asker's command would
            os.dup2(file, stream)
            os.close(file)
        self.listener.close()
        self.events.close()
        for child in self.children:
            child.asker.close()
            os.close(child.imported)
        asker.close()
        return command

    def _watch(self, child: Child) -> None:
        self.children.add(child)
        self.events.register(os.pidfd_open(child.pid), selectors.EVENT_READ, child)
        self.events.register(child.asker, selectors.EVENT_READ, child)

    def _finish(self, child: Child) -> None:
        """Tell who asked for ``child`` how it ended; end it where that process is gone."""
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if not ended:
            os.kill(child.pid, signal.SIGTERM)
            self.events.unregister(child.asker)
            return
        self.children.remove(child)
        for key in [key for key in self.events.get_map().values() if key.data is child]:
            self.events.unregister(key.fileobj)
            if isinstance(key.fileobj, int):
                os.close(key.fileobj)
        answer = {
            "status": os.waitstatus_to_exitcode(status),
            "seconds": time.perf_counter() - child.began,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "peak_mib": usage.ru_maxrss / 1024,
        }
        with contextlib.suppress(OSError):  # who asked may be gone
            child.asker.sendall(json.dumps(answer).encode() + b"\n")
        child.asker.close()
        self._learn(child.imported)

    def _learn(self, imported: int) -> None:
        """Count what a job has imported, and import what enough jobs have."""
        with os.fdopen(imported) as file:
            file.seek(0)
            names = file.read().split()
        self.counted.update(names)
        for name in names:
            if self.counted[name] >= ENOUGH and name not in sys.modules and not _import(name):
                self.counted[name] = -sys.maxsize  # a name that only the job's own imports give

    def _end(self) -> None:
        """End the jobs that still run, and leave no socket."""
        for child in self.children:
            os.kill(child.pid, signal.SIGTERM)
        self.path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # the last of several removes their folder
            self.path.parent.rmdir()


def _import(module: str) -> bool:
    """Import ``module``; tell whether that could be done. Where not, a job that needs it tells why."""
    try:
        importlib.import_module(module)
    except Exception:
        return False
    return True


def run(command: Command) -> int:
    """Run ``command`` in this process as ``python -m`` would and return its exit status."""
    known = set(sys.modules)
    os.chdir(command.folder)
    os.environ.clear()
    os.environ.update(command.environment)
    sys.argv = [command.module, *command.arguments]
    if sys.path[0] != command.folder:
        sys.path.insert(0, command.folder)
    try:
        runpy.run_module(command.module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        return int(end.code is not None) if not isinstance(end.code, int) else end.code
    except BaseException:  # what the interpreter would print
        traceback.print_exc()
        return 1
    finally:
        os.write(command.imported, "\n".join(name for name in sys.modules if name not in known).encode())
    return 0


def main() -> None:
    """Serve until the standard input ends; in a forked process, run its command and exit as it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[0] = os.getcwd()  # where ``python -m`` finds modules first, in the place of this script's folder
    path, when, *modules = sys.argv[1:]
    server = ForkServer(Path(path), modules)
    if when == "now":
        server.prepare()
    command = server.serve()
    if command is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(run(command))


if __name__ == "__main__":
    main()
