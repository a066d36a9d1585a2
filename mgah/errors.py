"""The one error type for anything that comes from outside."""


class InputError(ValueError):
    """Bad input: a config, archive, image, matrix, weights or codes file, or an argument.

    The message is one sentence that says what was wrong, what was got and expected, where, and what to do.
    Command line entry points print it without a traceback (``mgah.cli.run``).
    """
