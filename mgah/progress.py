"""Progress with rate and time left."""

import sys

from tqdm import tqdm


def progress(name: str, total: int, done: int, unit: str, shown: bool = True) -> tqdm:
    """Return a progress bar that starts at ``done`` of ``total``; in a log file it is one line every ten seconds."""
    terminal = sys.stderr.isatty()
    return tqdm(
        desc=name,
        total=total,
        initial=done,
        unit=f" {unit}",
        disable=not shown,
        mininterval=0.5 if terminal else 10,
        bar_format=None if terminal else "{desc}: {n_fmt} of {total_fmt}, {rate_fmt}, {remaining} left\n",
    )
