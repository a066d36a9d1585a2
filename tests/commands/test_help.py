"""Help and completion of the command ``mgah``: quick, whole, and equal to ``python -m mgah``."""

import subprocess
import sys

import pytest
import typer

from mgah.commands import app

COMMANDS = sorted(typer.main.get_command(app).commands)


def test_the_command_tells_its_commands(mgah):
    told = mgah("--help")
    assert all(name in told for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_tells_in_one_line_what_it_does_and_documents_every_parameter(name, mgah):
    told = mgah(name, "--help")
    command = typer.main.get_command(app).commands[name]
    assert command.get_short_help_str(200).endswith(".")
    undocumented = [p.name for p in command.params if not getattr(p, "help", None)]
    assert undocumented == []
    assert f"Usage: mgah {name}" in told


def test_help_comes_without_loading_torch_or_pandas():
    code = "import sys; from mgah.commands import app; print(*{'torch', 'pandas', 'sklearn', 'numpy'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_completion_knows_the_short_names_of_configs(mgah, monkeypatch):
    monkeypatch.setenv("_MGAH_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "mgah run sm")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert mgah().split() == ["small"]
