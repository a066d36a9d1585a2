"""Class semantics from a table of your own: a row a class, its name first, then numbers.

Attributes, or embeddings of names, descriptions or images that were computed elsewhere. The similarity of two classes
is the cosine of their rows, which are scaled to unit length.

Options:
    file: the table in the data folder, ``.csv`` or ``.tsv``, UTF-8; the first line names the columns, or is a class
        where ``header`` is false.
    header: whether the first line names the columns; default true.
"""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.needs import Need
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
        names, values = _read(place, self.header)
        vectors = values[rows_of(classes, names, f"table: {place}")]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not lengths.all():
            zero = classes[int(np.argmin(lengths))]
            raise InputError(
                f"table: {place} has only zeros for the class {zero}, which is then like no other class"
            )
        return ClassSemantics.from_vectors(classes, vectors / lengths)

    def needs(self) -> list[Need]:
        """List the table, which must lie in the data folder."""
        how = f"{self.file} into the data folder"
        return [Need("your table of classes", "small", "you", how, (self.file,))]

    @classmethod
    def example(cls, folder: Path) -> tuple[dict[str, object], tuple[str, ...]]:
        rows = ["class,furry,swims,flies", "cat,1,0,0", "seal,1,1,0", "gull,0,0.5,1"]
        (Path(folder) / "classes.csv").write_text("\n".join(rows), encoding="utf-8")
        return {"file": "classes.csv"}, ("cat", "seal", "gull")


def _read(place: Path, header: bool) -> tuple[list[str], np.ndarray]:
    """Class names and float64 (classes, columns) of the table ``place``."""
    try:
        with warnings.catch_warnings(
            action="error", category=pd.errors.ParserWarning
        ):  # lines that are too long
            table = pd.read_csv(
                place,
                sep="\t" if place.suffix == ".tsv" else ",",
                header=0 if header else None,
                index_col=False,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8",
            )
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        raise InputError(
            f"table: {place} cannot be read ({error}): expected lines of a class and numbers, with as many fields each"
        ) from error
    if table.shape[1] < 2 or table.empty:
        raise InputError(
            f"table: {place} has {len(table)} rows of {table.shape[1]} fields, expected a class and numbers a row"
        )
    names = table.iloc[:, 0].tolist()
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"table: {place} has the classes {twice} twice, expected one row a class")
    values = table.iloc[:, 1:].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise InputError(
            f"table: {place} holds {table.iloc[row, column + 1]!r} for the class {names[row]}, field {column + 2}: "
            "expected a finite number"
        )
    return names, values
