"""The packages of the library build on one another: none imports, by way of others, what is built on itself.

Imports that run when a module is imported count. Those inside of functions do not: they delay what is slow to import,
or what is chosen at run time. Nor do those that only a type checker reads.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import mgah

FOLDER = Path(mgah.__file__).parent


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names of what a module imports when it is imported itself: a and a.b for ``from a import b``."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                assert level == 0, "relative imports are not used"
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                pass
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                pending += otherwise
            case _:
                pending += ast.iter_child_nodes(node)


def graph(folder: Path) -> dict[str, set[str]]:
    """By package, and module outside of one, of the package ``folder``: those that it imports."""
    parts = {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"}
    found: dict[str, set[str]] = {}
    for part in sorted(parts):
        files = [folder / f"{part}.py", *(folder / part).rglob("*.py")]
        names = [
            name.split(".")
            for file in files
            if file.is_file()
            for name in imported(ast.parse(file.read_bytes()))
        ]
        found[part] = {name[1] for name in names if name[0] == folder.name and name[1:]} & parts - {part}
    return found


def cycles(imports: dict[str, set[str]]) -> list[set[str]]:
    """The sets of names each of which imports, by way of others, every name of its set."""
    reached: dict[str, set[str]] = {}
    for start in imports:
        reached[start], pending = set(), [start]
        while pending:
            new = imports[pending.pop()] - reached[start]
            reached[start] |= new
            pending += new
    found: list[set[str]] = []
    for start in sorted(imports):
        together = {name for name in reached[start] if start in reached[name]}
        if together and together not in found:
            found.append(together)
    return found


def test_no_packages_import_each_other():
    imports = graph(FOLDER)
    assert {"baselines", "errors", "methods", "registry"} <= imports.keys()
    assert "methods" in imports["baselines"]
    told = [
        "; ".join(f"{name} imports {', '.join(sorted(imports[name] & group))}" for name in sorted(group))
        for group in cycles(imports)
    ]
    assert not told, f"packages of {FOLDER.name} import each other: {told}"


def test_a_cycle_is_found_and_told_from_what_leads_to_it():
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [{"b", "c"}]
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}}) == [
        {"a", "b", "c"},
        {"d", "e"},
    ]
    assert cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a.b\nfrom c import d, e", {"a.b", "c.d", "c.e"}),
        ("try:\n    import a\nexcept ImportError:\n    import b", {"a", "b"}),
        ("class A:\n    import a\n    def f(self):\n        import b", {"a"}),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", {"b"}),
    ],
)
def test_imports_that_run_at_once_are_seen(source, names):
    assert set(imported(ast.parse(source))) == names
