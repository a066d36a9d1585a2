"""Runs the command of a job and writes down what it took.

``python -I -S workflow/jobs/run.py KIND LOG MODULE ARGUMENTS...`` runs ``python -m MODULE ARGUMENTS...`` and exits as
it does. Where the environment's ``MGAH_FORK_SERVERS`` names a folder with the socket KIND, the command runs in a fork
of the process behind it (`workflow.jobs.fork_server`), else in a Python of its own. LOG names the job: what it took is
in ``benchmarks/PLACE.json`` where its log is ``logs/PLACE.log``, namely ``seconds`` of wall time, ``cpu_seconds`` of
all its processes, and ``peak_mib``, the resident memory of the largest of them, as the kernel has counted them.

This file imports the standard library alone, as it runs before every job.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

#: Environment variable with the folder of the sockets of `workflow.jobs.fork_server`.
VARIABLE = "MGAH_FORK_SERVERS"
#: What glibc's malloc(3) is told: by default it gives the large blocks that a training frees back to the system and
#: gets them again page by page, which takes a twelfth of the time of a training end to end.
MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(4 << 30),
    "MALLOC_TOP_PAD_": str(256 << 20),
}
#: Signals at which a Python of its own is told to end.
_ENDING = (signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str]) -> None:
    """Run the command and exit with its status, or by the signal that ended it."""
    kind, log, module, *rest = arguments
    usage = _served(kind, module, rest) or _started(module, rest)
    status = usage.pop("status")
    if status < 0:
        with contextlib.suppress(OSError):  # SIGKILL has no handler
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    if status == 0:
        _write(_benchmark(log), usage)
    sys.exit(status)


def _served(kind: str, module: str, arguments: Sequence[str]) -> dict | None:
    """How a fork of the server of ``kind`` ran the command; None where there is no server that may."""
    # libraries read their number of threads when they are imported, and the servers have imported them for one
    if not os.environ.get(VARIABLE) or os.environ.get("OMP_NUM_THREADS") != "1":
        return None
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.connect(os.path.join(os.environ[VARIABLE], kind))
        except OSError:
            return None
        command = {"module": module, "arguments": arguments, "folder": os.getcwd()}
        asked = json.dumps(command | {"environment": dict(os.environ)})
        socket.send_fds(server, [b"\0"], _inherited())
        server.sendall(asked.encode() + b"\n")
        answer = server.makefile().readline()
    if not answer:
        print(f"error: the process that ran this job has ended ({kind}): run it again", file=sys.stderr)
        return {"status": 1}
    return json.loads(answer)


def _inherited() -> list[int]:
    """The open files that a command inherits: its streams first, and locks that are held for it."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # that of the listing itself
            if os.get_inheritable(int(name)):
                found.append(int(name))
    return sorted(found)


def _started(module: str, arguments: Sequence[str]) -> dict:
    """How a Python of its own ran the command."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=MEMORY | os.environ)
    for ending in _ENDING:
        signal.signal(ending, lambda number, _: process.send_signal(number))
    while True:
        try:
            _, status, usage = os.wait4(process.pid, 0)
            break
        except KeyboardInterrupt:
            continue  # the command has been interrupted as well
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": time.perf_counter() - began,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mib": usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2),
    }


def _benchmark(log: str) -> str:
    """The file of what the job with the log ``log`` took."""
    run, place = log.split("/logs/", 1)
    return f"{run}/benchmarks/{place.removesuffix('.log')}.json"


def _write(path: str, usage: dict) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        json.dump(usage, file)
    os.replace(f"{path}.part", path)


if __name__ == "__main__":
    main(sys.argv[1:])
