"""What all ``python -m mgah.<stage>`` commands share: types of arguments, and errors in one line."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from mgah import shortage
from mgah.errors import InputError
from mgah.io.files import parse_json


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
    """Call ``main``; print an `InputError`, or a lack of memory or disk, as one line and exit with status 1.

    Any other exception is a programming error and keeps its traceback.
    """
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
    except Exception as error:
        if words := shortage.sentence(error):
            sys.exit(f"error: {words}")
        raise
