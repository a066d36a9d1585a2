"""Tables that list images, as spreadsheets write them; what cannot be read is one sentence with the file and line."""

import re

import pytest

from mgah.datasets.listing import read_listing
from mgah.errors import InputError

ROWS = [["path", "class"], ["a/1.png", "Löwe"], ["2, 3.png", "ant"], ["2, 3.png", "ant"]]


def written(folder, content):
    (folder / "labels.csv").write_bytes(content)
    return folder / "labels.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_spreadsheets_write_is_read(encoding, separator, end, tmp_path):
    lines = [separator.join(f'"{field}"' if "," in field else field for field in row) for row in ROWS]
    file = written(tmp_path, (end.join(lines) + end + separator + end).encode(encoding))
    assert read_listing(file) == {"a/1.png": "Löwe", "2, 3.png": "ant"}


def test_columns_may_have_other_names_and_others_beside_them(tmp_path):
    file = written(tmp_path, b"id,label,file\n7,ant,1.png\n8,bee,2.png\n")
    assert read_listing(file, path="file", label="label") == {"1.png": "ant", "2.png": "bee"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"path,class\n1.png,ant\n2.png\n", "labels.csv, line 3 has no class, expected one in each row"),
        (b"path,class\n1.png,ant\n\n2.png, \n", "labels.csv, line 4 has no class"),
        (b"path,class\n,ant\n", "labels.csv, line 2 has no path"),
        (b"path,class\n1.png,ant,x\n", "labels.csv, line 2 has 3 fields, expected 2 as in the first line"),
        ("path,class\n1.png,Löwe\n".encode("latin-1"), "labels.csv is not UTF-8: save it as UTF-8"),
        (
            b"path,class\n1.png,ant\n2.png,ant\n1.png,bee\n",
            "labels.csv, line 4: 1.png is of the class 'bee', and of 'ant' above, expected one class an image",
        ),
        (b"path,class\n", "labels.csv lists no image, expected a row an image"),
        (b"", "labels.csv has the columns [], expected 'path' once among them"),
        (b"path,klass\n1.png,ant\n", "labels.csv has the columns ['path', 'klass'], expected 'class' once"),
        (b"path,class,class\n1.png,ant,bee\n", "expected 'class' once among them"),
        (b'path,class\n1.png,"' + b"x" * 140_000, "labels.csv, line 2: it cannot be read (field larger than"),
        (b"PK\x03\x04", "labels.csv is a zip archive, expected text"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(content, words, tmp_path):
    with pytest.raises(InputError, match=re.escape(words)):
        read_listing(written(tmp_path, content))


def test_a_table_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(
        InputError, match=r"none\.csv cannot be read \(No such file.*: put it there, with the columns"
    ):
        read_listing(tmp_path / "none.csv")
