"""What every ``python -m mgah.<stage>`` entry point shares: errors as one line, never a traceback."""

import sys
from collections.abc import Callable

from mgah.errors import InputError


def run(main: Callable[[], None]) -> None:
    """Call ``main``; print an `InputError` as one line and exit with status 1.

    Any other exception is a programming error and keeps its traceback.
    """
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
