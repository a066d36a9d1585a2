"""What all ``python -m mgah.<stage>`` commands share: types of arguments, and errors in one line."""

import argparse
import errno
import os
import sys
from collections.abc import Callable
from typing import Any

from mgah import shortage
from mgah.errors import InputError
from mgah.io.files import parse_json

#: What to do about a file that the system refuses, by the number of its error.
_REFUSED = {
    errno.ENAMETOOLONG: "give a shorter name",
    errno.EACCES: "make it, and the folders above it, readable, or name another",
}


def json_object(text: str) -> dict:
    """Return the JSON object that the argument ``text`` is, for argparse's ``type``."""
    return _json(text, dict, "an object")


def json_array(text: str) -> list:
    """Return the JSON array that the argument ``text`` is, for argparse's ``type``."""
    return _json(text, list, "an array")


def _json(text: str, kind: type, expected: str) -> Any:
    try:
        content = parse_json(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON ({error}), expected {expected}") from error
    if not isinstance(content, kind):
        raise argparse.ArgumentTypeError(
            f"{text!r} is a {type(content).__name__}, expected {expected} in JSON"
        )
    return content


def run(main: Callable[[], None]) -> None:
    """Call ``main``; print bad input as one line and exit with status 1.

    That is an `InputError`, a lack of memory or disk, and a file that may not be read or whose name is too long. Any
    other exception is a programming error and keeps its traceback.
    """
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
    except Exception as error:
        if words := shortage.sentence(error) or _refused(error):
            sys.exit(f"error: {words}")
        raise


def _refused(error: Exception) -> str | None:
    """One sentence on a file that the system refuses for its name or its rights; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in _REFUSED or not error.filename:
        return None
    return f"{os.fsdecode(error.filename)} cannot be used ({error.strerror}): {_REFUSED[error.errno]}"
