"""The look of figures, which is the same whatever Matplotlib's surroundings say: matplotlibrc, MPLBACKEND, styles.

Light to import.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from mgah.report.style import RC

_BACKEND = "MPLBACKEND"


def load_matplotlib() -> ModuleType:
    """Import Matplotlib, which fails for a backend that MPLBACKEND names and that is not there; none is used here."""
    backend = os.environ.pop(_BACKEND, None)
    try:
        import matplotlib
    finally:
        if backend is not None:
            os.environ[_BACKEND] = backend
    return matplotlib


@contextmanager
def look(**changes: Any) -> Iterator[None]:
    """Inside the block Matplotlib has its own defaults, changed by `mgah.report.style.RC` and then by ``changes``.

    What a matplotlibrc, a style or a notebook has set comes back after the block. Draw and save inside of one.

    Examples:
        >>> import matplotlib
        >>> with look(), matplotlib.rc_context({"lines.linewidth": 9}), look():
        ...     matplotlib.rcParams["lines.linewidth"]
        1.2
    """
    matplotlib = load_matplotlib()
    # a backend is no look, and the default one is yet to be chosen
    defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
    with matplotlib.rc_context(defaults | RC | changes):
        yield
