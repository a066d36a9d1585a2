"""Every public function, class and method of the library has an example in a docstring, and every example runs."""

import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("metrics", "splits", "semantics", "methods", "methods/deep", "methods/mgah", "baselines")
MODULES = [
    f"mgah.{package.replace('/', '.')}.{path.stem}"
    for package in PACKAGES
    for path in sorted((ROOT / "mgah" / package).glob("*.py"))
    if not path.stem.startswith("__")
]
#: Modules with examples. Left out are those without any, such as the backbones whose import asks for a package of an
#: extra, and ``__main__``, which runs when it is imported.
WITH_EXAMPLES = [
    path.relative_to(ROOT).with_suffix("")
    for tree in ("mgah", "baselines", "workflow")
    for path in sorted((ROOT / tree).rglob("*.py"))
    if path.stem != "__main__" and ">>>" in path.read_text(encoding="utf-8")
]
#: Without an example of their own, by the end of their dotted name: why.
EXCEPTIONS = {
    "kernels_numba": "a back end of counting, which has one",
    "kernels_numpy": "a back end of counting, which has one",
    "corpus": "reads WordNet, which does not come with the project",
    "options": "checks of a source's options, seen in its errors",
    "base.SemanticsSource": "abstract: each source has one",
    "objective.Objective": "abstract: each deep method has one",
    "Objective.begin_batch": "a hook that the trainer calls",
    "Objective.between_epochs": "a hook that the trainer calls",
    "Objective.view": "a hook that the trainer calls",
    "network.TrainableNetwork": "needs the weights of a network",
    "network.start_network": "needs the weights of a network",
    "network.trained_network": "needs the weights of a network",
    "TrainedEncoder.trained_network": "needs the weights of a network",
    "packaged_vectors.check_installed": "asks for a package of an extra",
    "packaged_vectors.read_packaged": "reads a package of an extra",
    "Sentences.class_semantics": "runs a sentence encoder, which an extra brings",
    "Sentences.needs": "asks for a package of an extra",
    "wordnet.path_similarity": "takes nouns of WordNet, which does not come with the project",
    "trainer.train": "is what each deep method's example runs",
    "joint_training.JointTraining": "is what each deep method's example runs",
    "forward": "runs where an example calls the module of torch",
    "example": "writes a source's raw data for the contract tests, which all call it",
}


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=str)
def test_examples_run(path):
    name = ".".join(path.parts).removesuffix(".__init__")
    name = f"mgah.{name}" if path.parts[0] == "baselines" else name  # as it is installed
    assert doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("mgah.baselines")])
def test_everything_public_has_an_example(name):
    tree = ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
    lacking = [
        f"{name}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if node.name != "main" and ">>>" not in (ast.get_docstring(node) or "")
    ]
    assert [item for item in lacking if not any(_is_exception(item, end) for end in EXCEPTIONS)] == []


@pytest.mark.parametrize("name", [name for name in MODULES if not name.startswith("mgah.baselines")])
def test_every_public_method_is_used_in_an_example(name):
    """In that of its class, or in one of its own."""
    tree = ast.parse((ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))
    lacking = [
        f"{name}.{cls.name}.{method.name}"
        for cls in tree.body
        if isinstance(cls, ast.ClassDef) and not cls.name.startswith("_")
        for method in cls.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_")
        if not _uses(method.name, ast.get_docstring(cls), ast.get_docstring(method))
    ]
    assert [item for item in lacking if not any(_is_exception(item, end) for end in EXCEPTIONS)] == []


def _uses(method: str, *docstrings: str | None) -> bool:
    return any(re.search(rf"^ *(>>>|\.\.\.) .*\.{method}\b", text or "", re.MULTILINE) for text in docstrings)


def _is_exception(item: str, end: str) -> bool:
    return item.endswith(f".{end}") or item.rpartition(".")[0].endswith(f".{end}")


def test_every_baseline_has_an_example():
    """What else their modules hold is parts of one method."""
    for name in (name for name in MODULES if re.match(r"mgah\.baselines\.[^_]", name)):
        path = ROOT / f"{name.replace('.', '/')}.py"
        classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
        assert any(">>>" in (ast.get_docstring(node) or "") for node in classes), name
