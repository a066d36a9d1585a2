"""Words for Snakemake that it would be silent about are told before it starts."""

import pytest

from mgah.errors import InputError
from workflow.words import check_words


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "Other").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "",
        "table1 -n -c2 --quiet all",
        "--config seeds=[0,1] name=trial -- table1",
        "-C label={} -s Other",
        "--directory new/folder -j 2",
        "table1 --profile cluster.yaml",
        "--cores",
        "--snakefile",
    ],
)
def test_words_that_snakemake_takes_or_refuses_itself_are_left_to_it(folder, words):
    check_words(words.split(), folder)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("-n --configfile a.yaml b.yaml", "^--configfile a.yaml: mgah run takes one config, its first word"),
        (
            "-n table1 b.yaml",
            "^b.yaml: mgah run takes one config, its first word, and all others are targets",
        ),
        ("--configfiles=a.yaml", "^--configfile a.yaml: "),
        ("--config name", "^--config 'name': expected key=value, such as"),
        ("--config name=a -C bits", "^--config stands there 2 times, and only the last would count"),
        ("-C name: x", "^--config 'name:': expected key=value"),
        ("--config =3", "^--config '=3': expected key=value"),
        ("-s none", "^--snakefile none: there is no such file, seen from "),
        ("--directory Other", "^--directory: folder .*Other cannot be made, as .*Other is a file"),
        ("--directory=/proc/none", r"^--directory: folder /proc/none cannot be made \(.*\): name another"),
    ],
)
def test_what_would_be_silent_is_one_sentence(folder, words, told):
    with pytest.raises(InputError, match=told):
        check_words(words.split(), folder)


@pytest.mark.slow
def test_a_home_that_cannot_be_written_is_told_with_what_helps(folder, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(folder / "Other"))
    with pytest.raises(
        InputError, match=r"Snakemake's cache \(set XDG_CACHE_HOME .*: folder .*snakemake cannot be"
    ):
        check_words([], folder)
