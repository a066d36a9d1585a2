"""What knows the paper, its methods and its datasets by name: `mgah.report.paper`, and the outputs of its own."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mgah
import mgah.report
from mgah.report.paper.datasets import BACKBONES, DATASET_NOTES, DATASETS
from mgah.report.paper.line_up import CONTROLS, LINE_UP, VARIANTS

ROOT = Path(mgah.report.__file__).parent
#: Titles and labels of these say whose output they are, so that the paper's method stands in them.
OF_THE_PAPER = {"table1", "table2", "table3", "figure3", "figure4", "figure5", "figure6"}
MODULES = [
    path
    for path in sorted(ROOT.rglob("*.py"))
    if ROOT / "paper" not in path.parents and path.stem not in OF_THE_PAPER
]
STYLED = {**LINE_UP, **VARIANTS, **CONTROLS}
NAMES = {*STYLED, *DATASETS, *DATASET_NOTES, *BACKBONES, *(style.label for style in STYLED.values())}


def named(source: str) -> set[str]:
    """Components of the paper that the strings of ``source`` name, docstrings and the program's own name left out."""
    tree = ast.parse(source)
    docstrings = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(node) is not None
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
    ]
    return {
        name
        for name in NAMES
        for text in texts
        if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text)
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_outside_of_the_paper_names_no_component(module):
    salt = {"mgah"} if module.name == "style.py" else set()  # matplotlib's salt of ids is the program's name
    assert named(module.read_text(encoding="utf-8")) == salt


@pytest.mark.parametrize(
    "source", ['x = "itq"', 'x = f"{y} of MGAH"', 'x == "cifar10"', 'X = {"alexnet": 1}', '"ITQ, L2"']
)
def test_a_name_in_a_string_is_seen(source):
    assert named(f'"""A docstring."""\n{source}')


def test_light_modules_of_the_paper_need_neither_pandas_nor_matplotlib():
    program = (
        "import sys, mgah.report.paper.line_up, mgah.report.paper.variants, mgah.report.paper.datasets\n"
        "assert not {'pandas', 'numpy', 'matplotlib', 'torch'} & set(sys.modules)"
    )
    root = Path(mgah.__file__).parents[1]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)
