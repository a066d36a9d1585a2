"""Fingerprints of code: Snakemake reruns a job when its params change, but sees no imported module.

`code` digests the syntax trees of modules and of everything in this repository that they import. Comments,
docstrings and layout do not count. A text file beside a module, of the same name, counts with it. Modules that are
found by name at run time must be passed as entries; one from outside counts as well, with its neighbors that it imports
relatively.
"""

import ast
import functools
import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("mgah",)


@functools.cache
def code(*entries: str | Path) -> str:
    """Digest of the ``entries`` (files, relative to the repository) and the repository files they import.

    An entry that is no Python module, a data file that a module reads, counts by its bytes.
    """
    lines = sorted(f"{_label(path)} {digest}" for path, digest in _closure(*entries).items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def imports(entry: str | Path, module: str | Path) -> bool:
    """Whether ``entry`` imports ``module`` (files, relative to the repository), itself or through others."""
    return ROOT / module in _closure(entry)


def _closure(*entries: str | Path) -> dict[Path, str]:
    """Digests of the ``entries`` and of all repository files they import."""
    pending, digests = [ROOT / entry for entry in entries], {}
    while pending:
        path = pending.pop()
        if path not in digests:
            digests[path], imported = _digest(path)
            pending.extend(imported)
    return digests


@functools.cache
def _digest(path: Path) -> tuple[str, frozenset[Path]]:
    """Digest of one file's syntax tree, and the repository files it imports or has its data in."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest(), frozenset()
    tree = ast.parse(path.read_bytes(), filename=str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    imported = frozenset(file for name in _imported_names(tree, path) for file in _files(name))
    if not path.is_relative_to(ROOT):
        imported |= _neighbors(tree, path)
    data = frozenset(file for file in [path.with_suffix(".txt")] if file.is_file())
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported | data


def _drop_docstring(node: ast.AST) -> None:
    if ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


def _imported_names(tree: ast.Module, path: Path) -> set[str]:
    """Dotted names that may be modules: ``from a import b`` names both a and a.b. A module runs its packages."""
    inside = path.is_relative_to(ROOT)
    names = {".".join(path.relative_to(ROOT).parent.parts)} if inside else set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (inside or not node.level):
            package = path.relative_to(ROOT).parent.parts if inside else ()
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return names


def _neighbors(tree: ast.Module, path: Path) -> frozenset[Path]:
    """Files that a module from outside imports relatively: ``from .base import Base``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            stem = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            found |= {stem.with_suffix(".py"), *(stem / f"{alias.name}.py" for alias in node.names)}
    return frozenset(file for file in found if file.is_file())


def _label(path: Path) -> Path:
    """A file as the digest names it: in the repository wherever that lies."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def _files(name: str) -> list[Path]:
    """Files of this repository that run when ``name`` is imported, the packages above it included."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return []
    files = []
    for depth in range(1, len(parts) + 1):
        place = ROOT.joinpath(*parts[:depth])
        files += [file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()]
    return files
