"""Applies each seeded defect to a copy of the code and runs the test that has to fail.

``python -m tests.faults.seeded`` does so with all of them, and with numbers behind it with those at these places of the
list. Libraries are imported once: each test runs in a fork of this process, which has imported nothing of the project.
"""

import ast
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("seeded_defects.yaml")
SOURCES = ("mgah", "baselines", "workflow", "tests", "Snakefile", "pyproject.toml")
_LIBRARIES = (
    "pytest",
    "numpy",
    "pandas",
    "scipy.stats",
    "sklearn.decomposition",
    "torch",
    "PIL.Image",
    "nltk",
)


class Defect(NamedTuple):
    """A text that stands once in a file, what takes its place, and the id of the test that has to fail."""

    file: str
    text: str
    replacement: str
    test: str


def defects() -> list[Defect]:
    """Return the list."""
    return [Defect(*entry) for entry in yaml.safe_load(LIST.read_text(encoding="utf-8"))]


def fault(defect: Defect) -> str:
    """What is wrong with an entry, empty where nothing is: its text must stand there once, and its test exist."""
    count = (ROOT / defect.file).read_text(encoding="utf-8").count(defect.text)
    if count != 1:
        return f"{defect.file} has the text {defect.text!r} {count} times, expected once"
    file, *names = defect.test.partition("[")[0].split("::")
    body: list = ast.parse((ROOT / file).read_text(encoding="utf-8")).body if (ROOT / file).is_file() else []
    for name in names:
        found = [node for node in body if getattr(node, "name", None) == name]
        if not found:
            return f"there is no test {defect.test}"
        body = found[0].body
    return "" if names and body else f"there is no test {defect.test}"


def run(copy: Path, *tests: str) -> int:
    """Run ``tests`` of the ``copy`` in a fork and return pytest's exit code: 0 where all pass, 1 where one fails."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        os.chdir(copy)
        os.environ["PYTHONPATH"] = str(copy)
        sys.path[:] = [str(copy), *(place for place in sys.path if place and Path(place).resolve() != ROOT)]
        sys.dont_write_bytecode = True
        with open(os.devnull, "w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        import pytest

        options = ["-q", "-x", "--long", "-n", "0", "-p", "no:cacheprovider", "--rootdir", str(copy)]
        code = int(pytest.main([*options, *tests]))
    finally:
        os._exit(code)


def main() -> None:
    """Print a line for each defect, and how many were caught; exit with 1 if one was not."""
    chosen = [int(word) for word in sys.argv[1:]]
    every = defects()
    for name in _LIBRARIES:
        importlib.import_module(name)
    missed = []
    with tempfile.TemporaryDirectory(prefix="mgah-seeded-") as folder:
        copy = Path(folder)
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, copy / name, symlinks=True, ignore=shutil.ignore_patterns("*.pyc")
                )
            else:
                shutil.copy(ROOT / name, copy)
        places = chosen or range(len(every))
        if told := [told for place in places if (told := fault(every[place]))]:
            sys.exit(f"error: {told[0]}")
        if run(copy, *dict.fromkeys(every[place].test for place in places)):
            sys.exit("error: a test of the list fails without any defect")
        for place in places:
            defect = every[place]
            file = copy / defect.file
            content = file.read_text(encoding="utf-8")
            file.write_text(content.replace(defect.text, defect.replacement), encoding="utf-8")
            code = run(copy, defect.test)
            file.write_text(content, encoding="utf-8")
            said = "caught" if code == 1 else f"MISSED (exit {code})"
            print(f"{place:3} {said} {defect.file}: {defect.text.strip()!r} by {defect.test}", flush=True)
            missed += [] if code == 1 else [place]
    count = len(chosen or every)
    print(f"{count - len(missed)} of {count} seeded defects are caught")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
