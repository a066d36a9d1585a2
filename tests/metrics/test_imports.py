"""The metrics are a library of their own: they import nothing of the benchmark but its error type and arrays."""

import ast
from pathlib import Path

import pytest

import mgah.metrics

MODULES = sorted(Path(mgah.metrics.__file__).parent.rglob("*.py"))


def imported(source: str) -> set[str]:
    """Names of the modules of this project that ``source`` imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used"
            found |= {node.module} | {
                f"{node.module}.{alias.name}" for alias in node.names if node.module == "mgah"
            }
    return {name for name in found if name.partition(".")[0] in ("mgah", "baselines", "workflow")} - {"mgah"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_of_the_metrics_imports_only_metrics_errors_and_arrays(module):
    others = imported(module.read_text(encoding="utf-8")) - {"mgah.errors", "mgah.arrays"}
    assert all(name.startswith("mgah.metrics") for name in others), others


def test_every_spelling_of_an_import_is_seen():
    assert imported("import mgah.seeds") == {"mgah.seeds"}
    assert imported("def f():\n    from mgah import seeds") == {"mgah.seeds"}
    assert imported("from mgah.io.files import atomic_path\nimport numpy") == {"mgah.io.files"}
