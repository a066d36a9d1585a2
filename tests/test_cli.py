"""Command lines: one line for bad input, JSON objects as arguments."""

import argparse

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
