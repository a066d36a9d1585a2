"""The one error type for anything that comes from outside."""

import re


class InputError(ValueError):
    """Bad input: a config, archive, image, matrix, weights or codes file, or an argument.

    The message is one sentence that says what was wrong, what was got and expected, where, and what to do.
    Command line entry points print it without a traceback (``mgah.cli.run``). Lines, which other libraries' messages
    have, are joined.

    Examples:
        >>> print(InputError("a.csv cannot be read (line 3\\n): remove it"))
        a.csv cannot be read (line 3): remove it
    """

    def __init__(self, message: object) -> None:
        super().__init__(re.sub(r"\s*[\r\n]\s*(\))?", lambda found: found[1] or " ", str(message)).strip())
