"""Progress with rate and time left."""

import sys
from typing import NoReturn

from tqdm import tqdm


def progress(
    name: str, total: int, done: int, unit: str, shown: bool = True, scaled: bool = False
) -> "tqdm[NoReturn]":
    """Return a progress bar that starts at ``done`` of ``total``; in a log file it is one line every ten seconds.

    ``scaled`` numbers are those of bytes, in units of 1024 and its powers.
    """
    terminal = sys.stderr.isatty()
    return tqdm(
        desc=name,
        total=total,
        initial=done,
        unit=f" {unit}",
        unit_scale=scaled,
        unit_divisor=1024 if scaled else 1000,
        disable=not shown,
        mininterval=0.5 if terminal else 10,
        bar_format=None if terminal else "{desc}: {n_fmt} of {total_fmt}, {rate_fmt}, {remaining} left\n",
    )
