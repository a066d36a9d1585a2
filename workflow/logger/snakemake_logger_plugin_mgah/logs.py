"""Reads from the log files of jobs why they failed."""

import shutil
from pathlib import Path


def last_line(log: Path) -> str:
    """The last line that a job printed, however it ended it; empty where there is none."""
    try:
        with open(log, "rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - 400))
            lines = stream.read().decode(errors="replace").replace("\r", "\n").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def error_lines(log: Path) -> list[str]:
    """The lines of a log that begin with ``error:``, each once, as each process of a job may say it."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return []
    return list(dict.fromkeys(line for line in lines if line.startswith("error: ")))


def failure_reasons(log: Path) -> list[str]:
    """Why a job failed: the `error_lines` of its log, else its last line and its path."""
    return error_lines(log) or [f"{last_line(log) or _nothing(log)} ({log})"]


def _nothing(log: Path) -> str:
    """What to say of a job that said nothing; a disk that is full takes no log."""
    place = next(folder for folder in log.absolute().parents if folder.exists())
    free = shutil.disk_usage(place).free
    full = f": No space left on device, {free} bytes are free on the disk of {place}" if free < 2**20 else ""
    return ("the log is empty" if log.exists() else "no log was written") + full
