"""GPUs of this machine: lists them, and gives each job the number that it asks for.

``python workflow/gpu_locks.py N COMMAND...`` waits for N free GPUs, names them in the command's CUDA_VISIBLE_DEVICES,
and replaces itself by the command; with N = 0 it only does the latter. A GPU is taken by a lock on a file, which the
command inherits, so the GPU is free again as soon as the command has ended, however it ended. The locks are shared by
all runs of one user on one machine.

This file imports the standard library alone, as it runs before every job.
"""

import contextlib
import fcntl
import os
import re
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

#: Seconds between two attempts to lock free GPUs.
PAUSE = 0.2


def found() -> list[str]:
    """Return the GPUs that may be used: those of CUDA_VISIBLE_DEVICES where it is set, else all that nvidia-smi lists.

    In place of a GPU that is divided into MIG instances, its instances are listed.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        names = [name.strip() for name in visible.split(",")]
        return [name for name in names if name and not name.startswith("-")]
    try:
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return re.findall(r"UUID: (MIG-[^)\s]+)", listed.stdout) or re.findall(
        r"UUID: (GPU-[^)\s]+)", listed.stdout
    )


def take(gpus: Sequence[str], count: int, folder: Path) -> list[str]:
    """Wait until ``count`` of ``gpus`` are free, lock them by files in ``folder``, and return them.

    The locks last until this process, or the command that replaces it, ends.
    """
    make_private(folder)
    while not (taken := _try(gpus, count, folder)):
        time.sleep(PAUSE)
    for lock in taken.values():
        os.set_inheritable(lock, True)
    return list(taken)


def make_private(folder: Path) -> None:
    """Make ``folder`` unless it is there; exit where it is another user's, a link or a file.

    Its name is known to all who use the folder for temporary files, and who makes it first could take the locks.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid():
        sys.exit(
            f"error: {folder} is no folder of user {os.getuid()}, expected one of its own for the locks of GPUs: "
            "remove it, or set TMPDIR to a folder of yours, for all runs on this machine"
        )
    if stat.S_IMODE(state.st_mode) & 0o077:
        folder.chmod(0o700)


def _try(gpus: Sequence[str], count: int, folder: Path) -> dict[str, int]:
    """Lock ``count`` GPUs, or none: a job that held some and waited for more would block others."""
    locks: dict[str, int] = {}
    for gpu in gpus:
        if (lock := _lock(folder / gpu.replace("/", "_"))) is not None:
            locks[gpu] = lock
        if len(locks) == count:
            return locks
    for lock in locks.values():
        os.close(lock)
    return {}


def _lock(file: Path) -> int | None:
    """Open and lock ``file``; return None where another process has locked it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def main(arguments: Sequence[str]) -> None:
    """Take GPUs and replace this process by the command; without GPUs on the machine, only the latter."""
    count, command = int(arguments[0]), list(arguments[1:])
    gpus = found() if count else []
    batch_job = os.environ.get("SLURM_JOB_ID", "")
    given = batch_job and len(gpus) <= count  # the batch system has chosen the job's GPUs
    if gpus and not given:
        if len(gpus) < count:
            sys.exit(
                f"error: a job asks for {count} GPUs, {len(gpus)} are here: run with --resources gpu={len(gpus)}"
            )
        # two batch jobs of one node may both call their own GPU 0, while what nvidia-smi lists has one name everywhere
        scope = batch_job if "CUDA_VISIBLE_DEVICES" in os.environ else ""
        folder = Path(tempfile.gettempdir(), "-".join(filter(None, ("mgah-gpus", str(os.getuid()), scope))))
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(take(gpus, count, folder))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
