"""The one error type for anything that comes from outside."""

import re
from collections.abc import Sequence


class InputError(ValueError):
    """Bad input: a config, archive, image, matrix, weights or codes file, or an argument.

    The message is one sentence that says what was wrong, what was got and expected, where, and what to do.
    Command line entry points print it without a traceback (``mgah.cli.run``). Lines, which other libraries' messages
    have, are joined; where several things are wrong at once, each of ``items`` stands below on a line of its own.

    Examples:
        >>> print(InputError("a.csv cannot be read (line 3\\n): remove it"))
        a.csv cannot be read (line 3): remove it
    """

    def __init__(self, message: object, items: Sequence[str] = ()) -> None:
        super().__init__("\n".join(map(_one_line, (str(message), *items))))


class DivergedError(InputError):
    """A training whose loss or weights are no longer finite, which a choice among settings counts as a loss.

    Examples:
        >>> issubclass(DivergedError, InputError)
        True
    """


def _one_line(text: str) -> str:
    return re.sub(r"\s*[\r\n]\s*(\))?", lambda found: found[1] or " ", text).strip()
