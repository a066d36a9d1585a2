"""What a file is, by its first bytes: for readers that go by content, and for sentences about other files."""

import re

#: First bytes and what a file is that begins with them.
_MAGIC = (
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"MATLAB 7.3", "a MATLAB file of version 7.3"),
    (b"MATLAB 5.0", "a MATLAB file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"PAR1", "a Parquet file"),
    (b"\xba\x16\x4f\x2f", "a binary model of fastText"),
    (b"version https://git-lfs", "a pointer of Git LFS, in place of the file that it points to"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "a file of Microsoft Office"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)


def kind_of(head: bytes) -> str:
    """Say what a file is that begins with ``head``, "" where the bytes do not tell.

    Examples:
        >>> kind_of(b"PK\\x03\\x04..."), kind_of(b"<!DOCTYPE html>"), kind_of(b"cat 0.5")
        ('a zip archive', 'a web page', '')
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if re.match(rb"<(!doctype )?html", text, re.IGNORECASE):
        return "a web page"
    if text[:1] in (b"{", b"["):
        return "JSON"
    if re.match(rb"\x80[\x02-\x05]", head):
        return "a pickle of Python"
    return "" if head.strip(b"\0") else "empty" if not head else "zero bytes alone"
