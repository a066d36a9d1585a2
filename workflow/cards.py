"""GPUs of this machine: which there are, and one for each job that asks for it.

``python workflow/cards.py N COMMAND...`` waits for N free cards, names them to the command in
CUDA_VISIBLE_DEVICES and becomes it; with 0 it only becomes it. A card is taken by a lock on a file that the command
inherits: it is free again when the command has ended, however it ended, and not before. The locks hold between all
runs of one user on one machine.

Imports the standard library alone: it runs before every job.
"""

import fcntl
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

#: Seconds between two looks for a free card.
PAUSE = 0.2


def found() -> list[str]:
    """The cards that may be used: those of CUDA_VISIBLE_DEVICES where it is set, else all that nvidia-smi lists.

    A card divided into MIG instances counts by its instances.
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


def take(cards: Sequence[str], count: int, folder: Path) -> list[str]:
    """Wait until ``count`` of ``cards`` are free and lock them, in ``folder``, until what this process becomes ends."""
    folder.mkdir(mode=0o700, exist_ok=True)
    while not (taken := _try(cards, count, folder)):
        time.sleep(PAUSE)
    for lock in taken.values():
        os.set_inheritable(lock, True)
    return list(taken)


def _try(cards: Sequence[str], count: int, folder: Path) -> dict[str, int]:
    """Locks of ``count`` cards, or none: a job that holds a few and waits for more would block others."""
    locks: dict[str, int] = {}
    for card in cards:
        if (lock := _lock(folder / card.replace("/", "_"))) is not None:
            locks[card] = lock
        if len(locks) == count:
            return locks
    for lock in locks.values():
        os.close(lock)
    return {}


def _lock(file: Path) -> int | None:
    """Open and lock ``file``; None where another process holds it."""
    lock = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def main(arguments: Sequence[str]) -> None:
    """Take cards and become the command; on a machine without any it runs as it is."""
    count, command = int(arguments[0]), list(arguments[1:])
    cards = found() if count else []
    batch_job = os.environ.get("SLURM_JOB_ID", "")
    given = batch_job and len(cards) <= count  # the batch system has chosen the job's cards
    if cards and not given:
        if len(cards) < count:
            sys.exit(
                f"error: a job asks for {count} GPUs, {len(cards)} are here: run with --resources gpu={len(cards)}"
            )
        folder = Path(
            tempfile.gettempdir(), "-".join(filter(None, ("mgah-cards", str(os.getuid()), batch_job)))
        )
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(take(cards, count, folder))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
