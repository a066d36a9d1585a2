"""The command in this process, and what it works on: images, and models of a run in miniature."""

from pathlib import Path

import pytest

from mgah import registry
from mgah.commands import main
from mgah.datasets.decode import decode_file
from tests.commands.made import write_pictures, write_run
from tests.fixtures import tiny


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


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """A folder of images in class folders."""
    folder = tmp_path_factory.mktemp("pictures")
    write_pictures(folder)
    return folder


@pytest.fixture(scope="session")
def models(tmp_path_factory, pictures):
    """By regime, the file of a model of a run in miniature, and the packed codes of `pictures` in order of names."""
    files = sorted(pictures.rglob("*.png"), key=lambda file: file.relative_to(pictures).as_posix())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(registry.VARIABLE, str(Path(tiny.__file__)))
        yield write_run(tmp_path_factory.mktemp("run"), [decode_file(file) for file in files])
