"""Text files of others: their encodings, and the kinds of files that are none."""

import codecs

from mgah.errors import InputError
from mgah.io.content import kind_of

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
