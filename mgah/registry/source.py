"""What the source code of modules and classes says of them, read without importing anything.

Names are followed through imports and packages, and bases through any chain of classes. What a call would compute is
not known.
"""

import ast
import contextlib
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mgah.errors import InputError

#: The folder that holds the package ``mgah``.
ROOT = Path(__file__).resolve().parents[2]
#: Imports followed from one name, at the most.
_DEPTH = 20


@dataclass(frozen=True, eq=False)
class Module:
    """The source of one module: dotted name, file and syntax tree."""

    name: str
    file: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """Whether the file is the ``__init__.py`` of a package."""
        return self.file.name == "__init__.py"

    def defined(self) -> dict[str, ast.stmt]:
        """Return the top-level classes and functions by name; of several definitions of a name the last one counts."""
        kinds = ast.ClassDef | ast.FunctionDef
        return {statement.name: statement for statement in self.tree.body if isinstance(statement, kinds)}

    def imported(self) -> Iterator[tuple[str, str, str]]:
        """Yield, for every top-level import, the local name, the module, and the name that is imported from it.

        The last is "" where the module itself is imported.
        """
        for statement in self.tree.body:
            if isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield (alias.asname or alias.name.split(".")[0], *_target(alias))
            elif isinstance(statement, ast.ImportFrom):
                origin = self._absolute(statement)
                for alias in statement.names:
                    yield alias.asname or alias.name, origin, alias.name

    def _absolute(self, statement: ast.ImportFrom) -> str:
        """Dotted name of the module that an import names, which may be relative to this one."""
        if not statement.level:
            return statement.module or ""
        above = self.name.split(".")
        above = above[: len(above) - statement.level + self.is_package]
        return ".".join([*above, *([statement.module] if statement.module else [])])


@dataclass(frozen=True)
class Class:
    """A class statement in its module."""

    module: Module
    node: ast.ClassDef

    @property
    def name(self) -> str:
        """Dotted name of the class."""
        return f"{self.module.name}.{self.node.name}"

    def members(self) -> dict[str, ast.stmt]:
        """Return, by name, the statements of the class itself that define a member: assignments, functions, classes."""
        found: dict[str, ast.stmt] = {}
        for statement in self.node.body:
            for name in _defined_names(statement):
                found[name] = statement
        return found

    def order(self) -> tuple["Class", ...]:
        """Return the class and all its bases whose source is found, in Python's method resolution order (C3)."""
        return _order(self)

    def definitions(self) -> dict[str, ast.stmt]:
        """Return the statement that defines each member of the class, inherited ones included, by name."""
        found: dict[str, ast.stmt] = {}
        for cls in self.order():
            found = cls.members() | found
        return found

    def abstract(self) -> tuple[str, ...]:
        """Return the names of methods that are left abstract, so that a subclass has to define them, sorted."""
        return tuple(sorted(name for name, found in self.definitions().items() if _is_abstract(found)))

    def constants(self) -> dict[str, object]:
        """Return the values, by name, of the attributes that are literals or names of literals, inherited or not."""
        found = {}
        for name, statement in self.definitions().items():
            if isinstance(statement, ast.Assign | ast.AnnAssign) and not _is_tuple(statement):
                if statement.value is None:
                    continue  # declared and not set
                with contextlib.suppress(ValueError, RecursionError):  # computed: only Python can tell
                    found[name] = self._constant(name, statement.value)
        return found

    def _constant(self, name: str, expression: ast.expr) -> object:
        names = {node.id for node in ast.walk(expression) if isinstance(node, ast.Name)}
        if not names:
            return ast.literal_eval(expression)
        home = next(cls for cls in self.order() if name in cls.members())
        if names & set(home.members()):
            raise ValueError("computed of other members")
        return _value(home.module, expression)

    def parameters(self) -> tuple[str, ...]:
        """Return the names of the constructor's keyword-only parameters, sorted.

        A constructor that takes ``**others`` has the parameters of the next class's constructor as well.
        """
        return tuple(sorted(self.keyword_only()))

    def required(self) -> tuple[str, ...]:
        """Return the names of those `parameters` that have no default, sorted."""
        return tuple(sorted(name for name, (_, default) in self.keyword_only().items() if default is None))

    def keyword_only(self) -> dict[str, tuple[ast.expr | None, ast.expr | None]]:
        """Return the annotation and the default, None for none, of each of the `parameters`, by its name."""
        found: dict[str, tuple[ast.expr | None, ast.expr | None]] = {}
        for cls in self.order():
            constructor = cls.members().get("__init__")
            if isinstance(constructor, ast.FunctionDef):
                given = constructor.args
                own = zip(given.kwonlyargs, given.kw_defaults, strict=True)
                found = {argument.arg: (argument.annotation, default) for argument, default in own} | found
                if given.kwarg is None:
                    break
        return found


@functools.cache
def read_module(name: str, file: Path) -> Module:
    """Parse the module ``name`` in ``file``.

    Raises:
        InputError: for a file that cannot be read or is no Python.
    """
    try:
        return Module(name, file, ast.parse(file.read_bytes(), filename=str(file)))
    except (OSError, SyntaxError, ValueError) as error:
        raise InputError(f"module {file} cannot be read ({error}): expected a file of Python") from error


@functools.cache
def find_module(name: str) -> Module | None:
    """Parse the module of the dotted name ``name``; return None where there is none, or none in Python."""
    if name.split(".")[0] == "mgah":
        stem = ROOT.joinpath(*name.split("."))
        files = [file for file in (stem / "__init__.py", stem.with_suffix(".py")) if file.is_file()]
        return read_module(name, files[0]) if files else None
    origin = _origin(name)
    return read_module(name, Path(origin)) if origin and origin.endswith(".py") else None


