"""The command in this process."""

import pytest

from mgah.commands import main


@pytest.fixture
def mgah(capsys):
    """Runs ``mgah`` with some words, which must succeed, and returns what it prints."""

    def call(*words: object) -> str:
        with pytest.raises(SystemExit) as end:
            main(list(map(str, words)))
        assert not end.value.code, end.value.code
        return capsys.readouterr().out

    return call


@pytest.fixture
def error():
    """Runs ``mgah`` with some words, which must end in one line, and returns that line."""

    def call(*words: object) -> str:
        with pytest.raises(SystemExit) as end:
            main(list(map(str, words)))
        line = str(end.value.code)
        assert line.startswith("error: ") and "\n" not in line
        return line

    return call
