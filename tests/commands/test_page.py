"""README.md and the pages of docs show commands and options that there are, and Python that runs."""

import re
import shlex

import typer

from mgah.checkout import checkout
from mgah.commands import app

#: The pages of docs, seen from the repository.
PAGES = [str(page.relative_to(checkout())) for page in sorted((checkout() / "docs").glob("*.md"))]


def shown(page):
    """The command lines of a page, without their comments."""
    found = re.findall(r"^    (?:\.venv/bin/)?mgah (.+)$", (checkout() / page).read_text(), flags=re.M)
    return [shlex.split(line, comments=True) for line in found]


def test_every_command_and_option_that_is_shown_is_known():
    commands = typer.main.get_command(app).commands
    lines = [line for page in ("README.md", "CONTRIBUTING.md", *PAGES) for line in shown(page)]
    assert len(lines) >= 30
    for name, *words in lines:
        known = {option for parameter in commands[name].params for option in parameter.opts}
        options = {word for word in words if word.startswith("-")}
        assert name == "run" or options <= known, f"{name} {words}"


def test_the_page_tells_of_every_command():
    text = (checkout() / "docs/command.md").read_text()
    assert all(f"mgah {name}" in text for name in typer.main.get_command(app).commands)


def test_the_example_in_python_runs(models, pictures, tmp_path, monkeypatch, capsys):
    text = (checkout() / "docs/use-a-model.md").read_text()
    example = re.search(r"## From Python\n\n.*\n\n((?:    .*\n|\n)+)", text).group(1)
    (tmp_path / "photos").symlink_to(pictures)
    monkeypatch.chdir(tmp_path)
    assert example.count("    model = ") == 1
    lines = [line[4:] for line in example.splitlines() if not line.startswith("    model = ")]
    exec("\n".join(lines), {"model": models["frozen"][0]})
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 30 and lines[0].startswith("blue/02.png ['blue/")
