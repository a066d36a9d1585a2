"""Tables that list images, a row an image: its path and its class, as spreadsheets and scripts write them."""

from pathlib import Path

from mgah.errors import InputError
from mgah.io.text import decoded, table_rows


def read_listing(file: Path, path: str = "path", label: str = "class") -> dict[str, str]:
    """Return the class of each image that the table ``file`` lists, by path.

    Fields are separated by commas, tabs or semicolons; the first line names the columns. UTF-8, with or without a byte
    order mark, and UTF-16 are read.

    Args:
        file: the table.
        path: name of the column with the paths.
        label: name of the column with the classes.

    Raises:
        InputError: for a file that cannot be read or is of another encoding, a column that it lacks, a row without a
            path or a class, an image with two classes, and a table without rows.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder, "labels.csv")
        ...     _ = file.write_text("path,class\\n1.png,ant\\n2.png,bee\\n")
        ...     read_listing(file)
        {'1.png': 'ant', '2.png': 'bee'}
    """
    try:
        text, notes = decoded(file.read_bytes(), f"table {file}")
    except OSError as error:
        raise InputError(
            f"table {file} cannot be read ({error.strerror}): put it there, with the columns {path} and {label}"
        ) from error
    if notes:
        raise InputError(
            f"table {file} is not UTF-8: save it as UTF-8, which spreadsheets offer as CSV UTF-8"
        )
    _, rows = table_rows(text, f"table {file}")
    columns = rows[0][1] if rows else []
    if missing := [name for name in (path, label) if columns.count(name) != 1]:
        raise InputError(
            f"table {file} has the columns {columns}, expected {missing[0]!r} once among them: name it in the "
            "first line"
        )
    labels: dict[str, str] = {}
    for line, fields in rows[1:]:
        image, name = _fields(file, line, dict(zip(columns, fields, strict=False)), (path, label))
        if len(fields) > len(columns):
            raise InputError(
                f"table {file}, line {line} has {len(fields)} fields, expected {len(columns)} as in the first line: "
                "put texts with a separator in them in quotation marks"
            )
        if labels.setdefault(image, name) != name:
            raise InputError(
                f"table {file}, line {line}: {image} is of the class {name!r}, and of {labels[image]!r} above, "
                "expected one class an image: remove one of the rows"
            )
    if not labels:
        raise InputError(
            f"table {file} lists no image, expected a row an image below the names of the columns"
        )
    return labels


def _fields(file: Path, line: int, row: dict[str, str], names: tuple[str, str]) -> tuple[str, str]:
    """The path and the class of a row, which has to have both."""
    for name in names:
        if not row.get(name):
            raise InputError(f"table {file}, line {line} has no {name}, expected one in each row: fill it in")
    return row[names[0]], row[names[1]]
