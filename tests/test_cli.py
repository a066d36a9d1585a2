"""Command lines: one line for bad input, JSON objects as arguments."""

import argparse
import errno
from pathlib import Path

import pytest

from mgah.cli import json_array, json_object, run
from mgah.errors import InputError


def test_input_errors_end_in_one_line_and_others_keep_their_traceback():
    def fail(error):
        raise error

    with pytest.raises(SystemExit, match=r"^error: no such image$"):
        run(lambda: fail(InputError("no such image")))
    with pytest.raises(KeyError):
        run(lambda: fail(KeyError("a bug")))


def test_a_file_that_the_system_refuses_ends_in_one_line():
    with pytest.raises(
        SystemExit, match=r"^error: x+ cannot be used \(File name too long\): give a shorter name$"
    ):
        run(lambda: Path("x" * 300).is_file() and None)
    refused = PermissionError(errno.EACCES, "Permission denied", "/root/a.png")

    def fail():
        raise refused

    with pytest.raises(
        SystemExit, match=r"^error: /root/a.png cannot be used \(Permission denied\): make it"
    ):
        run(fail)
    refused.filename = None
    with pytest.raises(PermissionError):
        run(fail)


def test_json_arguments():
    assert json_object('{"a": [1, 2.5]}') == {"a": [1, 2.5]}
    assert json_array('[1, {"a": 2}]') == [1, {"a": 2}]
    bad = (
        (json_object, "{a: 1}", "is not JSON"),
        (json_object, "[1]", "is a list"),
        (json_array, "{}", "is a dict"),
    )
    for kind, text, words in bad:
        with pytest.raises(argparse.ArgumentTypeError, match=words):
            kind(text)
