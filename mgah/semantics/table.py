"""Class semantics from a table of your own: a row a class, its name first, then numbers.

Attributes, or embeddings of names, descriptions or images that were computed elsewhere. The similarity of two classes
is the cosine of their rows, which are scaled to unit length.

Options:
    file: the table in the data folder, its fields separated by commas, tabs or semicolons, compressed by gzip or not;
        the first line names the columns, or is a class where ``header`` is false.
    header: whether the first line names the columns; default true.
"""

import gzip
import math
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mgah.errors import InputError
from mgah.io.content import kind_of
from mgah.io.text import decoded, parsed, table_rows
from mgah.needs import Need
from mgah.normalization import l2_rows
from mgah.semantics.base import SemanticsSource
from mgah.semantics.classes import rows_of
from mgah.semantics.options import data_path
from mgah.semantics.store import ClassSemantics


class Table(SemanticsSource):
    """Rows of a table; the module's docstring lists the options.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "classes.csv").write_text("class,furry,swims\\ncat,1,0\\nseal,1,1\\n")
        ...     Table(file="classes.csv").class_semantics(["seal", "cat"], folder).similarity.round(3).tolist()
        [[1.0, 0.707], [0.707, 1.0]]
        >>> Table(file="classes.csv").needs()[0].places
        ('classes.csv',)
    """

    def __init__(self, *, file: str | None = None, header: bool = True) -> None:
        if not isinstance(file, str) or not file:
            raise InputError(
                f"table: file is {file!r}, expected the path of a .csv or .tsv in the data folder"
            )
        if not isinstance(header, bool):
            raise InputError(f"table: header is {header!r}, expected true or false")
        self.file, self.header = file, header

    def class_semantics(
        self,
        classes: Sequence[str],
        data_dir: Path | str | None = None,
        synsets: Mapping[str, str | None] | None = None,
    ) -> ClassSemantics:
        place = data_path("table", "file", self.file, data_dir)
        table = _read(place, self.header)
        values = table.values[rows_of(classes, table.names, f"table: {place}{table.hint}")]
        if not (has_length := values.any(axis=1)).all():
            zero = classes[int(np.argmin(has_length))]
            raise InputError(
                f"table: {place} has only zeros for the class {zero}, which is then like no other class"
            )
        return ClassSemantics.from_vectors(classes, l2_rows(values), table.notes)

    def needs(self) -> list[Need]:
        """List the table, which must lie in the data folder."""
        how = f"{self.file} into the data folder"
        return [Need("your table of classes", "small", "you", how, (self.file,))]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        rows = ["class,furry,swims,flies", "cat,1,0,0", "seal,1,1,0", "gull,0,0.5,1"]
        (Path(folder) / "classes.csv").write_text("\n".join(rows), encoding="utf-8")
        return {"file": "classes.csv"}, ("cat", "seal", "gull")


class _Table(NamedTuple):
    """Class names, float64 (classes, columns), what to say where a class is missing, and notes."""

    names: list[str]
    values: np.ndarray
    hint: str
    notes: list[str]


def _read(place: Path, header: bool) -> _Table:
    text, notes = decoded(_content(place), f"table {place.name}")
    first, rows = table_rows(text, f"table: {place}")
    columns = rows[0][1] if rows else []
    body = rows[1:] if header else rows
    if len(columns) < 2 or not body:
        raise InputError(
            f"table: {place} has {len(body)} rows of {len(columns)} fields, expected a class and numbers a row, with "
            "commas, tabs or semicolons between them"
        )
    values = [_numbers(place, line, row, len(columns)) for line, row in body]
    names = [row[0] for _, row in body]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"table: {place} has the classes {twice} twice, expected one row a class")
    hint = ""
    if header and all(map(_is_number, columns[1:])):
        hint = f" (its first line, {first!r}, names the columns: set header to false if it is a class)"
    return _Table(names, np.array(values, dtype=np.float64), hint, notes)


def _content(place: Path) -> bytes:
    """The content of a file, unpacked where it is a gzip file."""
    try:
        content = place.read_bytes()
        return gzip.decompress(content) if kind_of(content[:16]) == "a gzip file" else content
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"table: {place} cannot be read ({error}): get it again") from error


def _numbers(place: Path, line: int, row: list[str], count: int) -> list[float]:
    """The numbers behind the class of a row that has to have ``count`` fields."""
    if len(row) != count:
        raise InputError(
            f"table: {place}, line {line}: it has {len(row)} fields, {row[0]!r} the first, expected {count} as in the "
            "first line: correct it"
        )
    name, *fields = row
    numbers = [
        parsed(field, f"table: {place}, line {line}, class {name}, field {number}")
        for number, field in enumerate(fields, start=2)
    ]
    for number, (field, value) in enumerate(zip(fields, numbers, strict=True), start=2):
        if not math.isfinite(value):
            raise InputError(
                f"table: {place} holds {field!r} for the class {name}, field {number}: expected a finite number"
            )
    return numbers


def _is_number(field: str) -> bool:
    try:
        parsed(field, "")
    except InputError:
        return False
    return True
