"""Class semantics from a table of one's own."""

import gzip
import re
import unicodedata

import numpy as np
import pytest

from mgah.errors import InputError
from mgah.semantics.table import Table


def semantics(folder, text, classes, name="t.csv", **options):
    (folder / name).write_text(text, encoding="utf-8")
    return Table(file=name, **options).class_semantics(classes, folder)


def test_rows_are_found_by_name_and_scaled_to_unit_length(tmp_path):
    found = semantics(tmp_path, 'class,a,b\nPolar bear,3,4\n"Löwe, groß",0,2\n', ["Löwe, groß", "polar_bear"])
    np.testing.assert_allclose(found.vectors, [[0, 1], [0.6, 0.8]])
    np.testing.assert_allclose(found.similarity, [[1, 0.8], [0.8, 1]])


def test_a_table_without_header_and_with_tabs(tmp_path):
    found = semantics(tmp_path, "cat\t1\t0\nNA\t1\t1\n", ["NA", "cat"], "t.tsv", header=False)
    np.testing.assert_allclose(found.similarity[0, 1], 0.5**0.5)


@pytest.mark.parametrize("text", ["class;a\ncat;1\ndog;2\n", "\ufeffclass\ta\n cat \t 1\ndog\t2\n\n"])
def test_the_first_line_tells_what_separates_fields(tmp_path, text):
    np.testing.assert_array_equal(semantics(tmp_path, text, ["cat", "dog"]).vectors, [[1], [1]])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("lead", ["", "{end}", " {end}{end}", "{sep}{sep}{end}"])
def test_line_ends_of_every_system_and_blank_lines_are_read(end, separator, lead, tmp_path):
    rows = [["class", "a, b", "c"], ["cat", "3", "4"], ["dog", "0", "2"]]
    lines = [separator.join(f'"{field}"' if "," in field else field for field in row) for row in rows]
    text = lead.format(end=end, sep=separator) + end.join(lines) + end * 2
    (tmp_path / "t.csv").write_bytes(text.encode())
    found = Table(file="t.csv").class_semantics(["dog", "cat"], tmp_path)
    np.testing.assert_array_equal(found.vectors, [[0, 1], [0.6, 0.8]])


@pytest.mark.parametrize("power", [-1000, -700, -500, 0, 1, 500, 700, 1020])
def test_the_size_of_the_numbers_changes_nothing(power, tmp_path):
    numbers = [[1.5, 0.25, 0.3], [0.1, -1, 0.7]]
    texts = [[repr(float(np.ldexp(number, power))) for number in row] for row in numbers]
    rows = [f"{name},{','.join(row)}" for name, row in zip(("cat", "dog"), texts, strict=True)]
    found = semantics(tmp_path, "\n".join(["class,a,b,c", *rows]), ["cat", "dog"])
    values = np.array(numbers)
    np.testing.assert_array_equal(found.vectors, values / np.linalg.norm(values, axis=1, keepdims=True))
    np.testing.assert_allclose(found.similarity[0, 1], found.vectors[0] @ found.vectors[1])


@pytest.mark.parametrize(("given", "stored"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
@pytest.mark.parametrize("name", ["Löwe", "été", "Ångström", "が"])
def test_letters_with_accents_of_their_own_are_the_same_letters(given, stored, name, tmp_path):
    text = f"class,a\n{unicodedata.normalize(stored, name)},1\ncat,-1\n"
    found = semantics(tmp_path, text, [unicodedata.normalize(given, name), "cat"])
    assert found.names == (unicodedata.normalize(given, name), "cat")
    np.testing.assert_array_equal(found.vectors, [[1], [-1]])


def test_gzip_and_other_encodings_are_read_and_counted(tmp_path):
    (tmp_path / "t").write_bytes(gzip.compress("class,é\ncat,1\n".encode("latin-1")))
    found = Table(file="t").class_semantics(["cat"], tmp_path)
    assert found.notes == ("table t is not UTF-8: letters in 1 of its 2 lines are replaced",)


def test_two_classes_that_are_spellings_of_one_row_are_told(tmp_path):
    with pytest.raises(InputError, match="the classes 'cat' and 'Cat' are two spellings of one row of"):
        semantics(tmp_path, "class,a\ncat,1\n", ["cat", "Cat"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class,a\ncat,1\n", "no row for the 1 classes ['dog']"),
        ("class,a\ncat,1\ndog,x\n", "line 3, class dog, field 2: got 'x', expected a number: correct it"),
        (
            "class,a,b\ncat,1,2\ndog,1\n",
            "line 3: it has 2 fields, 'dog' the first, expected 3 as in the first line",
        ),
        ("class,a\ncat,1\ndog,inf\n", "holds 'inf'"),
        ("class,a\ncat,1\ndog,0\n", "only zeros for the class dog"),
        ("class,a\ncat,1\ncat,2\ndog,1\n", "the classes ['cat'] twice"),
        ("class\ncat\ndog\n", "2 rows of 1 fields"),
        ("", "0 rows of 0 fields"),
        ("class,a\ncat,1,2,3\ndog,1\n", "line 2: it has 4 fields, 'cat' the first, expected 2"),
        ("class;a\ncat;1,5\ndog;1\n", "got '1,5', expected a number, with a point in place of a comma"),
        ("class,a\ncat,1\ndog,1\nDog,2\n", "has 'dog' and 'Dog', two spellings of one class"),
        (
            "class,a\ncat,1\ndogs,1\n",
            "add a row for each, or use a source that knows them; do you mean dogs?",
        ),
        (
            "dog,1\ncat,1\n",
            "its first line, 'dog,1', names the columns: set header to false if it is a class",
        ),
        ('class,a\ncat,1\n"dog,1\n' + "x" * 140_000, "line 4: it cannot be read (field larger than"),
        ("class,a\ncat,1\ndog," + "1" * 140_000, "line 3: it cannot be read (field larger than"),
        ("<!DOCTYPE html>\n", "is a web page, expected text"),
        ("PK\x03\x04", "is a zip archive, expected text"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_error(text, words, tmp_path):
    with pytest.raises(InputError, match=re.escape(words)):
        semantics(tmp_path, text, ["cat", "dog"])


@pytest.mark.parametrize("options", [{}, {"file": ""}, {"file": "t.csv", "header": "no"}])
def test_options_of_another_kind_are_refused(options):
    with pytest.raises(InputError, match=r"table: (file|header) is"):
        Table(**options)
