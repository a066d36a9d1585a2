"""Text files of others: their encodings, and the kinds of files that are none."""

import codecs
import csv
import io

from mgah.errors import InputError
from mgah.io.content import kind_of

_SEPARATORS = (",", "\t", ";")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decoded(content: bytes, place: str) -> tuple[str, list[str]]:
    """Return the text that ``content`` is, and what has to be said of it; ``place`` names it in sentences.

    UTF-8 and UTF-16, with or without a byte order mark for the former; of another encoding, letters beyond ASCII are
    replaced and their lines counted.

    Raises:
        InputError: for a file of another kind, such as an archive or a web page.

    Examples:
        >>> decoded("caf\\xe9\\ntea\\n".encode("latin-1"), "menu.txt")[1]
        ['menu.txt is not UTF-8: letters in 1 of its 2 lines are replaced']
    """
    if content.startswith(_UTF16):
        try:
            return content.decode("utf-16"), []
        except UnicodeDecodeError as error:
            raise InputError(f"{place} is no text ({error}): get the file again") from error
    kind = kind_of(content[:512])
    if kind not in ("", "JSON", "empty"):
        raise InputError(f"{place} is {kind}, expected text: get the file itself, unpacked")
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        lines = content.decode("utf-8-sig", errors="replace").splitlines()
        count = sum("\N{REPLACEMENT CHARACTER}" in line for line in lines)
        note = f"{place} is not UTF-8: letters in {count:,} of its {len(lines):,} lines are replaced"
        return "\n".join(lines), [note]


def table_rows(text: str, place: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """Return the first line of the table ``text`` that is not empty, and number of line and fields of each such row.

    Commas, tabs or semicolons part fields, as the first line tells; lines may end as on any system.

    Raises:
        InputError: for what is no such table; ``place`` names it in the sentence.

    Examples:
        >>> table_rows("\\nname; age\\r\\nAda; 36\\r\\n", "people.csv")
        ('name; age', [(2, ['name', 'age']), (3, ['Ada', '36'])])
    """
    stream = io.StringIO(text, newline=None)
    first = next((line.strip("\n") for line in stream if line.strip(" \n,;\t")), "")
    stream.seek(0)
    reader, rows = csv.reader(stream, delimiter=max(_SEPARATORS, key=first.count)), []
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields):
                rows.append((reader.line_num, fields))
    except csv.Error as error:
        raise InputError(
            f"{place}, line {reader.line_num}: it cannot be read ({error}): a quotation mark may lack its second one: "
            "correct it"
        ) from error
    return first, rows


def parsed(field: str, place: str) -> float:
    """Return the number that ``field`` is; ``place`` says in an `InputError` where it stands.

    Examples:
        >>> parsed(" 1e-3", "line 1")
        0.001
    """
    try:
        if "_" not in field:
            return float(field)
    except ValueError:
        pass
    comma = ", with a point in place of a comma" if "," in field else ""
    raise InputError(f"{place}: got {field!r}, expected a number{comma}: correct it")
