"""Measurements in processes of their own, so that the peak memory of each is its own.

``python -m mgah.benchmarks.processes COMMAND...`` runs a command and prints what it took as JSON. It stands between
because a new process starts with the peak memory of the one that starts it, which has to be small.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mgah.errors import InputError


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process that ``work()`` takes.

    Examples:
        >>> cpu_seconds(lambda: sum(range(1000))) >= 0
        True
    """
    begin = time.process_time()
    work()
    return time.process_time() - begin


def call_apart(module: str, *words: str, threads: int = 1) -> dict[str, Any]:
    """What ``python -m <module> <words>`` prints as JSON in its last line, in a process with so many threads.

    Raises `InputError` where it fails; its own error is shown.
    """
    limits = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ | limits)
    if done.returncode:
        raise InputError(
            f"python -m {module} {' '.join(words)} ended with status {done.returncode}; see above"
        )
    return json.loads(done.stdout.splitlines()[-1])


def run_apart(command: Sequence[str]) -> tuple[str, float, float]:
    """Output, CPU seconds and peak GiB of a command; of the processes that it starts, the largest one's memory.

    Raises `InputError` with the end of its output where it fails.
    """
    found = call_apart("mgah.benchmarks.processes", *command)
    if found["status"]:
        raise InputError(
            f"{' '.join(command)} ended with status {found['status']}: {found['output'][-1000:]}"
        )
    return found["output"], found["seconds"], found["gib"]


def peak_gib() -> float:
    """Peak memory of this process so far, in GiB; mapped files count as far as they were read."""
    try:  # Linux: without what the starting process had
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return _gib(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return int(re.findall(r"^VmHWM:\s+(\d+) kB", status, flags=re.M)[0]) / 2**20


def _gib(peak: int) -> float:
    return peak / (2**30 if sys.platform == "darwin" else 2**20)


def main() -> None:
    """Run the command that the arguments are, and print what it took."""
    done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {"status": done.returncode, "output": done.stdout, "gib": _gib(usage.ru_maxrss)}
    print(json.dumps(found | {"seconds": usage.ru_utime + usage.ru_stime}))


if __name__ == "__main__":
    main()
