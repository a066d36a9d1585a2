"""Reader of files of word vectors: word2vec's formats, text and binary, and GloVe's, compressed or not.

What a file is, its content says and not its name: a first line of two integers is word2vec's header, with the number of
words and of dimensions; GloVe's text has none. In text the last fields of a line are the numbers and all before them is
the word, which may have blanks. Only the vectors of the words that are asked for are kept, so that files of any size
can be read; every line, or vector of a binary file, is looked at.
"""

import bz2
import gzip
import lzma
import re
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from io import BufferedIOBase
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mgah.errors import InputError
from mgah.io.content import kind_of

#: How files of these kinds are opened.
_OPENERS: dict[str, Callable[[Path], BufferedIOBase]] = {
    "a gzip file": gzip.GzipFile,
    "a bzip2 file": bz2.BZ2File,
    "an xz file": lzma.LZMAFile,
}
#: What helps where a file is of another kind.
_ADVICE = {
    "a pickle of Python": "gensim writes vectors for others with save_word2vec_format",
    "a NumPy array": "gensim writes vectors for others with save_word2vec_format",
    "a binary model of fastText": "take the .vec file that fastText gives beside it",
    "a zip archive": "unpack it and name the file in it",
    "a 7z archive": "unpack it and name the file in it",
    "a Zstandard file": "unpack it",
    "text in UTF-16": "convert it to UTF-8",
    "a pointer of Git LFS, in place of the file that it points to": "run git lfs pull where it is from",
    "a web page": "its address gave a page in place of the file: get the file again",
    "empty": "get the file again",
}
_BOM = b"\xef\xbb\xbf"
_HEAD = 1 << 16
_CHUNK = 1 << 20
#: Bytes of the longest word of a binary file; with more, what follows a vector is no word.
_LONGEST = 4096
_NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
#: What was meant as a number, right or wrong.
_LIKE_NUMBER = re.compile(
    rb"[-+]?(\d[\d.,_]*(e[-+]?\d+)?|[.,]\d+(e[-+]?\d+)?|nan|inf(inity)?)", re.IGNORECASE
)


class _Layout(NamedTuple):
    """How vectors lie in a file: the number of words in its header, None where it has no header, and of dimensions."""

    stated: int | None
    dimensions: int
    is_binary: bool


