"""Class semantics from a table of one's own."""

import re

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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class,a\ncat,1\n", "no row for the 1 classes ['dog']"),
        ("class,a\ncat,1\ndog,x\n", "holds 'x' for the class dog, field 2: expected a finite number"),
        ("class,a,b\ncat,1,2\ndog,1\n", "for the class dog, field 3"),
        ("class,a\ncat,1\ndog,inf\n", "holds 'inf'"),
        ("class,a\ncat,1\ndog,0\n", "only zeros for the class dog"),
        ("class,a\ncat,1\ncat,2\ndog,1\n", "the classes ['cat'] twice"),
        ("class\ncat\ndog\n", "2 rows of 1 fields"),
        ("", "cannot be read"),
        ("class,a\ncat,1,2,3\ndog,1\n", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_clear_error(text, words, tmp_path):
    with pytest.raises(InputError, match=re.escape(words)):
        semantics(tmp_path, text, ["cat", "dog"])


@pytest.mark.parametrize("options", [{}, {"file": ""}, {"file": "t.csv", "header": "no"}])
def test_options_of_another_kind_are_refused(options):
    with pytest.raises(InputError, match=r"table: (file|header) is"):
        Table(**options)
