"""What one measurement of growth is."""

from typing import NamedTuple


class Measurement(NamedTuple):
    """A row of the table of all measurements.

    ``part`` and ``what`` say what grew, ``size`` how large it was. ``seconds`` is CPU time of all threads, and
    ``before_seconds`` that of what came before and is not in it: a program that starts, an index or a network that is
    built. ``gib`` is the peak memory of the process, of which it had ``before_gib`` before it met any data. ``found``
    is the share of the true answer that a search found.
    """

    part: str
    what: str
    size: int
    seconds: float
    gib: float
    before_seconds: float
    before_gib: float
    found: float = float("nan")
