"""The declaration of a table that stages hand on as csv: what it holds, and how it is written, read and refused.

The checks are own code. pandera checks columns, their order and types, joint uniqueness and failing rows of a data
frame that is in memory; reading text by declared types, an error that says how to make the file again, and equal bytes
on writing would stay own code beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mgah.errors import InputError
from mgah.io.files import atomic_path
from mgah.io.records import shown
from mgah.tables.keys import METHOD_KEY

#: Types of the columns of `mgah.tables.keys.RUN_KEY`.
RUN_TYPES = dict.fromkeys(METHOD_KEY, str) | {"seed": int, "bits": int}

#: Largest rounding error of a share.
ROUNDING = 1e-9

_EMPTY = ("", "nan", "NaN")
_EXPECTED = {int: "an integer of 64 bits", float: "a finite number", bool: "True or False"}
#: Python reads more as a number, such as 1_000 and digits of other scripts.
_NUMBER = r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?|[-+]?[iI]nf(inity)?|[nN]a[nN]"


@dataclass(frozen=True)
class TableFormat:
    """A table: its name in error messages, its columns in order and what else holds of it.

    Attributes:
        name: what the table is called in an error message.
        columns: type of every column: str, int (int64), float (float64) or bool.
        key: columns that no two rows may share all values of; empty where rows may repeat.
        order: columns by which rows are sorted when they are written; empty to leave them as they are.
        optional: numbers that may be missing: NaN in a float64 column, NA in an int column, which then is Int64.
        empty: whether a file may have no rows.
        float_format: printf format of all floats; None writes them so that they read back bit for bit.
        missing: text of a missing float.
        again: how a bad file is mended, the end of every error message.
        check: returns what else is wrong with a table, as the end of a sentence, or None where nothing is.
    """

    name: str
    columns: Mapping[str, type]
    key: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    empty: bool = True
    float_format: str | None = None
    missing: str = ""
    again: str = "remove it and run again"
    check: Callable[[pd.DataFrame], str | None] = field(default=lambda table: None)

    def write(self, target: Path | str, table: pd.DataFrame) -> None:
        """Check and write ``table`` atomically: the same rows give the same bytes.

        Raises:
            InputError: other columns, a key that occurs twice or what `check` finds; nothing is written then.
        """
        self.validate(table, target)
        if self.order:
            table = table.sort_values(list(self.order), ignore_index=True, na_position="last")
        counts = {name: _count_texts(table[name]) for name in self.optional if self.columns[name] is int}
        with atomic_path(target) as path:
            table.assign(**counts).to_csv(
                path,
                index=False,
                float_format=self.float_format,
                na_rep=self.missing,
                lineterminator="\n",
                encoding="utf-8",
            )

    def read(self, source: Path | str) -> pd.DataFrame:
        """Read and check a table; empty text stays ``""``.

        Raises:
            InputError: a file that is not readable as csv or has other columns, a value that is not of its column's
                type, an infinite number, a key that occurs twice, no rows where some must be, what `check` finds.
        """
        try:
            table = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8")
        except Exception as error:  # a damaged packed file can raise nearly anything
            raise self.error(source, f"it cannot be read as csv ({error})") from error
        self._check_columns(table, source)
        if not isinstance(table.index, pd.RangeIndex) or table.isna().any(axis=None):
            short = table.isna().any(axis=1).to_numpy()
            where = f" in {_line(int(short.argmax()))}" if short.any() else ""
            raise self.error(source, f"it has a row of more or fewer than {len(self.columns)} values{where}")
        if table.empty and not self.empty:
            raise self.error(source, "it has no rows, expected at least one")
        numbers = {
            name: self._convert(table[name], source) for name, kind in self.columns.items() if kind is not str
        }
        table = table.assign(**numbers)
        self.validate(table, source, is_file=True)
        return table

    def validate(self, table: pd.DataFrame, place: Path | str, *, is_file: bool = False) -> None:
        """Check a table in memory.

        Args:
            table: what to check.
            place: how error messages name it, its file as a rule.
            is_file: whether its rows are those of the file in their order, so that messages may name a line.

        Raises:
            InputError: for other columns, a key that occurs twice or what `check` finds.
        """
        self._check_columns(table, place)
        if self.key and (twice := table.duplicated(list(self.key))).any():
            again = f" ({_line(int(twice.to_numpy().argmax()))})" if is_file else ""
            text = self.key_text(table[twice].iloc[0])
            raise self.error(place, f"it holds {text} twice, expected once{again}")
        if fault := self.check(table):
            raise self.error(place, f"it {fault}")

    def error(self, place: Path | str, fault: str) -> InputError:
        """The `InputError` for a table that error messages name ``place``, with what is wrong with it, ``fault``."""
        return InputError(f"{self.name} {place} cannot be used, {fault}: {self.again}")

    def key_text(self, row: pd.Series) -> str:
        """The values of the key of one row, as text for an error message."""
        return ", ".join(
            f"{name} {row[name]}" for name in self.key if not pd.isna(row[name]) and row[name] != ""
        )

    def rows(self, rows: list[dict]) -> pd.DataFrame:
        """A table of ``rows``, dicts by column, in the columns' order and types; none give no rows."""
        types = {name: self._dtype(name) for name, kind in self.columns.items() if kind is not str}
        return pd.DataFrame(rows, columns=list(self.columns)).astype(types)

    def but(self, **changes: Any) -> "TableFormat":
        """A copy of this format with some attributes changed."""
        return replace(self, **changes)

    def _check_columns(self, table: pd.DataFrame, place: Path | str) -> None:
        if list(table.columns) != list(self.columns):
            raise self.error(
                place, f"it has the columns {shown(list(table.columns), 400)}, expected {list(self.columns)}"
            )

    def _dtype(self, name: str) -> str:
        kind = self.columns[name]
        return {int: "Int64" if name in self.optional else "int64", float: "float64", bool: "bool"}[kind]

    def _convert(self, column: pd.Series, place: Path | str) -> pd.Series:
        """A column of text as its type."""
        kind, optional = self.columns[column.name], column.name in self.optional
        given = ~column.isin(_EMPTY) if optional else pd.Series(True, index=column.index)
        try:
            values = _values(column[given], kind)
        except ValueError as error:
            row = next(row for row in column[given].index if not _fits(column[row], kind))
            raise self.error(
                place,
                f"it holds {column[row]!r} in column {column.name!r}, {_line(row)}, expected "
                f"{_EXPECTED[kind]}{' or nothing' if optional else ''}",
            ) from error
        return (
            values.reindex(column.index)
            if optional and kind is float
            else _nullable(values, column, optional)
        )