def _origin(name: str) -> str | None:
    """The file that ``import name`` would run, found without running the packages above it."""
    places, spec = None, None
    for depth in range(1, name.count(".") + 2):
        part = ".".join(name.split(".")[:depth])
        specs = (finder.find_spec(part, places) for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next(filter(None, specs), None)
        if spec is None:
            return None
        places = spec.submodule_search_locations
    return spec.origin if spec else None


def lookup(module: Module, name: str, depth: int = 0) -> Class | Module | None:
    """Return the class or the module that ``name`` is in ``module``; None where it is neither."""
    statement = module.defined().get(name)
    if isinstance(statement, ast.ClassDef):
        return Class(module, statement)
    if depth > _DEPTH:
        return None
    for local, origin, taken in reversed(list(module.imported())):
        if local not in (name, "*") or not _is_followed(module, origin):
            continue
        source = find_module(origin)
        if not taken:
            return source
        found = lookup(source, name if taken == "*" else taken, depth + 1) if source else None
        if found is not None or local == name:
            return found or find_module(f"{origin}.{taken}")
    return find_module(f"{module.name}.{name}") if module.is_package else None


def _is_followed(module: Module, origin: str) -> bool:
    """Whether an import can lead to a class of this project: those of its own modules lead nowhere else."""
    top = origin.split(".")[0]
    inside = module.file.is_relative_to(ROOT / "mgah") or module.name.startswith("mgah.")
    return top == "mgah" or (not inside and top not in sys.stdlib_module_names)


def _resolve(module: Module, expression: ast.expr) -> Class | Module | None:
    if isinstance(expression, ast.Name):
        return lookup(module, expression.id)
    if isinstance(expression, ast.Subscript):  # a generic class with its arguments
        return _resolve(module, expression.value)
    if isinstance(expression, ast.Attribute):
        place = _resolve(module, expression.value)
        return lookup(place, expression.attr) if isinstance(place, Module) else None
    return None


def _value(module: Module, expression: ast.expr) -> object:
    """The value of an expression of literals and of names of literals, of the module or those that it imports from.

    Raises:
        ValueError: for an expression of anything else.
    """
    match expression:
        case ast.Name(id=name):
            return _value(*assigned(module, name))
        case ast.Attribute(value=of, attr=name) if isinstance(place := _resolve(module, of), Module):
            return _value(*assigned(place, name))
        case ast.Tuple(elts=elements):
            return tuple(value for element in elements for value in _elements(module, element))
        case ast.JoinedStr(values=parts):
            return "".join(str(_value(module, part)) for part in parts)
        case ast.FormattedValue(value=part, conversion=-1, format_spec=None):
            return _value(module, part)
    return ast.literal_eval(expression)


def _elements(module: Module, element: ast.expr) -> tuple:
    if not isinstance(element, ast.Starred):
        return (_value(module, element),)
    values = _value(module, element.value)
    if not isinstance(values, tuple):
        raise ValueError("no tuple")
    return values


def assigned(module: Module, name: str) -> tuple[Module, ast.expr]:
    """Return what one statement assigns to ``name`` in ``module``, or where that imports it from, with the module.

    Raises:
        ValueError: where there is no such statement, or several.
    """
    statements = [statement for statement in module.tree.body if name in _defined_names(statement)]
    if statements:
        (statement,) = statements  # with several, which one counts is for Python to tell
        if isinstance(statement, ast.Assign | ast.AnnAssign) and not _is_tuple(statement) and statement.value:
            return module, statement.value
    if found := _imported_as(module, name):
        return assigned(*found)
    raise ValueError(f"{name} is no literal")


def function_of(module: Module, name: str) -> tuple[Module, ast.FunctionDef] | None:
    """Return the function that ``name`` is in ``module`` with the module that defines it; None where it is none."""
    statement = module.defined().get(name)
    if isinstance(statement, ast.FunctionDef):
        return module, statement
    found = _imported_as(module, name)
    return function_of(*found) if found else None


def _imported_as(module: Module, name: str) -> tuple[Module, str] | None:
    """The module that ``module`` imports ``name`` from, and its name there; None where no such import is followed."""
    for local, origin, taken in module.imported():
        if local == name and taken and _is_followed(module, origin) and (source := find_module(origin)):
            return source, taken
    return None


@functools.cache
def _order(cls: Class) -> tuple[Class, ...]:
    bases = [
        base for base in (_resolve(cls.module, node) for node in cls.node.bases) if isinstance(base, Class)
    ]
    pending = [list(base.order()) for base in bases] + [bases]
    order = [cls]
    while pending := [row for row in pending if row]:
        heads = [row[0] for row in pending]
        free = (head for head in heads if not any(head in row[1:] for row in pending))
        chosen = next(free, heads[0])
        order.append(chosen)
        pending = [[other for other in row if other != chosen] for row in pending]
    return tuple(order)


def _target(alias: ast.alias) -> tuple[str, str]:
    """``import a.b`` binds a, ``import a.b as c`` binds a.b."""
    return (alias.name, "") if alias.asname else (alias.name.split(".")[0], "")


def _defined_names(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    return [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]


def _is_tuple(statement: ast.Assign | ast.AnnAssign) -> bool:
    """Whether an assignment unpacks its value."""
    return isinstance(statement, ast.Assign) and any(not isinstance(t, ast.Name) for t in statement.targets)


def _is_abstract(statement: ast.stmt) -> bool:
    decorators = getattr(statement, "decorator_list", [])
    return any(ast.unparse(decorator).split(".")[-1] == "abstractmethod" for decorator in decorators)