def read_vectors(
    file: Path, words: Collection[str], limit: int | None = None
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Read the vectors of those ``words`` that ``file`` has, float32 (d,) each, and what has to be said of the file.

    Of a word that stands there more than once, the first vector counts. With ``limit`` only so many vectors are looked
    at, from the first on.

    Raises:
        InputError: for a file of another kind or a damaged one, and for a vector of one of ``words`` whose values are
            not finite numbers; the sentence gives the line, or how many vectors come before.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "glove.txt").write_text("cat 1 0\\npolar bear 0 2\\n")
        ...     vectors, notes = read_vectors(Path(folder, "glove.txt"), ["polar bear", "dog"])
        >>> {word: vector.tolist() for word, vector in vectors.items()}, notes
        ({'polar bear': [0.0, 2.0]}, [])
    """
    try:
        return _read(file, {word.encode(): word for word in words}, limit)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputError(f"word vectors {file}: damaged ({error}): get the file again") from error
    except OSError as error:
        raise InputError(
            f"word vectors {file}: cannot be read ({error.strerror or error}): name a file that can be read"
        ) from error


def _read(file: Path, wanted: dict[bytes, str], limit: int | None) -> tuple[dict[str, np.ndarray], list[str]]:
    layout = _layout(file)
    found: dict[str, np.ndarray] = {}
    twice: set[str] = set()
    count = undecodable = 0
    with _open(file) as stream:
        if layout.stated is not None:
            stream.readline()
        vectors = _binary_vectors if layout.is_binary else _text_vectors
        for token, numbers, place in vectors(file, stream, layout):
            count += 1
            undecodable += not _is_utf8(token)
            if word := wanted.get(token):
                vector = numbers()
                if not np.isfinite(vector).all():
                    raise InputError(
                        f"word vectors {file}, {place}: the vector of {word!r} has values that are not finite: get the "
                        "file again"
                    )
                if word in found and not np.array_equal(found[word], vector):
                    twice.add(word)
                found.setdefault(word, vector)
            if count == limit:
                break
    if not count:
        raise InputError(
            f"word vectors {file}: there are no vectors behind its first line: get the file again"
        )
    return found, _notes(file, layout, count, undecodable, sorted(twice), limit)


def _notes(
    file: Path, layout: _Layout, count: int, undecodable: int, twice: Sequence[str], limit: int | None
) -> list[str]:
    notes = []
    if layout.stated not in (None, count) and count != limit:
        notes.append(f"{file.name} has {count:,} vectors where its first line says {layout.stated:,}")
    if undecodable:
        notes.append(
            f"{file.name} is not all UTF-8: {undecodable:,} of its {count:,} words cannot be named by a class or an "
            "alias, as their letters are of another encoding"
        )
    if twice:
        notes.append(
            f"{file.name} has other vectors of {', '.join(twice)} further on; the first ones are used"
        )
    return notes


def _is_utf8(token: bytes) -> bool:
    if token.isascii():
        return True
    try:
        token.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _open(file: Path) -> BufferedIOBase:
    """The uncompressed bytes of a file, without a byte order mark."""
    with open(file, "rb") as raw:
        kind = kind_of(raw.read(16))
    stream = _OPENERS.get(kind, _open_plain)(file)
    if stream.read(len(_BOM)) != _BOM:
        stream.seek(0)
    return stream


def _open_plain(file: Path) -> BufferedIOBase:
    return open(file, "rb")


def _layout(file: Path) -> _Layout:
    with _open(file) as stream:
        head = stream.read(_HEAD)
    lines = head.split(b"\n")
    if len(head) == _HEAD and len(lines) > 1:
        lines.pop()  # cut
    first = lines[0].split()
    has_header = len(first) == 2 and all(re.fullmatch(rb"\d{1,18}", field) for field in first)
    rows = [line.split() for line in lines[has_header:]]
    fields = [field for row in rows for field in row[1:]]
    is_text = sum(1 for field in fields if _LIKE_NUMBER.fullmatch(field)) > len(fields) / 2
    if not has_header and (not is_text or b"\0" in head):
        raise InputError(_other_kind(file, head))
    if not has_header:
        return _Layout(None, _usual(rows), False)
    stated, dimensions = map(int, first)
    if not dimensions:
        raise InputError(f"word vectors {file}: its first line says 0 numbers a word: get the file again")
    if is_text and (usual := _usual(rows, dimensions)) != dimensions:
        line = 2 + next(number for number, row in enumerate(rows) if _usual([row]) == usual)
        raise InputError(
            f"word vectors {file}: its first line says {dimensions} numbers a word, but line {line} has {usual}, as "
            "most lines: write the right number into the first line, or remove that line"
        )
    return _Layout(stated, dimensions, not is_text and any(rows))


def _usual(rows: Sequence[Sequence[bytes]], stated: int = 0) -> int:
    """How many numbers end most rows, ``stated`` where other counts are not more frequent."""
    runs = (takewhile(_LIKE_NUMBER.fullmatch, reversed(row[1:])) for row in rows if row)
    counts = Counter(sum(1 for _ in run) for run in runs)
    return min(counts, key=lambda count: (-counts[count], count != stated, count))


def _other_kind(file: Path, head: bytes) -> str:
    line = head.split(b"\n")[0]
    expected = "expected word2vec's format, text or binary, or GloVe's text"
    if kind := kind_of(head):
        return f"word vectors {file}: it is {kind}, {expected}: {_ADVICE.get(kind, 'name such a file')}"
    if separator := next((mark for mark in (b",", b";") if line.count(mark) > 1), b""):
        return (
            f"word vectors {file}: its fields are separated by {separator.decode()!r}, {expected}, which separate them "
            "by blanks: convert it, or read it as a table of classes (source: table)"
        )
    shown = line[:40].decode("utf-8", errors="replace")
    return (
        f"word vectors {file}: line 1 is {shown!r}, {expected}, a word and its numbers or the number of words and of "
        "dimensions: name such a file"
    )


def _text_vectors(
    file: Path, stream: BufferedIOBase, layout: _Layout
) -> Iterator[tuple[bytes, Callable[[], np.ndarray], str]]:
    """Word, vector and place of each line; the numbers are parsed only when they are asked for."""
    size = layout.dimensions
    for number, line in enumerate(stream, start=1 if layout.stated is None else 2):
        parts = line.rsplit(None, size)
        if len(parts) == size and line[:1].isspace() and _LIKE_NUMBER.fullmatch(parts[0]):
            parts.insert(0, b"")  # a word of blanks alone
        if len(parts) == size + 1:
            place = f"line {number}"
            yield parts[0].strip(), lambda: _parsed(file, place, parts[1:]), place  # noqa: B023 - called at once
        elif parts:
            cut = "" if line.endswith(b"\n") else ", and the file ends in it: get the file again"
            raise InputError(
                f"word vectors {file}, line {number}: it has {len(parts)} fields, expected a word and {size} "
                f"numbers{cut or ': correct the line, or get the file again'}"
            )


def _parsed(file: Path, place: str, fields: Sequence[bytes]) -> np.ndarray:
    values = []
    for number, field in enumerate(fields, start=1):
        if not _NUMBER.fullmatch(field) and field.lower().lstrip(b"+-") not in (b"nan", b"inf", b"infinity"):
            comma = ", with a point in place of a comma" if b"," in field else ""
            shown = field.decode("utf-8", errors="replace")
            raise InputError(
                f"word vectors {file}, {place}: number {number} of {len(fields)} is {shown!r}, expected a "
                f"number{comma}: correct it, or get the file again"
            )
        values.append(float(field))
    with np.errstate(over="ignore"):
        return np.array(values, dtype=np.float32)


def _binary_vectors(
    file: Path, stream: BufferedIOBase, layout: _Layout
) -> Iterator[tuple[bytes, Callable[[], np.ndarray], str]]:
    """Word, vector and place of each entry of word2vec's binary format: a word, a blank, and numbers of 4 bytes each.

    Some programs write a line break behind the numbers.
    """
    size, count, start, buffer = 4 * layout.dimensions, 0, 0, b""
    while True:
        blank = buffer.find(b" ", start, start + _LONGEST)
        end = blank + 1 + size
        if blank < 0 and len(buffer) - start >= _LONGEST:
            raise InputError(_no_word(file, layout, count))
        if blank < 0 or end > len(buffer):
            more = stream.read(max(size, _CHUNK))
            if not more:
                break
            buffer, start = buffer[start:] + more, 0
            continue
        token, numbers = buffer[start:blank].lstrip(b"\n"), buffer[blank + 1 : end]
        if not token or b"\0" in token:
            raise InputError(_no_word(file, layout, count))
        yield token, lambda: np.frombuffer(numbers, dtype="<f4").copy(), f"vector {count + 1}"  # noqa: B023
        count, start = count + 1, end
    if buffer[start:].strip(b"\n"):
        raise InputError(
            f"word vectors {file}: it ends within the vector behind the first {count:,}, of {layout.dimensions} "
            "numbers of 4 bytes: get the file again"
        )


def _no_word(file: Path, layout: _Layout, count: int) -> str:
    return (
        f"word vectors {file}: behind the first {count:,} vectors there is no word, expected word2vec's binary format, "
        f"each word with a blank and {layout.dimensions} numbers of 4 bytes: get the file again, or convert it"
    )