def not_shares(table: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """What is wrong with ``columns`` of shares, such as precisions, as the end of a sentence; None where nothing is."""
    for name in columns:
        wrong = table.loc[(table[name] < -ROUNDING) | (table[name] > 1 + ROUNDING), name]
        if not wrong.empty:
            return f"holds {wrong.iloc[0]} in column {name!r}, {_line(wrong.index[0])}, expected a share from 0 to 1"
    return None


def _line(row: int) -> str:
    """The line of a file, whose first has the names of the columns, that a row is in; rows count from 0."""
    return f"line {row + 2}"


def _count_texts(column: pd.Series) -> list[str]:
    """Integers as text; pandas holds those of a column with a missing one as floats."""
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in column]
    return ["" if pd.isna(value) else str(value) for value in whole]


def _nullable(values: pd.Series, column: pd.Series, optional: bool) -> pd.Series:
    return values.astype("Int64").reindex(column.index) if optional else values


def _values(texts: pd.Series, kind: type) -> pd.Series:
    """Texts as ``kind``; ValueError where one is none."""
    if kind is not bool and not texts.str.fullmatch(_NUMBER).all():
        raise ValueError("not written as a number")
    if kind is bool:
        if not texts.isin(("True", "False")).all():
            raise ValueError("neither True nor False")
        return texts == "True"
    try:
        values = np.array([kind(text) for text in texts], dtype={int: "int64", float: "float64"}[kind])
    except OverflowError as error:
        raise ValueError("beyond 64 bits") from error
    if not np.isfinite(values).all():
        raise ValueError("not finite")
    return pd.Series(values, index=texts.index, name=texts.name)


def _fits(text: str, kind: type) -> bool:
    try:
        _values(pd.Series([text]), kind)
    except ValueError:
        return False
    return True
