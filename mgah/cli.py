"""What every ``python -m mgah.<stage>`` entry point shares: errors as one line, never a traceback."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from mgah.errors import InputError


def json_object(text: str) -> dict:
    """Argument type: a JSON object."""
    return _json(text, dict, "an object")


def json_array(text: str) -> list:
    """Argument type: a JSON array."""
    return _json(text, list, "an array")


def _json(text: str, kind: type, expected: str) -> Any:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON ({error}), expected {expected}") from error
    if not isinstance(content, kind):
        raise argparse.ArgumentTypeError(
            f"{text!r} is a {type(content).__name__}, expected {expected} in JSON"
        )
    return content


def run(main: Callable[[], None]) -> None:
    """Call ``main``; print an `InputError` as one line and exit with status 1.

    Any other exception is a programming error and keeps its traceback.
    """
    try:
        main()
    except InputError as error:
        sys.exit(f"error: {error}")
